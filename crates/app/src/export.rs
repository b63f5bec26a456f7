//! `passkey export` and the window's export: passkeys into a file of another program, encrypted unless a person types
//! that it shall not be.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::{Format, Heading};
use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};
use vault::{Existing, Lock, Recipient, Selection, Vault};

use crate::{
    App,
    error::{AppError, Code},
    import::{explain_exchange, known_format},
    passkeys::not_found,
    vault::explain,
};

/// What has to be typed before private keys are written for everybody to read.
pub const CLEAR_TEXT_WORDS: &str = "write my private keys in clear text";

/// What is exported, and how.
pub struct Export<'a> {
    /// Where to; `.age` is added where it is encrypted by age and not named so.
    pub file: &'a Path,
    /// The format's [`id`](Format::id).
    pub format: &'a str,
    /// Ids as `passkey list` shows them; all passkeys that sites know where there is none.
    pub ids: &'a [String],
    /// Who can open it.
    pub seal: &'a Seal,
    /// Whether a file of this name gives way.
    pub replace: bool,
}

/// Who can open an export.
pub enum Seal {
    /// Whoever knows the passphrase.
    Passphrase(SecretString),
    /// Whoever holds an identity of one of these public keys of age.
    Recipients(Vec<String>),
    /// Everybody: what was typed, which has to be [`CLEAR_TEXT_WORDS`].
    Nothing(String),
}

/// What an export did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// The file.
    pub file: String,
    /// The format's id.
    pub format: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// How many passkeys are in it.
    pub passkeys: u32,
    /// Those that are not.
    pub left_out: Vec<LeftOut>,
    /// What was lost by the format, one plain sentence each.
    pub notes: Vec<String>,
}

/// A passkey that is not in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Its id, base64url.
    pub id: String,
    /// Its site.
    pub rp_id: String,
    /// The account's name there.
    pub user_name: Option<String>,
    /// Why, in one plain sentence.
    pub reason: String,
}

impl App {
    /// Whether a format's files are sealed by a password of their own, so that age is not needed.
    ///
    /// # Errors
    /// `usage` for a format that is not known.
    pub fn seals_itself(&self, format: &str) -> Result<bool, AppError> {
        Ok(known_format(format)?.is_sealed())
    }

    /// Writes passkeys into a file, whole or not at all.
    ///
    /// # Errors
    /// `locked`; `not-found` for an id; `usage` for a format or recipient that is not known; `refused` where the words
    /// were not typed; `busy` where there is a file of this name.
    pub fn export(&self, export: &Export<'_>) -> Result<Exported, AppError> {
        let format = known_format(export.format)?;
        let vault = self.open_vault()?;
        let recipients = check(format, export.seal)?;
        let by_age = !format.is_sealed() && !matches!(export.seal, Seal::Nothing(_));
        let file = if by_age { with_age(export.file) } else { export.file.to_owned() };
        let existing = if export.replace { Existing::Replace } else { Existing::Keep };
        // Said before the work, and once more by the step that gives the name.
        if existing == Existing::Keep && file.symlink_metadata().is_ok() {
            return Err(explain(::vault::Error::FileExists(file)));
        }
        let ids = ids(&vault, export.ids)?;
        let selection = if ids.is_empty() { Selection::All } else { Selection::These(&ids) };
        let chosen = vault.export(selection).map_err(explain)?;
        let mut left_out: Vec<_> =
            chosen.left_out.iter().map(|(passkey, reason)| left_out(passkey, *reason)).collect();

        let heading = Heading {
            exporter_name: "Latchkey",
            exporter_rp_id: "latchkey.invalid",
            written_at: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        };
        let password = match export.seal {
            Seal::Passphrase(passphrase) if format.is_sealed() => Some(passphrase),
            _ => None,
        };
        let written = exchange::write(format, &chosen.passkeys, &heading, password)
            .map_err(|error| explain_exchange(&error))?;
        for (index, reason) in &written.left_out {
            left_out.extend(chosen.passkeys.get(*index).map(|passkey| LeftOut {
                id: URL_SAFE_NO_PAD.encode(&passkey.credential_id),
                rp_id: passkey.rp_id.clone(),
                user_name: passkey.user_name.clone(),
                reason: reason.clone(),
            }));
        }

        let lock = match export.seal {
            Seal::Passphrase(passphrase) if !format.is_sealed() => Some(Lock::Passphrase(passphrase)),
            Seal::Recipients(_) => Some(Lock::Recipients(&recipients)),
            Seal::Passphrase(_) | Seal::Nothing(_) => None,
        };
        let sealed = lock.map(|lock| ::vault::encrypt(&written.bytes, &lock)).transpose().map_err(explain)?;
        let bytes = sealed.as_deref().unwrap_or(&written.bytes);
        // Said first: keys that left without a word would be worse than a word too much.
        let index = |index: &usize| written.left_out.iter().all(|(left, _)| left != index);
        let ids = (0..chosen.passkeys.len()).filter(index);
        let ids = ids.filter_map(|index| Some(chosen.passkeys.get(index)?.credential_id.clone()));
        vault.note_export(&ids.collect::<Vec<_>>(), format.id()).map_err(explain)?;
        ::vault::write_whole(&file, bytes, existing).map_err(explain)?;
        Ok(Exported {
            file: file.display().to_string(),
            format: format.id().to_owned(),
            encrypted: sealed.is_some() || format.is_sealed(),
            passkeys: u32::try_from(chosen.passkeys.len() - written.left_out.len()).unwrap_or(u32::MAX),
            left_out,
            notes: written.notes,
        })
    }
}

