//! `inventory`: which site is on which keys, over every security key that was ever seen and the vault; which account
//! has no backup; what stands twice on one key.
//!
//! | Where | What |
//! |---|---|
//! | [`Inventory`] | places, and accounts with what each place holds of them |
//! | `survey` | from the vault's records to that table |
//! | `csv` | the table for spreadsheets |

mod csv;
mod survey;

use serde::Serialize;
use specta::Type;

use crate::{
    App, Change,
    error::{AppError, Code},
    passkeys::PasskeyKind,
    vault::explain,
};

/// One table over all places that hold passkeys. Nothing in it opens anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// The vault first, then the keys, the one seen last first.
    pub places: Vec<Place>,
    /// By site and name.
    pub accounts: Vec<Account>,
}

/// Where passkeys are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// `vault`, or a security key's id as `key list` shows it.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// How many passkeys were on it when it was looked at last; `null` where it never told.
    pub passkeys: Option<u32>,
    /// How many it has room for beside, where it says.
    pub remaining: Option<u32>,
    /// RFC 3339, UTC, when its passkeys were listed; `null` of the vault, which is always known, and where they never
    /// were.
    pub listed_at: Option<String>,
    /// RFC 3339, UTC, when it was plugged in last; `null` of the vault.
    pub last_seen_at: Option<String>,
}

/// An account at a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The site.
    pub rp_id: String,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// The user handle, base64url.
    pub user_handle: String,
    /// What is left when one place is lost.
    pub backup: Backup,
    /// Its passkeys, by places.
    pub passkeys: Vec<Entry>,
}

/// A passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The place's id.
    pub place: String,
    /// The credential id, base64url.
    pub credential_id: String,
    /// Device-bound or synced. What stands on a security key is device-bound.
    pub kind: PasskeyKind,
    /// BS; `null` of a security key, which says it only when it signs.
    pub backup_state: Option<bool>,
    /// `ES256` and the like, where it is known.
    pub algorithm: Option<String>,
    /// Another passkey of this account stands in the same place.
    pub duplicate: bool,
}

/// What is left of an account when one place is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Backup {
    /// Nothing: one passkey in one place, without a copy.
    None,
    /// A copy of the one passkey (BS 1).
    Copy,
    /// A passkey in another place.
    AnotherPlace,
}

/// Which accounts are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words of which each stands in the site's or the account's names; all where there are none.
    pub words: String,
    /// Only those without a backup.
    pub without_backup: bool,
    /// Only those of which a place holds two.
    pub duplicates: bool,
}

impl App {
    /// The table, of the open vault and the keys that it has seen.
    ///
    /// # Errors
    /// `locked`, `not-found` where there is no vault.
    pub fn inventory(&self, wanted: &Wanted) -> Result<Inventory, AppError> {
        let vault = self.open_vault()?;
        let passkeys = vault.passkeys().map_err(explain)?;
        let keys = vault.seen_keys().map_err(explain)?;
        let mut inventory = survey::survey(&passkeys, &keys);
        inventory.accounts.retain(|account| wanted.includes(account));
        Ok(inventory)
    }

    /// The table for spreadsheets (RFC 4180), a line for each passkey.
    ///
    /// # Errors
    /// As [`App::inventory`].
    pub fn inventory_csv(&self, wanted: &Wanted) -> Result<String, AppError> {
        Ok(csv::write(&self.inventory(wanted)?))
    }

    /// Forgets a security key, its list and its read-only token.
    ///
    /// # Errors
    /// `locked`; `not-found` where no key has this id.
    pub fn forget_key(&self, id: &str) -> Result<(), AppError> {
        if self.open_vault()?.forget_key(id).map_err(explain)? {
            self.changed(Change::Passkeys);
            return Ok(());
        }
        Err(AppError::new(
            Code::NotFound,
            format!("The vault remembers no key with the id {id}."),
            "See the ids with `latchkey inventory`.",
        ))
    }
}

impl Wanted {
    fn includes(&self, account: &Account) -> bool {
        let names = [Some(&account.rp_id), account.user_name.as_ref(), account.user_display_name.as_ref()];
        let text = names.into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>().join("\n");
        self.words.split_whitespace().all(|word| text.contains(&word.to_lowercase()))
            && (!self.without_backup || account.backup == Backup::None)
            && (!self.duplicates || account.passkeys.iter().any(|entry| entry.duplicate))
    }
}
