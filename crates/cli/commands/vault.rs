use anstyle::AnsiColor;
use app::{
    AppError,
    vault::{VaultSlot, VaultState},
};

use super::{Context, moving};
use crate::{
    args,
    output::{bold, print_json, say, styled},
    secret,
};

pub(super) fn run(context: &Context, command: &args::Vault) -> Result<(), AppError> {
    match command {
        args::Vault::Init => {
            let passphrase = secret::new_one(context.passphrase_file())?;
            if let Some(notice) = context.app.init_vault(&passphrase)? {
                eprintln!("{notice}");
            }
        }
        args::Vault::Status => {
            // Status never asks: it says what it sees, opened by the keyring where that works.
            let _ = match context.passphrase()? {
                Some(passphrase) => context.app.unlock(Some(&passphrase)),
                None => context.app.unlock(None),
            };
        }
        args::Vault::Lock => context.app.lock_vault()?,
        args::Vault::Unlock => context.unlock()?,
        args::Vault::Backup(options) => {
            context.unlock()?;
            return moving::backup(context, options);
        }
        args::Vault::Restore(options) => return moving::restore(context, options),
        args::Vault::Passphrase { new_passphrase_file } => {
            context.unlock()?;
            let new = secret::new_one(new_passphrase_file.as_deref())?;
            context.app.change_passphrase(&new)?;
        }
    }
    show(context)
}

fn show(context: &Context) -> Result<(), AppError> {
    let status = context.app.vault_status();
    if context.json {
        return print_json(&status);
    }
    let state = match status.state {
        VaultState::Absent => styled("none yet", AnsiColor::Yellow),
        VaultState::Locked => styled("locked", AnsiColor::Yellow),
        VaultState::Open => styled("open", AnsiColor::Green),
        VaultState::KeyMissing => styled("its key is missing from the keyring", AnsiColor::Red),
        VaultState::Damaged => styled("damaged", AnsiColor::Red),
        VaultState::Newer => styled("of a newer Latchkey", AnsiColor::Red),
    };
    let slots: Vec<_> = status.slots.into_iter().map(slot).collect();
    let opened_by = status.opened_by.map(slot).unwrap_or_default();
    for (name, value) in [
        ("Vault", state),
        ("Folder", status.folder),
        ("Opens with", slots.join(", ")),
        ("Opened by", opened_by.to_owned()),
    ] {
        if !value.is_empty() {
            say!("{}{value}", bold(format!("{name:<12}")));
        }
    }
    if let Some(reason) = status.memory.and_then(|memory| memory.reason) {
        say!("Its keys may be written to the swap space: {reason}.");
    }
    if let Some(message) = status.message {
        say!("{message}");
    }
    Ok(())
}

fn slot(slot: VaultSlot) -> &'static str {
    match slot {
        VaultSlot::Keyring => "keyring",
        VaultSlot::Passphrase => "passphrase",
        VaultSlot::SecurityKey => "security key",
        VaultSlot::Recovery => "recovery key",
    }
}
