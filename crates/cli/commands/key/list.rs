use anstyle::AnsiColor;
use app::{
    AppError,
    security_keys::{KeyEvent, KeySummary},
};

use super::{asking, shown};
use crate::{
    args::Which,
    commands::{Context, wait},
    output::{print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, which: &Which) -> Result<(), AppError> {
    let request = asking::request(which)?;
    let keys = wait(context.app.security_keys(&request))?;
    if context.json {
        return print_json(&keys);
    }
    if keys.is_empty() {
        say!("No security key is plugged in. Where one is, `latchkey doctor` says what stands in the way.");
        return Ok(());
    }
    let rows: Vec<_> = keys.iter().map(row).collect();
    print_table(["NAME", "BY", "VERSIONS", "SERIAL", "PLACE", "ID"], &rows);
    for key in &keys {
        if let Some(error) = &key.error {
            eprintln!("{}: {}", key.id, error.message);
            if let Some(hint) = &error.hint {
                eprintln!("  {hint}");
            }
        }
    }
    if keys.iter().any(|key| key.alike) {
        eprintln!(
            "Keys with an @ in the id are alike: only the port tells them apart, and their labels swap with the ports."
        );
    }
    Ok(())
}

/// `key list --watch`
pub(super) fn watch(context: &Context) -> Result<(), AppError> {
    wait(context.app.watch_security_keys(|event| {
        if context.json {
            return print_json(&event);
        }
        match event {
            KeyEvent::Plugged { id, name, transport, path } => {
                say!("+ {name}  {}  {path}  {id}", shown::medium(transport));
            }
            KeyEvent::Unplugged { path } => say!("- {path}"),
        }
        Ok(())
    }))
}

/// `key select`
pub(super) fn select(context: &Context, which: &Which) -> Result<(), AppError> {
    let request = asking::request(which)?;
    let id = wait(async { Ok(asking::interruptible(context.app.select_key(&request)).await?.id) })?;
    if context.json {
        return print_json(&serde_json::json!({ "id": id }));
    }
    say!("{id}");
    Ok(())
}

fn row(key: &KeySummary) -> [String; 6] {
    let versions =
        if key.error.is_some() { styled("not asked", AnsiColor::Yellow) } else { key.versions.join(" ") };
    [
        shown::name(key),
        shown::medium(key.transport).to_owned(),
        versions,
        key.serial.clone().unwrap_or_default(),
        key.path.clone(),
        key.id.clone(),
    ]
}
