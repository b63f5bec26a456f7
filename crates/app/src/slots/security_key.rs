//! A security key as a way into the vault, by hmac-secret (CTAP 2.3 §12.7). The key is asked here; the vault knows
//! no keys.

use ctap::{
    Status,
    auth_data::{AuthenticatorData, Flags},
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs, id::HMAC_SECRET},
    get_assertion,
    make_credential::{self, Options},
};
use security_key::{HmacSecret, Permissions, Token, Verification};
use tokio::task::JoinSet;

use crate::{
    App, Change,
    error::{AppError, Code},
    security_keys::{self, FoundKey, KeyRequest, OpenKey},
    vault::explain,
};
use ::vault::{HmacOutput, SecurityKeySlot, Slot, SlotId, SlotInfo};

/// The site that the keys' credentials belong to. No name under .invalid is ever anybody's (RFC 2606 §2), so no page
/// in a browser can ask a key for the vault's secret.
const RP_ID: &str = "latchkey.invalid";

/// What a key takes for the person's proof.
enum Proof {
    BuiltIn,
    Token(Token),
}

impl App {
    /// Has a key make a credential for the open vault, and adds it as a way in. The person touches it twice: to make
    /// the credential, and to show that it opens the vault.
    ///
    /// # Errors
    /// `pin-needed`, `wrong-secret`, `refused`, `device-gone`, `busy`, `locked`; `usage` for a key that cannot verify
    /// the person.
    pub async fn add_security_key_slot(&self, label: &str, request: &KeyRequest) -> Result<(), AppError> {
        let vault = self.open_vault()?;
        let known = credentials(&vault.slots().map_err(explain)?);
        let key = able(self.open_key(request).await?)?;
        let (slot, secret) = self.cancellable(enrol(label, known, key)).await?;
        let output = HmacOutput::new(&*secret).map_err(explain)?;
        vault.add_security_key_slot(label, &slot, &output).map_err(explain)?;
        self.changed(Change::Vault);
        Ok(())
    }

    /// Opens the vault by whichever plugged-in key it knows; the first that is touched counts.
    ///
    /// # Errors
    /// As for [`App::add_security_key_slot`]; `not-found` where no key is a way in.
    pub async fn unlock_with_security_key(&self, request: &KeyRequest) -> Result<(), AppError> {
        let vault = self.any_vault()?;
        let slots: Vec<_> = vault
            .slots()
            .map_err(explain)?
            .into_iter()
            .filter(|slot| slot.kind == Slot::SecurityKey)
            .collect();
        if slots.is_empty() {
            return Err(explain(::vault::Error::NoSlot("Security key")));
        }
        let keys = self.meant_keys(request).await?;
        let (slot, secret) = self.cancellable(ask_all(slots, keys, request)).await?;
        let output = HmacOutput::new(&*secret).map_err(explain)?;
        self.tried_to_unlock(vault.unlock_with_security_key(&slot, &output))
    }
}

async fn enrol(
    label: &str,
    known: Vec<Descriptor>,
    mut key: Key,
) -> Result<(SecurityKeySlot, HmacSecret), AppError> {
    let hash = random()?;
    let proof = key.proof(Permissions::MAKE_CREDENTIAL).await?;
    let made = key.0.session.make_credential(make_credential::Request {
        client_data_hash: hash,
        rp: RelyingParty { id: RP_ID.to_owned(), name: Some("Latchkey vault".to_owned()) },
        user: User { id: random::<16>()?.to_vec(), name: Some(label.to_owned()), display_name: None },
        algorithms: vec![cose::ES256, cose::EDDSA],
        exclude_list: known,
        extensions: MakeCredentialInputs { hmac_secret: Some(true), ..Default::default() },
        options: proof.options(),
        pin_uv_auth_param: proof.param(&hash),
        pin_uv_auth_protocol: proof.protocol(),
        enterprise_attestation: None,
        attestation_formats_preference: vec!["none".to_owned()],
    });
    let made = made.await.map_err(|error| match error {
        security_key::Error::Status(Status::CREDENTIAL_EXCLUDED) => {
            AppError::plain(Code::Busy, "This key opens the vault already.")
        }
        other => AppError::of_key("making a credential", other),
    })?;
    let unusable = |error| AppError::of_key("making a credential", error);
    if !security_key::has_seeds(&made).map_err(unusable)? {
        return Err(unusable(security_key::Error::NoSecret));
    }
    let data = AuthenticatorData::decode(&made.auth_data)
        .map_err(|status| AppError::of_status("making a credential", status))?;
    let id = data.attested.map(|attested| attested.credential_id).unwrap_or_default();
    let slot = SecurityKeySlot::new(id, RP_ID).map_err(explain)?;
    let secret = key.secret(&slot).await?;
    Ok((slot, secret))
}

