//! `key register`: a new passkey for a site that does not exist.

use ctap::{
    attestation::Statement,
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
    cose::{self, AnyKey, PublicKey},
    extension::{CredProtect, LargeBlobOutput, LargeBlobSupport, MakeCredentialOutputs, id},
    make_credential,
    u2f::Registration as U2f,
};
use security_key::{HmacSecret, Permissions};
use serde::Serialize;
use sha2::{Digest, Sha256};
use specta::Type;
use webauthn::{
    client::Registration,
    registration::{
        AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJSON,
        PublicKeyCredentialParameters, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntityJSON,
    },
    verify,
};

use super::{
    KeyAttestation, KeyFlags, Owner, Salt, VerifiedStep, attestation::Attesting, base64url, origin, policy,
    random, refused, signed_data, steps,
};
use crate::{
    App,
    error::{AppError, Code},
    metadata::KeyModel,
    passkeys::{algorithm_name, uuid},
    security_keys::OpenKey,
};

const DOING: &str = "making a credential";
const ALGORITHMS: [i64; 5] = [cose::ES256, cose::EDDSA, cose::ES384, cose::RS256, cose::ML_DSA_44];

/// What is asked of a key.
#[derive(Clone, Debug)]
pub struct CeremonyWishes {
    /// The site.
    pub rp_id: String,
    /// The account's name.
    pub user_name: String,
    /// Whether the passkey stays on the key, where the person finds and deletes it; else nothing stays.
    pub discoverable: bool,
    /// Whether the key finds out who touches it, where it can.
    pub verification: bool,
    /// A passkey with seeds (hmac-secret), and the secrets of these salts where the key makes them at once.
    pub salts: Vec<Salt>,
    /// A passkey with seeds, also without salts.
    pub hmac_secret: bool,
    /// The protection level, 1 to 3 (CTAP 2.3 §12.1).
    pub cred_protect: Option<u8>,
    /// A few bytes that the key keeps beside the passkey (§12.2).
    pub cred_blob: Option<Vec<u8>>,
    /// Room for a large blob (§12.3, §12.4).
    pub large_blob: bool,
    /// A passkey for payments at other sites (§12.10).
    pub payment: bool,
}

/// What a key answered to a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyRegistration {
    /// `ctap2` or `u2f`.
    pub protocol: String,
    /// The site.
    pub rp_id: String,
    /// base64url.
    pub credential_id: String,
    /// The COSE_Key in CBOR, base64url.
    pub public_key: String,
    /// `ES256` and the like.
    pub algorithm: Option<String>,
    /// Whether the passkey stays on the key.
    pub discoverable: bool,
    /// What it signed.
    pub flags: KeyFlags,
    /// The signature counter.
    pub sign_count: u32,
    /// The model, as a UUID.
    pub aaguid: String,
    /// What is known of the model; `claimed` is false where the attestation was verified.
    pub model: Option<KeyModel>,
    /// What vouches for it.
    pub attestation: KeyAttestation,
    /// Whether the passkey has seeds for secrets; `null` where nobody asked.
    pub hmac_secret: Option<bool>,
    /// The secrets of the salts, hexadecimal, where the key made them at once.
    pub secrets: Vec<String>,
    /// The protection level that it has.
    pub cred_protect: Option<u8>,
    /// Whether the bytes beside it were kept.
    pub cred_blob: Option<bool>,
    /// Whether it may have a large blob; `null` where nobody asked.
    pub large_blob: Option<bool>,
    /// Whether every step held.
    pub verified: bool,
    /// What a site verifies, in the specification's order.
    pub steps: Vec<VerifiedStep>,
}

impl App {
    /// Has a key make a credential for a test, and verifies what it answers. `waiting` hears that a key of U2F's time
    /// waits for a touch.
    ///
    /// # Errors
    /// `usage` for what the key does not know or what is no site; as [`App::key_credentials`].
    pub async fn register_with_key(
        &self,
        key: &mut OpenKey,
        wishes: &CeremonyWishes,
        waiting: impl FnMut() + Send,
    ) -> Result<KeyRegistration, AppError> {
        self.cancellable(async {
            let challenge = random()?;
            let ceremony = begin(key, wishes, &challenge)?;
            let (made, secrets) = if key.speaks_ctap2() {
                make(key, wishes, &ceremony).await?
            } else {
                (register_u2f(key, wishes, &ceremony, waiting).await?, Vec::new())
            };
            self.judge(key, wishes, ceremony, &challenge, made, &secrets)
        })
        .await
    }

