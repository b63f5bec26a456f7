use super::{Backup, Inventory};
use crate::passkeys::PasskeyKind;

const COLUMNS: [&str; 11] = [
    "site",
    "user_name",
    "user_display_name",
    "user_handle",
    "place",
    "place_id",
    "kind",
    "backup_state",
    "account_backup",
    "duplicate",
    "credential_id",
];

/// A line for each passkey.
pub(super) fn write(inventory: &Inventory) -> String {
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    for account in &inventory.accounts {
        for entry in &account.passkeys {
            let place = inventory.places.iter().find(|place| place.id == entry.place);
            rows.push([
                account.rp_id.clone(),
                account.user_name.clone().unwrap_or_default(),
                account.user_display_name.clone().unwrap_or_default(),
                account.user_handle.clone(),
                place.map(|place| place.name.clone()).unwrap_or_default(),
                entry.place.clone(),
                match entry.kind {
                    PasskeyKind::DeviceBound => "device-bound",
                    PasskeyKind::Synced => "synced",
                }
                .to_owned(),
                entry.backup_state.map(|state| state.to_string()).unwrap_or_default(),
                match account.backup {
                    Backup::None => "none",
                    Backup::Copy => "copy",
                    Backup::AnotherPlace => "another-place",
                }
                .to_owned(),
                entry.duplicate.to_string(),
                entry.credential_id.clone(),
            ]);
        }
    }
    exchange::csv_lines(rows)
}
