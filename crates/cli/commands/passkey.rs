use anstyle::AnsiColor;
use app::{
    AppError, Code,
    passkeys::{Passkey, PasskeyKind},
};
use std::io::{IsTerminal, Write};

use super::{Context, moving};
use crate::{
    args,
    output::{bold, print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, command: args::Passkey) -> Result<(), AppError> {
    context.unlock()?;
    match command {
        args::Passkey::List => list(context),
        args::Passkey::Show { id } => show(context, &id),
        args::Passkey::Delete { id, yes } => delete(context, &id, yes),
        args::Passkey::Import(options) => moving::import(context, &options),
        args::Passkey::Export(options) => moving::export(context, &options),
    }
}

fn list(context: &Context) -> Result<(), AppError> {
    let passkeys = context.app.passkeys()?;
    if context.json {
        return print_json(&passkeys);
    }
    if passkeys.is_empty() {
        say!("No passkeys yet. Start a key with `latchkey emulate --uhid` and register at a site.");
        return Ok(());
    }
    let rows: Vec<_> = passkeys
        .iter()
        .map(|passkey| {
            [
                passkey.rp_id.clone(),
                passkey.user_name.clone().unwrap_or_default(),
                backup_word(passkey),
                flags(passkey),
                counter(passkey),
                passkey.last_used_at.clone().unwrap_or_else(|| "never".to_owned()),
                passkey.id.clone(),
            ]
        })
        .collect();
    print_table(["SITE", "ACCOUNT", "KIND", "FLAGS", "COUNTER", "LAST USED", "ID"], &rows);
    Ok(())
}

fn show(context: &Context, id: &str) -> Result<(), AppError> {
    let passkey = context.app.passkey(id)?;
    if context.json {
        return print_json(&passkey);
    }
    let lines = [
        ("Site", passkey.rp_id.clone()),
        ("Site's name", passkey.rp_name.clone().unwrap_or_default()),
        ("Account", passkey.user_name.clone().unwrap_or_default()),
        ("Person", passkey.user_display_name.clone().unwrap_or_default()),
        ("Kind", backup_word(&passkey)),
        ("", sentence(&passkey).to_owned()),
        ("Flags", flags(&passkey)),
        ("Counter", counter(&passkey)),
        ("Created", passkey.created_at.clone()),
        ("Last used", passkey.last_used_at.clone().unwrap_or_else(|| "never".to_owned())),
        ("Algorithm", passkey.algorithm.clone()),
        ("Discoverable", if passkey.discoverable { "yes" } else { "no" }.to_owned()),
        ("AAGUID", passkey.aaguid.clone()),
        ("User handle", passkey.user_handle.clone()),
        ("Id", passkey.id.clone()),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        say!("{}{value}", bold(format!("{name:<14}")));
    }
    Ok(())
}

fn delete(context: &Context, id: &str, yes: bool) -> Result<(), AppError> {
    let passkey = context.app.passkey(id)?;
    let account = passkey.user_name.as_deref().unwrap_or("this account");
    if !yes
        && !confirmed(&format!("Delete the passkey of {account} at {}? It cannot be undone.", passkey.rp_id))?
    {
        return Err(AppError::plain(Code::Refused, "Nothing was deleted."));
    }
    context.app.delete_passkey(id)?;
    if context.json {
        return print_json(&serde_json::json!({ "deleted": id }));
    }
    say!("Deleted. The site still lists it: remove it there too.");
    Ok(())
}

fn confirmed(question: &str) -> Result<bool, AppError> {
    if !std::io::stdin().is_terminal() {
        return Err(AppError::new(
            Code::Usage,
            "Deleting wants a yes and there is no terminal to ask in; nothing was deleted.",
            "Say --yes if you are sure.",
        ));
    }
    eprint!("{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The name of the backup bits, in the colour they have everywhere.
fn backup_word(passkey: &Passkey) -> String {
    match (passkey.kind, passkey.backup_state) {
        (PasskeyKind::DeviceBound, _) => styled("device-bound", AnsiColor::Blue),
        (PasskeyKind::Synced, false) => styled("not backed up yet", AnsiColor::Yellow),
        (PasskeyKind::Synced, true) => styled("synced", AnsiColor::Green),
    }
}

fn sentence(passkey: &Passkey) -> &'static str {
    match (passkey.kind, passkey.backup_state) {
        (PasskeyKind::DeviceBound, _) => "Lives in this one place. Lose the place, lose the passkey.",
        (PasskeyKind::Synced, false) => "Can be copied, but no copy has been confirmed.",
        (PasskeyKind::Synced, true) => "A confirmed copy exists.",
    }
}

fn flags(passkey: &Passkey) -> String {
    format!("BE {}  BS {}", u8::from(passkey.backup_eligible), u8::from(passkey.backup_state))
}

fn counter(passkey: &Passkey) -> String {
    if passkey.kind == PasskeyKind::Synced && passkey.sign_count == 0 {
        "not counted".to_owned()
    } else {
        passkey.sign_count.to_string()
    }
}