    fn judge(
        &self,
        key: &OpenKey,
        wishes: &CeremonyWishes,
        ceremony: Registration,
        challenge: &[u8; 32],
        made: make_credential::Response,
        secrets: &[HmacSecret],
    ) -> Result<KeyRegistration, AppError> {
        let data = signed_data(DOING, &made.auth_data)?;
        let outputs = data.extensions.as_deref().map(MakeCredentialOutputs::decode).transpose();
        let outputs = outputs.map_err(|status| AppError::of_status(DOING, status))?.unwrap_or_default();
        let blob = match made.unsigned_extension_outputs.large_blob {
            Some(LargeBlobOutput::Supported(supported)) => supported,
            _ => made.large_blob_key.is_some(),
        };
        let hash = ceremony.request.client_data_hash;
        let statement = made.attestation.clone();
        let signed = made.auth_data.clone();
        let response = ceremony.finish(made, &key.info.transports).map_err(refused)?;
        let verdict =
            verify::registration(&policy(&wishes.rp_id, challenge, &ALGORITHMS), &response, &|_| Some(false));
        let credential = data
            .attested
            .clone()
            .ok_or_else(|| AppError::of_status(DOING, ctap::Status::MISSING_PARAMETER))?;
        let attesting = Attesting {
            statement: &statement,
            signed: &signed,
            hash: &hash,
            data: &data,
            credential: &credential,
        };
        let (attestation, model) = self.attestation(&attesting, &verdict);
        Ok(KeyRegistration {
            protocol: if key.speaks_ctap2() { "ctap2" } else { "u2f" }.to_owned(),
            rp_id: wishes.rp_id.clone(),
            credential_id: base64url(&credential.credential_id),
            algorithm: AnyKey::decode(&credential.public_key)
                .ok()
                .and_then(|key| key.algorithm())
                .map(algorithm_name),
            public_key: base64url(&credential.public_key),
            discoverable: wishes.discoverable,
            flags: data.flags.into(),
            sign_count: data.sign_count,
            aaguid: uuid(credential.aaguid),
            model,
            attestation,
            hmac_secret: wishes.wants_seeds().then_some(outputs.hmac_secret == Some(true)),
            secrets: secrets.iter().map(|secret| hex::encode(**secret)).collect(),
            cred_protect: outputs.cred_protect.and_then(|level| u8::try_from(level).ok()),
            cred_blob: outputs.cred_blob,
            large_blob: wishes.large_blob.then_some(blob),
            verified: verdict.verified,
            steps: steps(verdict),
        })
    }
}

impl CeremonyWishes {
    /// A passkey that leaves nothing behind, at the test's own site.
    pub fn new() -> Self {
        Self {
            rp_id: super::TEST_SITE.to_owned(),
            user_name: "latchkey test".to_owned(),
            discoverable: false,
            verification: true,
            salts: Vec::new(),
            hmac_secret: false,
            cred_protect: None,
            cred_blob: None,
            large_blob: false,
            payment: false,
        }
    }

    fn wants_seeds(&self) -> bool {
        self.hmac_secret || !self.salts.is_empty()
    }
}

impl Default for CeremonyWishes {
    fn default() -> Self {
        Self::new()
    }
}

fn begin(key: &OpenKey, wishes: &CeremonyWishes, challenge: &[u8; 32]) -> Result<Registration, AppError> {
    let word = |wish: bool, yes: &str, no: &str| Some(if wish { yes } else { no }.to_owned());
    let options = PublicKeyCredentialCreationOptionsJSON {
        rp: PublicKeyCredentialRpEntity { id: Some(wishes.rp_id.clone()), name: "Latchkey test".to_owned() },
        user: PublicKeyCredentialUserEntityJSON {
            id: random()?.to_vec().into(),
            name: wishes.user_name.clone(),
            display_name: wishes.user_name.clone(),
        },
        challenge: challenge.to_vec().into(),
        pub_key_cred_params: ALGORITHMS.map(PublicKeyCredentialParameters::public_key).to_vec(),
        timeout: None,
        exclude_credentials: Vec::new(),
        authenticator_selection: Some(AuthenticatorSelectionCriteria {
            resident_key: word(wishes.discoverable, "required", "discouraged"),
            user_verification: word(wishes.verification, "preferred", "discouraged"),
            ..AuthenticatorSelectionCriteria::default()
        }),
        hints: Vec::new(),
        attestation: Some("direct".to_owned()),
        attestation_formats: Vec::new(),
        extensions: serde_json::Map::new(),
    };
    Registration::begin(&options, &origin(&wishes.rp_id), key.capabilities(wishes.verification))
        .map_err(refused)
}

