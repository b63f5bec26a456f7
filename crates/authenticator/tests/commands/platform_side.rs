//! What a platform does: builds requests, runs the PIN protocols' other half, checks signatures.

use authenticator::{
    Profile,
    platform::Rng,
    testing::{SeededRng, World},
};
use ctap::{
    Request, Response, Status,
    auth_data::AuthenticatorData,
    client_pin::{self, sub_command as sub},
    cose::{self, PublicKey},
    credential_management as cm,
    entity::{Descriptor, RelyingParty, User},
    get_assertion, make_credential,
    pin_protocol::{self, KeyAgreement, SharedSecret, Version},
};

use sha2::{Digest, Sha256};

use crate::signature::verifies;

pub(crate) const HASH: [u8; 32] = [0xCD; 32];
pub(crate) const BOTH: [Version; 2] = [Version::One, Version::Two];

pub(crate) fn user(id: u8) -> User {
    User { id: vec![id; 8], name: Some(format!("user{id}")), display_name: Some(format!("User {id}")) }
}

/// A discoverable registration with built-in verification.
pub(crate) fn register(rp_id: &str, user_id: u8) -> make_credential::Request {
    make_credential::Request {
        client_data_hash: HASH,
        rp: RelyingParty { id: rp_id.to_owned(), name: Some("Site".to_owned()) },
        user: user(user_id),
        algorithms: vec![cose::ES256],
        exclude_list: vec![],
        extensions: ctap::extension::MakeCredentialInputs::default(),
        options: options(Some(true), None, Some(true)),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: vec![],
    }
}

