use anstyle::AnsiColor;
use app::{
    AppError,
    history::HistoryEvent,
    passkeys::{BackupReason, Passkey, PasskeyKind, Standing},
};

use crate::{
    commands::Context,
    output::{bold, print_json, print_table, say, styled},
};

pub(super) fn list(context: &Context, words: &str, trash: bool) -> Result<(), AppError> {
    let passkeys = context.app.find_passkeys(words, trash)?;
    if context.json {
        return print_json(&passkeys);
    }
    if passkeys.is_empty() {
        match (words.is_empty(), trash) {
            (false, _) => say!("No passkey holds these words."),
            (true, true) => say!("The trash is empty."),
            (true, false) => {
                say!("No passkeys yet. Start a key with `latchkey emulate --uhid` and register at a site.");
            }
        }
        return Ok(());
    }
    let rows: Vec<_> = passkeys
        .iter()
        .map(|passkey| {
            [
                passkey.rp_id.clone(),
                passkey.user_name.clone().unwrap_or_default(),
                backup_word(passkey),
                bits(passkey),
                counter(passkey),
                when(passkey),
                passkey.id.clone(),
            ]
        })
        .collect();
    let last = if trash { "PUT ASIDE" } else { "LAST USED" };
    print_table(["SITE", "ACCOUNT", "KIND", "FLAGS", "COUNTER", last, "ID"], &rows);
    Ok(())
}

pub(super) fn show(context: &Context, id: &str) -> Result<(), AppError> {
    let passkey = context.app.passkey(id)?;
    if context.json {
        return print_json(&passkey);
    }
    let lines = [
        ("Site", passkey.rp_id.clone()),
        ("Site's name", passkey.rp_name.clone().unwrap_or_default()),
        ("Account", passkey.user_name.clone().unwrap_or_default()),
        ("Person", passkey.user_display_name.clone().unwrap_or_default()),
        ("Standing", standing(&passkey)),
        ("Kind", backup_word(&passkey)),
        ("", sentence(&passkey)),
        ("Flags", bits(&passkey)),
        ("Counter", counter(&passkey)),
        ("Uses", passkey.uses.to_string()),
        ("Created", passkey.created_at.clone()),
        ("Last used", passkey.last_used_at.clone().unwrap_or_else(|| "never".to_owned())),
        ("Came from", came_from(&passkey)),
        ("Notes", passkey.notes.clone().unwrap_or_default()),
        ("Tags", passkey.tags.join(", ")),
        ("Algorithm", passkey.algorithm.clone()),
        ("Discoverable", yes(passkey.discoverable)),
        ("hmac-secret", yes(passkey.hmac_secret)),
        ("AAGUID", passkey.aaguid.clone()),
        ("User handle", passkey.user_handle.clone()),
        ("Id", passkey.id.clone()),
    ];
    print_facts(&lines);
    Ok(())
}

pub(super) fn flags(context: &Context, id: &str) -> Result<(), AppError> {
    let passkey = context.app.passkey(id)?;
    if context.json {
        return print_json(&serde_json::json!({
            "backupEligible": passkey.backup_eligible,
            "backupState": passkey.backup_state,
            "backupReason": passkey.backup_reason,
            "backedUpAt": passkey.backed_up_at,
            "changedSinceBackup": passkey.changed_since_backup,
            "signCount": passkey.sign_count,
        }));
    }
    let eligible = if passkey.backup_eligible {
        "1  it may be copied; decided when it was made, and never changed"
    } else {
        "0  it may not be copied; decided when it was made, and never changed"
    };
    let state = if passkey.backup_state { "1" } else { "0" };
    print_facts(&[
        ("BE", eligible.to_owned()),
        ("BS", format!("{state}  {}", sentence(&passkey))),
        ("Counter", counter(&passkey)),
    ]);
    if passkey.changed_since_backup {
        say!("Names, notes, tags or blobs changed since; the copy does not have that.");
    }
    Ok(())
}

