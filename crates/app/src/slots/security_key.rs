//! A security key as a way into the vault, by hmac-secret (CTAP 2.3 §12.7). The key is asked here; the vault knows
//! no keys.

use ctap::{
    Request, Status,
    auth_data::{AuthenticatorData, Flags},
    cose,
    entity::{Descriptor, RelyingParty, User},
    extension::{GetAssertionInputs, MakeCredentialInputs, id::HMAC_SECRET},
    get_assertion, get_info,
    hid::KeepaliveStatus,
    make_credential::{self, Options},
};
use secrecy::SecretString;
use security_key::{Hid, HmacSecret, Permissions, Pin, Session, Token, Verification};
use std::sync::Arc;
use tokio::task::JoinSet;

use crate::{
    App, Change,
    error::{AppError, Code},
    vault::explain,
};
use ::vault::{HmacOutput, SecurityKeySlot, Slot, SlotId, SlotInfo};

/// The site that the keys' credentials belong to. No name under .invalid is ever anybody's (RFC 2606 §2), so no page
/// in a browser can ask a key for the vault's secret.
const RP_ID: &str = "latchkey.invalid";

/// Which security key is asked, and how.
#[derive(Clone)]
pub struct KeyRequest {
    /// Its device node, or `tcp:ADDRESS` or `unix:PATH` of an emulated key; whichever is plugged in where `None`.
    pub address: Option<String>,
    /// Its PIN, where it wants one.
    pub pin: Option<SecretString>,
    /// Called when a key waits for the person.
    pub touch: Arc<dyn Fn() + Send + Sync>,
}

struct Key {
    address: String,
    session: Session<Hid>,
    info: get_info::Response,
}

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
        let (slot, secret) = self.cancellable(enrol(label, known, request)).await?;
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
        let (slot, secret) = self.cancellable(ask_all(slots, request)).await?;
        let output = HmacOutput::new(&*secret).map_err(explain)?;
        self.tried_to_unlock(vault.unlock_with_security_key(&slot, &output))
    }

    /// Takes the request to a security key back that is under way, if one is.
    pub fn cancel_security_key(&self) {
        self.key_cancelled.notify_waiters();
    }

    async fn cancellable<T>(&self, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        tokio::select! {
            done = work => done,
            () = self.key_cancelled.notified() => {
                Err(AppError::plain(Code::Refused, "You took the request back; nothing was changed."))
            }
        }
    }
}