/// A sign-in without credential ids, with built-in verification.
pub(crate) fn sign_in(rp_id: &str) -> get_assertion::Request {
    get_assertion::Request {
        rp_id: rp_id.to_owned(),
        client_data_hash: HASH,
        allow_list: None,
        extensions: ctap::extension::GetAssertionInputs::default(),
        options: options(None, None, Some(true)),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

pub(crate) fn options(rk: Option<bool>, up: Option<bool>, uv: Option<bool>) -> make_credential::Options {
    make_credential::Options { rk, up, uv }
}

pub(crate) fn ids(list: &[&Registered]) -> Vec<Descriptor> {
    list.iter().map(|made| Descriptor { id: made.id.clone() }).collect()
}

/// What a relying party keeps.
pub(crate) struct Registered {
    pub(crate) id: Vec<u8>,
    pub(crate) key: PublicKey,
    pub(crate) auth_data: AuthenticatorData,
    pub(crate) response: make_credential::Response,
}

pub(crate) fn make(world: &mut World, request: &make_credential::Request) -> Result<Registered, Status> {
    match world.request(&Request::MakeCredential(request.clone()))? {
        Response::MakeCredential(response) => {
            let auth_data = AuthenticatorData::decode(&response.auth_data)?;
            let attested = auth_data.attested.clone().unwrap();
            let key = PublicKey::decode(&attested.public_key)?;
            Ok(Registered { id: attested.credential_id, key, auth_data, response })
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn assert(
    world: &mut World,
    request: &get_assertion::Request,
) -> Result<get_assertion::Response, Status> {
    assertion(world.request(&Request::GetAssertion(request.clone())))
}

pub(crate) fn assert_next(world: &mut World) -> Result<get_assertion::Response, Status> {
    assertion(world.request(&Request::GetNextAssertion))
}

fn assertion(response: Result<Response, Status>) -> Result<get_assertion::Response, Status> {
    match response? {
        Response::GetAssertion(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

/// The authenticator data of an assertion whose signature was checked.
pub(crate) fn verified(response: &get_assertion::Response, key: &PublicKey) -> AuthenticatorData {
    check_signature(key, &response.auth_data, &response.signature);
    AuthenticatorData::decode(&response.auth_data).unwrap()
}

pub(crate) fn check_signature(key: &PublicKey, auth_data: &[u8], signature: &[u8]) {
    let message = [auth_data, &HASH].concat();
    assert!(verifies(key, &message, signature), "the signature does not verify");
}

pub(crate) fn pin_request(
    world: &mut World,
    request: client_pin::Request,
) -> Result<client_pin::Response, Status> {
    match world.request(&Request::ClientPin(request))? {
        Response::ClientPin(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

/// A key agreement with the key.
pub(crate) struct Session {
    pub(crate) version: Version,
    pub(crate) shared: SharedSecret,
    pub(crate) public: PublicKey,
}

impl Session {
    pub(crate) fn open(world: &mut World, version: Version) -> Self {
        let request = client_pin::Request {
            sub_command: sub::GET_KEY_AGREEMENT,
            pin_uv_auth_protocol: Some(version as u64),
            ..Default::default()
        };
        let peer = pin_request(world, request).unwrap().key_agreement.unwrap();
        let key = KeyAgreement::from_random(&random(&world.rng)).unwrap();
        let shared = key.shared_secret(version, &peer).unwrap();
        Self { version, shared, public: key.public_key() }
    }

    pub(crate) fn request(&self, sub_command: u64) -> client_pin::Request {
        client_pin::Request {
            sub_command,
            pin_uv_auth_protocol: Some(self.version as u64),
            key_agreement: Some(self.public.clone()),
            ..Default::default()
        }
    }

    pub(crate) fn new_pin_enc(&self, pin: &[u8]) -> Vec<u8> {
        let mut padded = pin.to_vec();
        padded.resize(64, 0);
        self.shared.encrypt(&[9; 16], &padded).unwrap()
    }

    pub(crate) fn pin_hash_enc(&self, pin: &str) -> Vec<u8> {
        self.shared.encrypt(&[8; 16], &Sha256::digest(pin)[..16]).unwrap()
    }
}

pub(crate) fn random<const N: usize>(rng: &SeededRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    bytes
}

pub(crate) fn set_pin(world: &mut World, version: Version, pin: &[u8]) -> Result<(), Status> {
    let session = Session::open(world, version);
    let new_pin_enc = session.new_pin_enc(pin);
    let request = client_pin::Request {
        pin_uv_auth_param: Some(session.shared.authenticate(&new_pin_enc)),
        new_pin_enc: Some(new_pin_enc),
        ..session.request(sub::SET_PIN)
    };
    pin_request(world, request).map(drop)
}

pub(crate) fn change_pin(world: &mut World, version: Version, from: &str, to: &str) -> Result<(), Status> {
    let session = Session::open(world, version);
    let (new_pin_enc, pin_hash_enc) = (session.new_pin_enc(to.as_bytes()), session.pin_hash_enc(from));
    let proof = session.shared.authenticate(&[&new_pin_enc[..], &pin_hash_enc].concat());
    let request = client_pin::Request {
        pin_uv_auth_param: Some(proof),
        new_pin_enc: Some(new_pin_enc),
        pin_hash_enc: Some(pin_hash_enc),
        ..session.request(sub::CHANGE_PIN)
    };
    pin_request(world, request).map(drop)
}

/// A pinUvAuthToken as the platform holds it.
#[derive(Debug)]
pub(crate) struct Token(pub(crate) Version, pub(crate) [u8; 32]);

impl Token {
    /// The token that `request`, completed, is answered with.
    pub(crate) fn fetch(
        world: &mut World,
        session: &Session,
        request: client_pin::Request,
    ) -> Result<Self, Status> {
        let encrypted = pin_request(world, request)?.pin_uv_auth_token.unwrap();
        let token = session.shared.decrypt(&encrypted).unwrap();
        Ok(Self(session.version, token.as_slice().try_into().unwrap()))
    }

    /// getPinToken
    pub(crate) fn default(world: &mut World, version: Version, pin: &str) -> Result<Self, Status> {
        let session = Session::open(world, version);
        let pin_hash_enc = Some(session.pin_hash_enc(pin));
        let request = client_pin::Request { pin_hash_enc, ..session.request(sub::GET_PIN_TOKEN) };
        Self::fetch(world, &session, request)
    }

    /// getPinUvAuthTokenUsingPinWithPermissions
    pub(crate) fn by_pin(
        world: &mut World,
        version: Version,
        pin: &str,
        permissions: u8,
        rp_id: Option<&str>,
    ) -> Result<Self, Status> {
        let session = Session::open(world, version);
        let request = client_pin::Request {
            pin_hash_enc: Some(session.pin_hash_enc(pin)),
            permissions: Some(permissions.into()),
            rp_id: rp_id.map(str::to_owned),
            ..session.request(sub::GET_PIN_UV_AUTH_TOKEN_USING_PIN_WITH_PERMISSIONS)
        };
        Self::fetch(world, &session, request)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions
    pub(crate) fn by_uv(
        world: &mut World,
        version: Version,
        permissions: u8,
        rp_id: Option<&str>,
    ) -> Result<Self, Status> {
        let session = Session::open(world, version);
        let request = client_pin::Request {
            permissions: Some(permissions.into()),
            rp_id: rp_id.map(str::to_owned),
            ..session.request(sub::GET_PIN_UV_AUTH_TOKEN_USING_UV_WITH_PERMISSIONS)
        };
        Self::fetch(world, &session, request)
    }

    pub(crate) fn prove(&self, message: &[u8]) -> Vec<u8> {
        pin_protocol::authenticate(self.0, &self.1, message)
    }

    pub(crate) fn register(&self, request: make_credential::Request) -> make_credential::Request {
        make_credential::Request {
            options: options(request.options.rk, None, None),
            pin_uv_auth_param: Some(self.prove(&HASH)),
            pin_uv_auth_protocol: Some(self.0 as u64),
            ..request
        }
    }

    pub(crate) fn sign_in(&self, request: get_assertion::Request) -> get_assertion::Request {
        get_assertion::Request {
            options: options(None, request.options.up, None),
            pin_uv_auth_param: Some(self.prove(&HASH)),
            pin_uv_auth_protocol: Some(self.0 as u64),
            ..request
        }
    }

    pub(crate) fn manage(&self, sub_command: u8, params: Option<cm::Params>) -> cm::Request {
        let raw_params = params.as_ref().map(cm::Params::encode).unwrap_or_default();
        cm::Request {
            sub_command: sub_command.into(),
            pin_uv_auth_protocol: Some(self.0 as u64),
            pin_uv_auth_param: Some(self.prove(&[&[sub_command], &raw_params[..]].concat())),
            params,
            raw_params,
        }
    }
}

pub(crate) fn manage(world: &mut World, request: cm::Request) -> Result<cm::Response, Status> {
    match world.request(&Request::CredentialManagement(request))? {
        Response::CredentialManagement(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

/// A key that leaves the choice of account to the browser.
pub(crate) fn browser_chooses(mut profile: Profile) -> Profile {
    profile.features.account_chooser = false;
    profile
}
