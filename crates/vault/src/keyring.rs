//! The only place that touches the OS keyring.
//!
//! Every call connects anew: a service that was missing a minute ago may be there now. A call may block on
//! the desktop's own question "unlock the keyring?", so it runs in a thread of its own, away from any async
//! runtime, and is given up after two minutes, or after as many seconds as `LATCHKEY_KEYRING_PATIENCE` says. Callers
//! keep it off the thread that draws.

use std::{sync::mpsc, thread, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use keyring_core::{Entry, Error as KeyringError};
use zeroize::{Zeroize, Zeroizing};

use crate::{error::Error, seal::Id, secret::Secret};

/// The `service` attribute of all our items.
const SERVICE: &str = "latchkey";
/// As many seconds as a person may look for a password, and the variable that says otherwise.
const PATIENCE: u64 = 120;
const PATIENCE_VARIABLE: &str = "LATCHKEY_KEYRING_PATIENCE";

/// One of our items.
#[derive(Clone, Copy)]
pub(crate) enum Item {
    /// Opens the slot of this id; `username` is `vault id:slot id` in hex.
    Slot(Id, Id),
    /// The vault key itself, as formats 1 and 2 had it; `username` is the vault id.
    VaultKey(Id),
    /// How new the vault was; `username` is `vault id:generation`.
    Generation(Id),
}

impl Item {
    fn username(self) -> String {
        match self {
            Self::Slot(vault, slot) => format!("{}:{}", hex::encode(vault), hex::encode(slot)),
            Self::VaultKey(vault) => hex::encode(vault),
            Self::Generation(vault) => format!("{}:generation", hex::encode(vault)),
        }
    }

    /// What the keyring's own program shows.
    #[cfg(target_os = "linux")]
    fn label(self) -> &'static str {
        match self {
            Self::Slot(..) | Self::VaultKey(_) => "Latchkey vault key",
            Self::Generation(_) => "Latchkey vault: how new it was",
        }
    }
}

/// The key that the item holds. [`Error::KeyMissing`] where there is no such item.
pub(crate) fn read(item: Item) -> Result<Secret, Error> {
    apart(item, |entry| {
        let text = Zeroizing::new(entry.get_secret()?);
        // Room for the decoder's estimate, so that it never moves what it wrote.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        let decoded = STANDARD.decode_vec(&*text, &mut bytes).ok();
        Ok(decoded.and_then(|()| <[u8; 32]>::try_from(bytes.as_slice()).ok()).map(Secret::new))
    })?
    .ok_or(Error::WrongKey)
}

/// Hands a key to the keyring, in place of what the item held.
pub(crate) fn write(item: Item, key: &Secret) -> Result<(), Error> {
    let key = key.clone();
    apart(item, move |entry| {
        let text = Zeroizing::new(STANDARD.encode(key.expose()));
        entry.set_secret(text.as_bytes())
    })
}

/// Takes the item out of the keyring. [`Error::KeyMissing`] where there is none.
pub(crate) fn delete(item: Item) -> Result<(), Error> {
    apart(item, Entry::delete_credential)
}

/// How new the vault was when the keyring was told; `None` where it never was, or holds something else.
pub(crate) fn generation(vault: Id) -> Result<Option<u64>, Error> {
    apart(Item::Generation(vault), number)
}

/// Tells the keyring how new the vault is, unless it knows of newer.
pub(crate) fn raise_generation(vault: Id, generation: u64) -> Result<(), Error> {
    apart(Item::Generation(vault), move |entry| {
        if number(entry)? < Some(generation) {
            entry.set_secret(generation.to_string().as_bytes())?;
        }
        Ok(())
    })
}

fn number(entry: &Entry) -> Result<Option<u64>, KeyringError> {
    match entry.get_secret() {
        Ok(text) => Ok(std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok())),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks the keyring for an item that no vault has: does it answer?
///
/// # Errors
/// [`Error::KeyringUnavailable`], [`Error::KeyringLocked`].
pub fn ask() -> Result<(), Error> {
    generation([0; 16]).map(drop)
}

/// What a slot of this computer's keyring is called.
pub(crate) fn name() -> String {
    format!("Keyring of {}", rustix::system::uname().nodename().to_string_lossy())
}

/// Runs `job` on the item in a thread of its own.
fn apart<T: Send + 'static>(
    item: Item,
    job: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name("keyring".to_owned())
        // The receiver may have given up: then nobody wants the answer.
        .spawn(move || drop(sender.send(entry(item).and_then(|entry| job(&entry)))))
        .map_err(Error::io("no thread for the keyring"))?;
    let patience = patience();
    match receiver.recv_timeout(Duration::from_secs(patience)) {
        Ok(answer) => answer.map_err(Error::from),
        Err(_) => Err(Error::KeyringUnavailable(format!("it did not answer within {patience} seconds"))),
    }
}

fn patience() -> u64 {
    std::env::var(PATIENCE_VARIABLE).ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(PATIENCE)
}

#[cfg(target_os = "linux")]
fn entry(item: Item) -> Result<Entry, KeyringError> {
    use keyring_core::api::CredentialStoreApi;
    use std::collections::HashMap;

    let label = HashMap::from([("label", item.label())]);
    zbus_secret_service_keyring_store::Store::new()?.build(SERVICE, &item.username(), Some(&label))
}

#[cfg(not(target_os = "linux"))]
fn entry(_: Item) -> Result<Entry, KeyringError> {
    Err(KeyringError::NotSupportedByStore("there is no keyring store for this system yet".to_owned()))
}

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::NoEntry => Self::KeyMissing,
            KeyringError::NoStorageAccess(_) => Self::KeyringLocked,
            // Their text would not print the secret, but it has no place in memory either.
            KeyringError::BadEncoding(mut bytes) | KeyringError::BadDataFormat(mut bytes, _) => {
                bytes.zeroize();
                Self::WrongKey
            }
            KeyringError::Ambiguous(_) => {
                Self::KeyringUnavailable("it holds several keys for this vault".to_owned())
            }
            error => Self::KeyringUnavailable(error.to_string()),
        }
    }
}
