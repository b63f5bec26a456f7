//! A key in software, with every value it says open to change.

use ctap::{
    attestation::{AttestationObject, Statement},
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
    cose::{self, PublicKey},
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use sha2::{Digest as _, Sha256};

use crate::{
    Base64Url,
    authentication::{AuthenticationResponseJSON, AuthenticatorAssertionResponseJSON},
    client_data::{CREATE, CollectedClientData, GET, hash},
    registration::{AuthenticatorAttestationResponseJSON, RegistrationResponseJSON},
    verify::{CredentialRecord, Policy},
};

pub(super) const RP_ID: &str = "example.org";
pub(super) const ORIGIN: &str = "https://example.org";

pub(super) fn policy() -> Policy {
    serde_json::from_value(serde_json::json!({
        "rpId": RP_ID,
        "origins": [ORIGIN],
        "challenge": "AQIDBAUGBwgJCgsMDQ4PEA",
    }))
    .unwrap()
}

/// What goes into a ceremony; the key signs whatever stands here.
pub(super) struct Key {
    pub(super) private: SigningKey,
    pub(super) client_data: CollectedClientData,
    pub(super) data: AuthenticatorData,
}

impl Key {
    pub(super) fn new(kind: &str) -> Self {
        let private = SigningKey::from_slice(&[7; 32]).unwrap();
        let point = private.verifying_key().to_sec1_point(false);
        let public_key = PublicKey::P256 {
            algorithm: cose::ES256,
            x: point.as_bytes()[1..33].try_into().unwrap(),
            y: point.as_bytes()[33..].try_into().unwrap(),
        };
        Self {
            private,
            client_data: CollectedClientData::new(kind, &policy().challenge, ORIGIN),
            data: AuthenticatorData {
                rp_id_hash: Sha256::digest(RP_ID).into(),
                flags: Flags(Flags::UP),
                sign_count: 5,
                attested: (kind == CREATE).then(|| AttestedCredential {
                    aaguid: [0xAA; 16],
                    credential_id: vec![9; 16],
                    public_key: public_key.encode(),
                }),
                extensions: None,
            },
        }
    }

    pub(super) fn registering() -> Self {
        Self::new(CREATE)
    }

    pub(super) fn authenticating() -> Self {
        Self::new(GET)
    }

    pub(super) fn registered(&self) -> RegistrationResponseJSON {
        self.registered_with(Statement::None)
    }

    pub(super) fn registered_with_self_attestation(&self) -> RegistrationResponseJSON {
        let signature = self.sign(&self.data.encode(), &self.client_data.serialize());
        self.registered_with(Statement::Packed { algorithm: cose::ES256, signature, chain: vec![] })
    }

    pub(super) fn registered_with(&self, statement: Statement) -> RegistrationResponseJSON {
        let raw_id = Base64Url(self.data.attested.as_ref().unwrap().credential_id.clone());
        RegistrationResponseJSON {
            id: raw_id.to_string(),
            raw_id,
            response: AuthenticatorAttestationResponseJSON {
                client_data_json: self.client_data.serialize().into(),
                attestation_object: AttestationObject { statement, auth_data: self.data.encode() }
                    .encode()
                    .into(),
                transports: vec!["usb".to_owned()],
                ..Default::default()
            },
            authenticator_attachment: None,
            client_extension_results: serde_json::Map::new(),
            kind: "public-key".to_owned(),
        }
    }

    /// The stored record of the credential that [`Key::authenticated`] uses.
    pub(super) fn record() -> CredentialRecord {
        let registering = Self::registering();
        let attested = registering.data.attested.unwrap();
        CredentialRecord {
            id: attested.credential_id.into(),
            public_key: attested.public_key.into(),
            sign_count: 4,
            backup_eligible: false,
            backup_state: false,
            user_handle: Some(Base64Url(vec![1; 16])),
            uv_initialized: false,
            transports: vec![],
        }
    }

    pub(super) fn authenticated(&self) -> AuthenticationResponseJSON {
        let raw_id = Self::record().id;
        AuthenticationResponseJSON {
            id: raw_id.to_string(),
            raw_id,
            response: AuthenticatorAssertionResponseJSON {
                client_data_json: self.client_data.serialize().into(),
                authenticator_data: self.data.encode().into(),
                signature: self.sign(&self.data.encode(), &self.client_data.serialize()).into(),
                user_handle: Self::record().user_handle,
            },
            authenticator_attachment: None,
            client_extension_results: serde_json::Map::new(),
            kind: "public-key".to_owned(),
        }
    }

    fn sign(&self, auth_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
        let signature: Signature = self.private.sign(&[auth_data, &hash(client_data_json)].concat());
        signature.to_der().as_bytes().to_vec()
    }
}