/// Whether the format can be sealed so; the recipients, read.
fn check(format: Format, seal: &Seal) -> Result<Vec<Recipient>, AppError> {
    match seal {
        Seal::Recipients(_) if format.is_sealed() => Err(AppError::new(
            Code::Usage,
            format!("A {} is sealed by a password of its own, not for recipients.", format.name()),
            "Give a passphrase, or choose another format.",
        )),
        Seal::Recipients(recipients) => {
            recipients.iter().map(|text| recipient(text)).collect::<Result<_, _>>()
        }
        Seal::Nothing(_) if format.is_sealed() => Err(AppError::new(
            Code::Usage,
            format!("A {} is always sealed by a password.", format.name()),
            "Give a passphrase, or choose another format.",
        )),
        Seal::Nothing(typed) if typed.trim() != CLEAR_TEXT_WORDS => Err(AppError::new(
            Code::Refused,
            "Nothing was written: private keys are written in clear text only after the words were typed.",
            format!("Type `{CLEAR_TEXT_WORDS}`, or leave the file encrypted."),
        )),
        Seal::Passphrase(_) | Seal::Nothing(_) => Ok(Vec::new()),
    }
}

/// A public key of age.
pub(crate) fn recipient(text: &str) -> Result<Recipient, AppError> {
    text.parse().map_err(|_| {
        AppError::new(
            Code::Usage,
            format!("{text} is no recipient of age."),
            "A recipient is a public key as `age-keygen -y` prints it: `age1` and 58 letters.",
        )
    })
}

/// The ids of passkeys that are there.
fn ids(vault: &Vault, texts: &[String]) -> Result<Vec<Vec<u8>>, AppError> {
    let id = |text: &String| {
        let id = URL_SAFE_NO_PAD.decode(text).map_err(|_| not_found(text))?;
        vault.passkey(&id).map_err(explain)?.ok_or_else(|| not_found(text))?;
        Ok(id)
    };
    texts.iter().map(id).collect()
}

fn left_out(passkey: &::vault::Passkey, reason: ::vault::Reason) -> LeftOut {
    LeftOut {
        id: URL_SAFE_NO_PAD.encode(&passkey.id),
        rp_id: passkey.rp_id.clone(),
        user_name: passkey.user_name.clone(),
        reason: match reason {
            ::vault::Reason::DeviceBound => "It lives in this one place and is never copied.".to_owned(),
            ::vault::Reason::Counted(count) => {
                format!("Its site has counted {count} signatures, so a copy would look like a clone.")
            }
        },
    }
}

/// `NAME.json` becomes `NAME.json.age`.
fn with_age(file: &Path) -> PathBuf {
    if file.extension().is_some_and(|extension| extension == "age") {
        return file.to_owned();
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".age");
    name.into()
}