async fn enrol(
    label: &str,
    known: Vec<Descriptor>,
    request: &KeyRequest,
) -> Result<(SecurityKeySlot, HmacSecret), AppError> {
    let mut key = selected(request).await?;
    let hash = random()?;
    let proof = key.proof(Permissions::MAKE_CREDENTIAL, request).await?;
    let made = key.session.make_credential(make_credential::Request {
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
    let secret = key.secret(&slot, request).await?;
    Ok((slot, secret))
}

/// Asks every key that the vault knows at once.
async fn ask_all(slots: Vec<SlotInfo>, request: &KeyRequest) -> Result<(SlotId, HmacSecret), AppError> {
    let mut waiting = JoinSet::new();
    for address in addresses(request)? {
        let (slots, request) = (slots.clone(), request.clone());
        waiting.spawn(async move {
            let mut key = Key::open(address, &request).await?;
            let (id, slot) = key.known(&slots).await?;
            Ok((id, key.secret(&slot, &request).await?))
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
    Err(most_telling(failures))
}

/// The one key that is meant: the only one, or the one that is touched.
async fn selected(request: &KeyRequest) -> Result<Key, AppError> {
    let mut addresses = addresses(request)?;
    if addresses.len() == 1 {
        return Key::open(addresses.remove(0), request).await;
    }
    let mut waiting = JoinSet::new();
    for address in addresses {
        let request = request.clone();
        waiting.spawn(async move {
            let mut key = Key::open(address, &request).await?;
            let touched = key.session.send(&Request::Selection).await;
            touched.map(|_| key).map_err(|error| AppError::of_key("being chosen", error))
        });
    }
    let mut failures = Vec::new();
    while let Some(done) = waiting.join_next().await {
        match done {
            Ok(Ok(key)) => return Ok(key),
            Ok(Err(error)) => failures.push(error),
            Err(_) => {}
        }
    }
    Err(most_telling(failures))
}

fn addresses(request: &KeyRequest) -> Result<Vec<String>, AppError> {
    if let Some(address) = &request.address {
        return Ok(vec![address.clone()]);
    }
    let keys = security_key::found();
    if keys.is_empty() {
        return Err(AppError::new(
            Code::DeviceGone,
            "No security key is plugged in.",
            "Plug one in and try again.",
        ));
    }
    Ok(keys.into_iter().map(|key| key.address).collect())
}

impl Key {
    async fn open(address: String, request: &KeyRequest) -> Result<Self, AppError> {
        let failed = |error| AppError::of_key("being opened", error);
        let touch = Arc::clone(&request.touch);
        let hid = Hid::open(&address).await.map_err(failed)?.with_progress(Arc::new(move |status| {
            if status == KeepaliveStatus::UpNeeded {
                touch();
            }
        }));
        let mut session = Session::new(hid);
        let info = session.info().await.map_err(failed)?;
        if !info.extensions.iter().any(|extension| extension == HMAC_SECRET) {
            return Err(failed(security_key::Error::Unsupported("hmac-secret, which opening a vault needs")));
        }
        Ok(Self { address, session, info })
    }

    /// The first slot whose credential this key holds, without asking the person.
    async fn known(&mut self, slots: &[SlotInfo]) -> Result<(SlotId, SecurityKeySlot), AppError> {
        for info in slots {
            let Some(slot) = &info.security_key else { continue };
            let options = Options { up: Some(false), ..Options::default() };
            match self.session.get_assertion(assertion(slot, random()?, options)).await {
                Ok(_) => return Ok((info.id, slot.clone())),
                Err(security_key::Error::Status(_)) => {}
                Err(error) => return Err(AppError::of_key("being asked", error)),
            }
        }
        Err(AppError::new(
            Code::NotFound,
            format!("The key at {} does not open this vault.", self.address),
            "Plug in a key that was added to it, or unlock it another way.",
        ))
    }

    async fn secret(&mut self, slot: &SecurityKeySlot, request: &KeyRequest) -> Result<HmacSecret, AppError> {
        let hash = random()?;
        let proof = self.proof(Permissions::GET_ASSERTION, request).await?;
        let asked = get_assertion::Request {
            pin_uv_auth_param: proof.param(&hash),
            pin_uv_auth_protocol: proof.protocol(),
            ..assertion(slot, hash, proof.options())
        };
        let answered = self.session.get_assertion_with_secrets(&self.info, asked, &[slot.salt]).await;
        let (response, secrets) = answered.map_err(|error| AppError::of_key("giving its secret", error))?;
        let data = AuthenticatorData::decode(&response.auth_data)
            .map_err(|status| AppError::of_status("giving its secret", status))?;
        // Without verification the key computes another secret.
        if !data.flags.has(Flags::UV) {
            return Err(unverifying(&self.address));
        }
        secrets
            .into_iter()
            .next()
            .ok_or_else(|| AppError::of_key("giving its secret", security_key::Error::NoSecret))
    }

    async fn proof(&mut self, permissions: Permissions, request: &KeyRequest) -> Result<Proof, AppError> {
        match Verification::of(&self.info) {
            Verification::BuiltIn => Ok(Proof::BuiltIn),
            Verification::None => Err(unverifying(&self.address)),
            Verification::Pin => {
                let Some(pin) = &request.pin else {
                    let tries = self.tries().await;
                    return Err(AppError::new(
                        Code::PinNeeded,
                        format!("The key at {} wants its PIN.{tries}", self.address),
                        "Type the PIN of the key.",
                    ));
                };
                let wrong = |fault| AppError::of_key("checking its PIN", security_key::Error::Pin(fault));
                let pin = Pin::existing(pin).map_err(wrong)?;
                match self.session.token_by_pin(&self.info, &pin, permissions, Some(RP_ID)).await {
                    Ok(token) => Ok(Proof::Token(token)),
                    Err(security_key::Error::Status(Status::PIN_INVALID)) => Err(AppError {
                        ctap_status: Some(Status::PIN_INVALID.0),
                        ..AppError::new(
                            Code::WrongSecret,
                            format!("The PIN of the key is wrong.{}", self.tries().await),
                            "Type it again.",
                        )
                    }),
                    Err(error) => Err(AppError::of_key("checking its PIN", error)),
                }
            }
        }
    }

    async fn tries(&mut self) -> String {
        match self.session.pin_retries().await.map(|retries| retries.left) {
            Ok(1) => " One try is left.".to_owned(),
            Ok(tries) => format!(" {tries} tries are left."),
            Err(_) => String::new(),
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

/// What the person can do something about, before what merely did not work.
fn most_telling(mut failures: Vec<AppError>) -> AppError {
    let order =
        [Code::WrongSecret, Code::PinNeeded, Code::Refused, Code::Usage, Code::NoPermission, Code::NotFound];
    let rank = |error: &AppError| order.iter().position(|code| *code == error.code).unwrap_or(order.len());
    failures.sort_by_key(rank);
    let told = failures.into_iter().next();
    told.unwrap_or_else(|| AppError::plain(Code::Failed, "The request to the key stopped unexpectedly."))
}

fn random<const N: usize>() -> Result<[u8; N], AppError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::plain(Code::Failed, format!("The operating system gives no randomness: {error}."))
    })?;
    Ok(bytes)
}
