//! `key authenticate`: a sign-in at a site that does not exist.

use ctap::{
    auth_data::{AuthenticatorData, Flags},
    cose::AnyKey,
    entity::Descriptor,
    extension::{GetAssertionOutputs, id},
    get_assertion,
};
use security_key::{HmacSecret, Permissions};
use serde::Serialize;
use sha2::{Digest, Sha256};
use specta::Type;
use webauthn::{
    Base64Url,
    authentication::PublicKeyCredentialRequestOptionsJSON,
    client::Authentication,
    registration::PublicKeyCredentialDescriptorJSON,
    verify::{self, CredentialRecord},
};

use super::{
    KeyFlags, Owner, Salt, VerifiedStep, base64url, origin, policy, random, refused, signed_data, steps,
};
use crate::{
    App,
    error::{AppError, Code},
    security_keys::OpenKey,
};

const DOING: &str = "signing in";
/// More accounts at one site than any key holds.
const MOST: u64 = 1000;

/// What is asked of a key.
#[derive(Clone, Debug, Default)]
pub struct SignInWishes {
    /// The site.
    pub rp_id: String,
    /// The passkeys that may answer; those that stay on the key where none is named.
    pub credentials: Vec<Vec<u8>>,
    /// The COSE_Key that the signature is verified by.
    pub public_key: Option<Vec<u8>>,
    /// Whether the key finds out who touches it, where it can.
    pub verification: bool,
    /// Ask for the secrets of one or two salts (hmac-secret).
    pub salts: Vec<Salt>,
    /// Ask for the bytes beside the passkey (CTAP 2.3 §12.2).
    pub cred_blob: bool,
}

/// What a key answered to a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyAssertion {
    /// `ctap2` or `u2f`.
    pub protocol: String,
    /// The site.
    pub rp_id: String,
    /// base64url.
    pub credential_id: String,
    /// The user handle, base64url, where the key keeps one.
    pub user_id: Option<String>,
    /// The account's name, where the key tells it.
    pub user_name: Option<String>,
    /// What it signed.
    pub flags: KeyFlags,
    /// The signature counter.
    pub sign_count: u32,
    /// The signature, base64url.
    pub signature: String,
    /// The secrets of the salts, hexadecimal.
    pub secrets: Vec<String>,
    /// The bytes beside the passkey, base64url.
    pub cred_blob: Option<String>,
    /// Whether every step held; `null` where no public key was given to verify by.
    pub verified: Option<bool>,
    /// What a site verifies, in the specification's order; none without a public key.
    pub steps: Vec<VerifiedStep>,
}

impl App {
    /// Has a key sign in, and verifies what it answers; each account of the site that it holds answers once. `waiting`
    /// hears that a key of U2F's time waits for a touch.
    ///
    /// # Errors
    /// `not-found` where the key has no such passkey; as [`App::register_with_key`].
    pub async fn authenticate_with_key(
        &self,
        key: &mut OpenKey,
        wishes: &SignInWishes,
        waiting: impl FnMut() + Send,
    ) -> Result<Vec<KeyAssertion>, AppError> {
        self.cancellable(async {
            let challenge = random()?;
            let ceremony = begin(key, wishes, &challenge)?;
            let answers = if key.speaks_ctap2() {
                sign_in(key, wishes, &ceremony).await?
            } else {
                vec![(sign_in_u2f(key, wishes, &ceremony, waiting).await?, Vec::new())]
            };
            let judged = answers
                .into_iter()
                .map(|(answer, secrets)| judge(key, wishes, ceremony.clone(), &challenge, answer, &secrets));
            judged.collect()
        })
        .await
    }
}

type Answer = (get_assertion::Response, Vec<HmacSecret>);

fn begin(key: &OpenKey, wishes: &SignInWishes, challenge: &[u8; 32]) -> Result<Authentication, AppError> {
    let descriptor = |id: &Vec<u8>| {
        PublicKeyCredentialDescriptorJSON::public_key(id.clone().into(), key.info.transports.clone())
    };
    let options = PublicKeyCredentialRequestOptionsJSON {
        challenge: challenge.to_vec().into(),
        timeout: None,
        rp_id: Some(wishes.rp_id.clone()),
        allow_credentials: wishes.credentials.iter().map(descriptor).collect(),
        user_verification: Some(if wishes.verification { "preferred" } else { "discouraged" }.to_owned()),
        hints: Vec::new(),
        extensions: serde_json::Map::new(),
    };
    Authentication::begin(&options, &origin(&wishes.rp_id), key.capabilities(wishes.verification))
        .map_err(refused)
}

