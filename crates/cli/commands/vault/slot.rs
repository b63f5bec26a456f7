use app::{
    AppError, Code,
    slots::{SlotKind, VaultSlot},
};
use secrecy::{ExposeSecret, SecretString};
use std::io::IsTerminal;

use super::key;
use crate::{
    args,
    commands::Context,
    output::{bold, print_json, print_table, say},
    secret,
};

pub(super) fn run(context: &Context, command: &args::Slot) -> Result<(), AppError> {
    match command {
        args::Slot::List => return list(context),
        args::Slot::Add(add) => {
            context.unlock()?;
            if add.recovery {
                return add_recovery(context, &add.label);
            }
            if add.security_key {
                key::add(context, &add.label, &add.key)?;
            } else if add.keyring {
                context.app.add_keyring_slot()?;
            } else {
                let new = secret::new_one(add.new_passphrase_file.as_deref())?;
                context.app.add_passphrase_slot(&add.label, &new)?;
            }
        }
        args::Slot::Remove { slot, yes } => {
            context.unlock()?;
            remove(context, slot, *yes)?;
        }
        args::Slot::Rename { slot, label } => {
            context.unlock()?;
            context.app.rename_slot(&context.app.find_slot(slot)?.id, label)?;
        }
    }
    list(context)
}

/// Prints a new recovery key: the only time that anybody sees it.
pub(super) fn add_recovery(context: &Context, label: &str) -> Result<(), AppError> {
    let key = context.app.add_recovery_slot(label)?;
    if context.json {
        return print_json(&serde_json::json!({ "recoveryKey": key.expose_secret() }));
    }
    show_recovery(&key);
    Ok(())
}

fn show_recovery(key: &SecretString) {
    say!("{}", bold("Your recovery key, shown this once:"));
    say!("");
    say!("  {}", key.expose_secret());
    say!("");
    say!("It opens this vault, and every backup made from now on, without anything else.");
    say!(
        "Write it on paper or print it, and keep it away from this computer: in a safe, or with somebody you"
    );
    say!("trust with every account. Whoever finds it opens the vault. Do not photograph it, do not mail it.");
    say!("Try it once: `latchkey vault unlock --recovery`. Spaces and lower case do not matter.");
}

/// What a long job tells on the terminal.
pub(super) fn progress(context: &Context) -> impl FnMut(app::slots::Progress) + use<> {
    let shown = !context.json && std::io::stderr().is_terminal();
    move |at| {
        if shown && at.total > 0 {
            eprint!("\rSealing {} of {}", at.done, at.total);
            if at.done == at.total {
                eprintln!();
            }
        }
    }
}

fn list(context: &Context) -> Result<(), AppError> {
    let slots = context.app.slots()?;
    if context.json {
        return print_json(&slots);
    }
    let rows: Vec<_> = slots
        .iter()
        .map(|slot| {
            [
                kind(slot.kind).to_owned(),
                slot.label.clone(),
                slot.created_at.clone().unwrap_or_else(|| "unknown".to_owned()),
                slot.id.clone(),
            ]
        })
        .collect();
    print_table(["OPENS WITH", "LABEL", "SINCE", "ID"], &rows);
    for slot in slots.iter().filter(|slot| slot.outdated) {
        say!("An earlier version made {}: unlock the vault with it once, or remove it.", name(slot));
    }
    Ok(())
}

fn remove(context: &Context, slot: &str, yes: bool) -> Result<(), AppError> {
    let slot = context.app.find_slot(slot)?;
    let question = format!("Remove {}? What it opened stays closed to it from now on.", name(&slot));
    if !yes && !context.confirmed(&question, "Removing a way in")? {
        return Err(AppError::plain(Code::Refused, "Nothing was removed."));
    }
    context.app.remove_slot(&slot.id, progress(context))
}

/// As one word of a line: the kind, with the label where it has one.
pub(super) fn name(slot: &VaultSlot) -> String {
    let kind = kind(slot.kind);
    let plain = slot.label.is_empty() || slot.label.eq_ignore_ascii_case(kind);
    if plain { kind.to_owned() } else { format!("{kind} \"{}\"", slot.label) }
}

fn kind(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::Passphrase => "passphrase",
        SlotKind::Keyring => "keyring",
        SlotKind::SecurityKey => "security key",
        SlotKind::Recovery => "recovery key",
    }
}