pub(super) fn history(context: &Context, id: Option<&str>) -> Result<(), AppError> {
    let events = match id {
        Some(id) => context.app.history(id)?,
        None => context.app.audit(0, 100)?,
    };
    if context.json {
        return print_json(&events);
    }
    if events.is_empty() {
        say!("Nothing is known of it.");
    }
    for HistoryEvent { at, rp_id, user_name, text, .. } in events {
        if id.is_some() {
            say!("{at}  {text}");
        } else {
            say!("{at}  {rp_id}  {}  {text}", user_name.unwrap_or_default());
        }
    }
    Ok(())
}

fn print_facts(lines: &[(&str, String)]) {
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        say!("{}{value}", bold(format!("{name:<14}")));
    }
}

fn when(passkey: &Passkey) -> String {
    let aside = passkey.deleted_at.as_ref().or(passkey.replaced_at.as_ref());
    aside.or(passkey.last_used_at.as_ref()).cloned().unwrap_or_else(|| "never".to_owned())
}

fn standing(passkey: &Passkey) -> String {
    let since = |at: &Option<String>| at.as_deref().unwrap_or("an unknown day").to_owned();
    match passkey.standing {
        Standing::Offered => "offered to its site".to_owned(),
        Standing::Hidden => styled(format!("hidden since {}", since(&passkey.hidden_at)), AnsiColor::Yellow),
        Standing::Replaced => format!(
            "replaced since {} by {}",
            since(&passkey.replaced_at),
            passkey.replaced_by.as_deref().unwrap_or("another one")
        ),
        Standing::Deleted => styled(
            format!("in the trash since {}, until {}", since(&passkey.deleted_at), since(&passkey.purge_at)),
            AnsiColor::Red,
        ),
    }
}

/// The name of the backup bits, in the colour they have everywhere.
fn backup_word(passkey: &Passkey) -> String {
    match (passkey.backup_eligible, passkey.backup_state) {
        (false, false) => styled("device-bound", AnsiColor::Blue),
        (true, false) => styled("not backed up yet", AnsiColor::Yellow),
        (true, true) => styled("synced", AnsiColor::Green),
        (false, true) => styled("impossible", AnsiColor::Red),
    }
}

fn sentence(passkey: &Passkey) -> String {
    let since = passkey.backed_up_at.as_ref().map(|at| format!(" since {at}")).unwrap_or_default();
    match (passkey.backup_eligible, passkey.backup_state) {
        (false, false) if passkey.kind == PasskeyKind::Synced => {
            format!("A copy: its site takes it for device-bound, and {} may hold it too.", passkey.source)
        }
        (false, false) => "Lives in this one place. Lose the place, lose the passkey.".to_owned(),
        (true, false) => "Can be copied, but no copy has been confirmed.".to_owned(),
        (true, true) => format!("A confirmed copy exists {}{since}.", place(passkey)),
        (false, true) => "No authenticator may say this.".to_owned(),
    }
}

/// Where the copy is.
fn place(passkey: &Passkey) -> String {
    match passkey.backup_reason {
        Some(BackupReason::Backup) => "in an encrypted backup".to_owned(),
        Some(BackupReason::Upload) => "where it was uploaded to".to_owned(),
        Some(BackupReason::Import) => format!("in the program that it came from ({})", passkey.source),
        Some(BackupReason::ToldByKey) => "somewhere: the key that held it said so".to_owned(),
        None => "elsewhere".to_owned(),
    }
}

fn came_from(passkey: &Passkey) -> String {
    match &passkey.imported_at {
        Some(at) => format!("{}, imported {at}", passkey.source),
        None => String::new(),
    }
}

fn bits(passkey: &Passkey) -> String {
    format!("BE {}  BS {}", u8::from(passkey.backup_eligible), u8::from(passkey.backup_state))
}

fn counter(passkey: &Passkey) -> String {
    if passkey.backup_eligible && passkey.sign_count == 0 {
        "not counted".to_owned()
    } else {
        passkey.sign_count.to_string()
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}