async fn sign_in(
    key: &mut OpenKey,
    wishes: &SignInWishes,
    ceremony: &Authentication,
) -> Result<Vec<Answer>, AppError> {
    let mut request = ceremony.request.clone();
    if wishes.cred_blob {
        key.require(id::CRED_BLOB)?;
        request.extensions.cred_blob = Some(true);
    }
    let owner = key.owner(wishes.verification, Permissions::GET_ASSERTION, &wishes.rp_id).await?;
    if let Owner::Token(_) = owner {
        request.options.uv = None;
    }
    request.pin_uv_auth_param = owner.param(&request.client_data_hash);
    request.pin_uv_auth_protocol = owner.protocol();
    let first = if wishes.salts.is_empty() {
        key.session.get_assertion(request).await.map(|answer| (answer, Vec::new()))
    } else {
        key.require(id::HMAC_SECRET)?;
        let salts: Vec<_> = wishes.salts.iter().map(|salt| salt.0).collect();
        key.session.get_assertion_with_secrets(&key.info, request, &salts).await
    };
    let first = match first {
        Ok(first) => first,
        Err(error) => return Err(key.failed(DOING, error).await),
    };
    let more = first.0.number_of_credentials.unwrap_or(1).clamp(1, MOST) - 1;
    let mut answers = vec![first];
    for _ in 0..more {
        let next = key.session.next_assertion().await.map_err(|error| AppError::of_key(DOING, error))?;
        // Its secrets are encrypted as those of the first, which nobody asked for twice.
        answers.push((next, Vec::new()));
    }
    Ok(answers)
}

/// What a browser makes of U2F's answer (CTAP 2.3 §10.1.3).
async fn sign_in_u2f(
    key: &mut OpenKey,
    wishes: &SignInWishes,
    ceremony: &Authentication,
    waiting: impl FnMut() + Send,
) -> Result<get_assertion::Response, AppError> {
    if !wishes.salts.is_empty() {
        key.require(id::HMAC_SECRET)?;
    }
    if wishes.cred_blob {
        key.require(id::CRED_BLOB)?;
    }
    let application: [u8; 32] = Sha256::digest(wishes.rp_id.as_bytes()).into();
    let failed = |error| AppError::of_key(DOING, error);
    let mut known = None;
    for id in &wishes.credentials {
        if key.session.u2f_knows(application, id).await.map_err(failed)? {
            known = Some(id);
            break;
        }
    }
    let id = known.ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            "The key has none of these passkeys.",
            "A key of U2F's time keeps no passkeys itself: name one that it made, with --credential.",
        )
    })?;
    let hash = ceremony.request.client_data_hash;
    let signed = key.session.u2f_authenticate(hash, application, id, waiting).await.map_err(failed)?;
    let data = AuthenticatorData {
        rp_id_hash: application,
        flags: Flags(if signed.user_present { Flags::UP } else { 0 }),
        sign_count: signed.counter,
        attested: None,
        extensions: None,
    };
    Ok(get_assertion::Response {
        credential: Descriptor { id: id.clone() },
        auth_data: data.encode(),
        signature: signed.signature,
        user: None,
        number_of_credentials: None,
        user_selected: None,
        large_blob_key: None,
        unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
    })
}

fn judge(
    key: &OpenKey,
    wishes: &SignInWishes,
    ceremony: Authentication,
    challenge: &[u8; 32],
    answer: get_assertion::Response,
    secrets: &[HmacSecret],
) -> Result<KeyAssertion, AppError> {
    let data = signed_data(DOING, &answer.auth_data)?;
    let outputs = data.extensions.as_deref().map(GetAssertionOutputs::decode).transpose();
    let outputs = outputs.map_err(|status| AppError::of_status(DOING, status))?.unwrap_or_default();
    let user = answer.user.clone();
    let signature = base64url(&answer.signature);
    let response = ceremony.finish(answer);
    let verdict = wishes.public_key.as_ref().map(|public_key| {
        let algorithm = AnyKey::decode(public_key).ok().and_then(|key| key.algorithm());
        let record = CredentialRecord {
            id: response.raw_id.clone(),
            public_key: Base64Url(public_key.clone()),
            sign_count: 0,
            backup_eligible: data.flags.has(Flags::BE),
            backup_state: data.flags.has(Flags::BS),
            user_handle: None,
            uv_initialized: false,
            transports: Vec::new(),
        };
        let policy = policy(&wishes.rp_id, challenge, algorithm.as_slice());
        verify::assertion(&policy, Some(&record), &response)
    });
    Ok(KeyAssertion {
        protocol: if key.speaks_ctap2() { "ctap2" } else { "u2f" }.to_owned(),
        rp_id: wishes.rp_id.clone(),
        credential_id: response.id.clone(),
        user_id: user.as_ref().map(|user| base64url(&user.id)),
        user_name: user.and_then(|user| user.name),
        flags: data.flags.into(),
        sign_count: data.sign_count,
        signature,
        secrets: secrets.iter().map(|secret| hex::encode(**secret)).collect(),
        cred_blob: outputs.cred_blob.as_deref().map(base64url),
        verified: verdict.as_ref().map(|verdict| verdict.verified),
        steps: verdict.map(steps).unwrap_or_default(),
    })
}
