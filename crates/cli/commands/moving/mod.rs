//! Passkeys in and out: one file per command.

mod backup;
mod export;
mod import;
mod table;

pub(super) use backup::{backup, restore};
pub(super) use export::export;
pub(super) use import::import;

use app::{
    AppError, Code,
    import::{Opens, Secrets},
};
use std::io::{IsTerminal, Write};

use crate::{args::FileSecrets, secret};

/// What opens a file: from the files that were named, else asked for.
fn secrets(options: &FileSecrets, opens: Opens) -> Result<Secrets, AppError> {
    let mut secrets = Secrets::default();
    if let Some(file) = &options.file_passphrase_file {
        secrets.passphrase = Some(secret::from_file(file)?);
    }
    if let Some(file) = &options.identity {
        secrets.identities = Some(secret::from_file(file)?);
    }
    if opens == Opens::ByPassphrase && secrets.passphrase.is_none() && secrets.identities.is_none() {
        secrets.passphrase = Some(secret::from_prompt("Passphrase of the file").map_err(|_| {
            AppError::new(
                Code::Locked,
                "The file is sealed by a passphrase, and there is no terminal to ask in.",
                "Name a file with --file-passphrase-file, or give it on standard input with --file-passphrase-file -.",
            )
        })?);
    }
    Ok(secrets)
}

/// Asks for a line in the terminal; `None` where there is none.
fn typed(question: &str) -> Option<String> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    eprint!("{question} ");
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    Some(line.trim().to_owned())
}

/// Text that comes from a file, without letters that a terminal obeys.
fn harmless(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

fn counted(passkeys: impl Into<u64>) -> String {
    match passkeys.into() {
        1 => "1 passkey".to_owned(),
        many => format!("{many} passkeys"),
    }
}
