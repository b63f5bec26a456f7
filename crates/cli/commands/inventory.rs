use anstyle::AnsiColor;
use app::{
    AppError,
    inventory::{Account, Backup, Inventory, Wanted},
    passkeys::PasskeyKind,
    printable,
};

use super::Context;
use crate::{
    args,
    output::{print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, options: &args::Inventory) -> Result<(), AppError> {
    context.unlock()?;
    if let Some(id) = &options.forget {
        return context.app.forget_key(id);
    }
    let wanted = Wanted {
        words: options.words.join(" "),
        without_backup: options.without_backup,
        duplicates: options.duplicates,
    };
    if options.csv {
        say!("{}", context.app.inventory_csv(&wanted)?.trim_end());
        return Ok(());
    }
    let inventory = context.app.inventory(&wanted)?;
    if context.json {
        return print_json(&inventory);
    }
    accounts(&inventory);
    say!("");
    places(&inventory);
    Ok(())
}

fn accounts(inventory: &Inventory) {
    if inventory.accounts.is_empty() {
        say!("No account here.");
        return;
    }
    let rows: Vec<_> = inventory
        .accounts
        .iter()
        .map(|account| {
            let name = account.user_name.as_ref().or(account.user_display_name.as_ref());
            [
                printable(&account.rp_id),
                printable(name.map_or("", String::as_str)),
                places_of(inventory, account),
                match account.backup {
                    Backup::None => styled("no backup", AnsiColor::Yellow),
                    Backup::Copy => "a copy".to_owned(),
                    Backup::AnotherPlace => "another place".to_owned(),
                },
            ]
        })
        .collect();
    print_table(["SITE", "ACCOUNT", "WHERE", "BACKUP"], &rows);
}

/// `Vault (synced), Blue 5C twice`
fn places_of(inventory: &Inventory, account: &Account) -> String {
    let mut told: Vec<String> = Vec::new();
    for place in &inventory.places {
        let here: Vec<_> = account.passkeys.iter().filter(|entry| entry.place == place.id).collect();
        let Some(first) = here.first() else { continue };
        let kind = if first.kind == PasskeyKind::Synced { " (synced)" } else { "" };
        let twice = if here.len() > 1 { format!(" ×{}", here.len()) } else { String::new() };
        told.push(format!("{}{kind}{twice}", printable(&place.name)));
    }
    told.join(", ")
}

fn places(inventory: &Inventory) {
    let rows: Vec<_> = inventory
        .places
        .iter()
        .map(|place| {
            [
                printable(&place.name),
                place.passkeys.map_or_else(|| "not listed yet".to_owned(), |count| count.to_string()),
                place.remaining.map(|count| count.to_string()).unwrap_or_default(),
                place.listed_at.clone().unwrap_or_default(),
                place.last_seen_at.clone().unwrap_or_default(),
                place.id.clone(),
            ]
        })
        .collect();
    print_table(["PLACE", "PASSKEYS", "ROOM FOR", "LISTED", "LAST SEEN", "ID"], &rows);
}
