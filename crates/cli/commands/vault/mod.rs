mod check;
mod key;
mod slot;

use anstyle::AnsiColor;
use app::{
    AppError,
    process::KeyMemory,
    vault::{Freshness, FreshnessState, VaultState, VaultStatus},
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
        args::Vault::Unlock(how) => unlock(context, how)?,
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
        args::Vault::Recovery { label } => {
            context.unlock()?;
            return slot::add_recovery(context, label);
        }
        args::Vault::Slot(command) => return slot::run(context, command),
        args::Vault::AcceptOlderCopy => {
            context.unlock()?;
            context.app.accept_older_copy()?;
        }
        args::Vault::Check { repair, accept_losses } => {
            context.unlock()?;
            return check::run(context, *repair, *accept_losses);
        }
        args::Vault::Rotate => {
            context.unlock()?;
            context.app.rotate_vault(slot::progress(context))?;
        }
    }
    show(context)
}

fn unlock(context: &Context, how: &args::Unlock) -> Result<(), AppError> {
    if how.security_key {
        return key::unlock(context, &how.key);
    }
    if let Some(file) = &how.recovery_file {
        return context.app.unlock_with_recovery_key(&secret::from_file(file)?);
    }
    if how.recovery {
        return context.app.unlock_with_recovery_key(&secret::from_prompt("Recovery key")?);
    }
    context.unlock()
}

fn show(context: &Context) -> Result<(), AppError> {
    let status = context.app.vault_status();
    if context.json {
        return print_json(&status);
    }
    let slots: Vec<_> = status.slots.iter().map(slot::name).collect();
    for (name, value) in [
        ("Vault", state(&status)),
        ("Folder", status.folder),
        ("Opens with", slots.join(", ")),
        ("Opened by", status.opened_by.as_ref().map(slot::name).unwrap_or_default()),
        ("Memory", status.memory.as_ref().map(memory).unwrap_or_default()),
        ("Age", status.freshness.as_ref().map(age).unwrap_or_default()),
    ] {
        if !value.is_empty() {
            say!("{}{value}", bold(format!("{name:<12}")));
        }
    }
    if let Some(message) = status.message {
        say!("{message}");
    }
    Ok(())
}

fn state(status: &VaultStatus) -> String {
    match status.state {
        VaultState::Absent => styled("none yet", AnsiColor::Yellow),
        VaultState::Locked => styled("locked", AnsiColor::Yellow),
        VaultState::Open => styled("open", AnsiColor::Green),
        VaultState::KeyMissing => styled("its key is missing from the keyring", AnsiColor::Red),
        VaultState::Damaged => styled("damaged", AnsiColor::Red),
        VaultState::Newer => styled("of a newer Latchkey", AnsiColor::Red),
    }
}

fn age(freshness: &Freshness) -> String {
    match freshness.state {
        FreshnessState::NotKept => "not checked: no keyring remembers this vault".to_owned(),
        FreshnessState::Unchecked => {
            format!("not checked: {}", freshness.reason.as_deref().unwrap_or("the keyring says nothing"))
        }
        FreshnessState::Newest => "the newest copy that the keyring knows".to_owned(),
        FreshnessState::OlderCopy => styled(
            format!(
                "an older copy: {} changes are missing. Nothing is written to it until you say \
                 `latchkey vault accept-older-copy`",
                freshness.missing
            ),
            AnsiColor::Red,
        ),
    }
}

fn memory(state: &KeyMemory) -> String {
    match &state.reason {
        None => "the keys are kept out of the swap space".to_owned(),
        Some(reason) => styled(format!("the keys may be swapped out: {reason}"), AnsiColor::Yellow),
    }
}