async fn make(
    key: &mut OpenKey,
    wishes: &CeremonyWishes,
    ceremony: &Registration,
) -> Result<(make_credential::Response, Vec<HmacSecret>), AppError> {
    let mut request = ceremony.request.clone();
    extend(key, wishes, &mut request)?;
    let owner = key.owner(wishes.verification, Permissions::MAKE_CREDENTIAL, &wishes.rp_id).await?;
    if let Owner::Token(_) = owner {
        request.options.uv = None;
    }
    request.pin_uv_auth_param = owner.param(&request.client_data_hash);
    request.pin_uv_auth_protocol = owner.protocol();
    let salts: Vec<_> = wishes.salts.iter().map(|salt| salt.0).collect();
    let made = if salts.is_empty() || !key.extends(id::HMAC_SECRET_MC) {
        key.session.make_credential(request).await.map(|made| (made, Vec::new()))
    } else {
        key.session.make_credential_with_secrets(&key.info, request, &salts).await
    };
    match made {
        Ok(made) => Ok(made),
        Err(error) => Err(key.failed(DOING, error).await),
    }
}

fn extend(
    key: &OpenKey,
    wishes: &CeremonyWishes,
    request: &mut make_credential::Request,
) -> Result<(), AppError> {
    let inputs = &mut request.extensions;
    if wishes.wants_seeds() {
        key.require(id::HMAC_SECRET)?;
        inputs.hmac_secret = Some(true);
    }
    if let Some(level) = wishes.cred_protect {
        key.require(id::CRED_PROTECT)?;
        inputs.cred_protect = CredProtect::from_level(level.into());
    }
    if let Some(blob) = &wishes.cred_blob {
        key.require(id::CRED_BLOB)?;
        inputs.cred_blob = Some(blob.clone());
    }
    if wishes.large_blob {
        // One of the two ways; the second travels with the assertion.
        if key.extends(id::LARGE_BLOB) && !key.extends(id::LARGE_BLOB_KEY) {
            inputs.large_blob = Some(LargeBlobSupport::Preferred);
        } else {
            key.require(id::LARGE_BLOB_KEY)?;
            if !wishes.discoverable {
                return Err(AppError::new(
                    Code::Usage,
                    "This key has large blobs only for passkeys that stay on it.",
                    "Say --discoverable too, and delete the passkey afterwards.",
                ));
            }
            inputs.large_blob_key = Some(true);
        }
    }
    if wishes.payment {
        key.require(id::THIRD_PARTY_PAYMENT)?;
        inputs.third_party_payment = Some(true);
    }
    Ok(())
}

/// What a browser makes of U2F's answer (CTAP 2.3 §10.1.2).
async fn register_u2f(
    key: &mut OpenKey,
    wishes: &CeremonyWishes,
    ceremony: &Registration,
    waiting: impl FnMut() + Send,
) -> Result<make_credential::Response, AppError> {
    extend(key, wishes, &mut ceremony.request.clone())?;
    let hash = ceremony.request.client_data_hash;
    let application = Sha256::digest(wishes.rp_id.as_bytes()).into();
    let registered = key.session.u2f_register(hash, application, waiting).await;
    let U2f { public_key, key_handle, certificate, signature } =
        registered.map_err(|error| AppError::of_key(DOING, error))?;
    let key = p256(&public_key).ok_or_else(|| AppError::of_status(DOING, ctap::Status::INVALID_PARAMETER))?;
    let data = AuthenticatorData {
        rp_id_hash: application,
        flags: Flags(Flags::UP),
        sign_count: 0,
        attested: Some(AttestedCredential {
            aaguid: [0; 16],
            credential_id: key_handle,
            public_key: key.encode(),
        }),
        extensions: None,
    };
    Ok(make_credential::Response {
        auth_data: data.encode(),
        attestation: Statement::FidoU2f { signature, certificate },
        ep_att: None,
        large_blob_key: None,
        unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
    })
}

/// An uncompressed point (SEC 1 §2.3.3) as a COSE key.
fn p256(point: &[u8; 65]) -> Option<PublicKey> {
    let ([0x04], rest) = point.split_first_chunk()? else { return None };
    let (x, y) = rest.split_first_chunk()?;
    Some(PublicKey::P256 { algorithm: cose::ES256, x: *x, y: y.try_into().ok()? })
}