/// Asks every key that the vault knows at once.
async fn ask_all(
    slots: Vec<SlotInfo>,
    keys: Vec<FoundKey>,
    request: &KeyRequest,
) -> Result<(SlotId, HmacSecret), AppError> {
    let mut waiting = JoinSet::new();
    for key in keys {
        let (slots, request) = (slots.clone(), request.clone());
        waiting.spawn(async move {
            let mut key = able(security_keys::open(key, &request).await?)?;
            let (id, slot) = key.known(&slots).await?;
            Ok((id, key.secret(&slot).await?))
        });
    }
    let mut failures = Vec::new();
    while let Some(done) = waiting.join_next().await {
        match done {
            // The others' requests are taken back when they are dropped.
            Ok(Ok(opened)) => return Ok(opened),
            Ok(Err(error)) => failures.push(error),
            Err(_) => {}
        }
    }
    Err(security_keys::most_telling(failures))
}

/// Of all keys, those that hold secrets for others.
fn able(key: OpenKey) -> Result<Key, AppError> {
    if key.info.extensions.iter().any(|extension| extension == HMAC_SECRET) {
        return Ok(Key(key));
    }
    let lacking = security_key::Error::Unsupported("hmac-secret, which opening a vault needs");
    Err(AppError::of_key("being opened", lacking))
}

/// A key that can be a way in.
struct Key(OpenKey);

impl Key {
    /// The first slot whose credential this key holds, without asking the person.
    async fn known(&mut self, slots: &[SlotInfo]) -> Result<(SlotId, SecurityKeySlot), AppError> {
        for info in slots {
            let Some(slot) = &info.security_key else { continue };
            let options = Options { up: Some(false), ..Options::default() };
            match self.0.session.get_assertion(assertion(slot, random()?, options)).await {
                Ok(_) => return Ok((info.id, slot.clone())),
                Err(security_key::Error::Status(_)) => {}
                Err(error) => return Err(AppError::of_key("being asked", error)),
            }
        }
        Err(AppError::new(
            Code::NotFound,
            format!("The key at {} does not open this vault.", self.0.found.address),
            "Plug in a key that was added to it, or unlock it another way.",
        ))
    }

    async fn secret(&mut self, slot: &SecurityKeySlot) -> Result<HmacSecret, AppError> {
        let hash = random()?;
        let proof = self.proof(Permissions::GET_ASSERTION).await?;
        let asked = get_assertion::Request {
            pin_uv_auth_param: proof.param(&hash),
            pin_uv_auth_protocol: proof.protocol(),
            ..assertion(slot, hash, proof.options())
        };
        let answered = self.0.session.get_assertion_with_secrets(&self.0.info, asked, &[slot.salt]).await;
        let (response, secrets) = answered.map_err(|error| AppError::of_key("giving its secret", error))?;
        let data = AuthenticatorData::decode(&response.auth_data)
            .map_err(|status| AppError::of_status("giving its secret", status))?;
        // Without verification the key computes another secret.
        if !data.flags.has(Flags::UV) {
            return Err(unverifying(&self.0.found.address));
        }
        secrets
            .into_iter()
            .next()
            .ok_or_else(|| AppError::of_key("giving its secret", security_key::Error::NoSecret))
    }

    async fn proof(&mut self, permissions: Permissions) -> Result<Proof, AppError> {
        let key = &mut self.0;
        match Verification::of(&key.info) {
            Verification::BuiltIn => Ok(Proof::BuiltIn),
            Verification::None => Err(unverifying(&key.found.address)),
            Verification::Pin => {
                let pin = key.proof()?;
                match key.session.token(&key.info, &pin, permissions, Some(RP_ID)).await {
                    Ok(token) => Ok(Proof::Token(token)),
                    Err(error) => Err(key.failed("checking its PIN", error).await),
                }
            }
        }
    }
}

impl Proof {
    fn options(&self) -> Options {
        Options { uv: matches!(self, Self::BuiltIn).then_some(true), ..Options::default() }
    }

    fn param(&self, hash: &[u8; 32]) -> Option<Vec<u8>> {
        match self {
            Self::BuiltIn => None,
            Self::Token(token) => Some(token.prove(hash)),
        }
    }

    fn protocol(&self) -> Option<u64> {
        match self {
            Self::BuiltIn => None,
            Self::Token(token) => Some(token.protocol()),
        }
    }
}

fn assertion(slot: &SecurityKeySlot, hash: [u8; 32], options: Options) -> get_assertion::Request {
    get_assertion::Request {
        rp_id: slot.rp_id.clone(),
        client_data_hash: hash,
        allow_list: Some(vec![Descriptor { id: slot.credential_id.clone() }]),
        extensions: GetAssertionInputs::default(),
        options,
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

fn credentials(slots: &[SlotInfo]) -> Vec<Descriptor> {
    let keys = slots.iter().filter_map(|slot| slot.security_key.as_ref());
    keys.map(|key| Descriptor { id: key.credential_id.clone() }).collect()
}

fn unverifying(address: &str) -> AppError {
    AppError::new(
        Code::Usage,
        format!(
            "The key at {address} cannot tell who touches it: it has no PIN. Whoever found it could open the vault."
        ),
        "Set a PIN on the key first.",
    )
}

fn random<const N: usize>() -> Result<[u8; N], AppError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::plain(Code::Failed, format!("The operating system gives no randomness: {error}."))
    })?;
    Ok(bytes)
}
