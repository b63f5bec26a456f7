//! Passkeys at rest: sealed in one SQLite file, behind a passphrase and the OS keyring.
//!
//! [`Vault`] is the whole of it; [`VaultStore`] is the part of a vault that one virtual key sees, as the
//! authenticator's [`Store`](authenticator::platform::Store). The file is described byte by byte in
//! docs/vault-format.md.
//!
//! | Where | What |
//! |---|---|
//! | [`Vault`] | making, opening, locking; the passkeys without their secrets |
//! | [`VaultStore`] | one virtual key's passkeys and state |
//! | `transaction`, `session` | what an open vault is read and written through; sealed records inside one transaction |
//! | `unlock`, `slots`, `slot` | from what a person has to the keys; changing the ways in; what each kind of slot is |
//! | `rotation` | a new vault key |
//! | `rollback` | the alarm when an older copy of the file is put back |
//! | `open`, `memory` | what an open vault knows, and the page of memory that its keys are in |
//! | `edit`, `trash`, `signal`, `backup_state` | what owners, sites and backups change, and take back |
//! | `catalogue` | searching as somebody types |
//! | `counter` | signing without waiting for the disk |
//! | `audit`, `reckoning` | what happened to each passkey; how long ago, by the vault's own time |
//! | `header` | what the vault key proves: that nothing is missing, nothing older |
//! | `check` | reading the vault from end to end, and repairing what can be |
//! | `record` | what is sealed, from and to an authenticator's credential |
//! | `seal` | the AES-256-GCM formulas of records, and those of slots |
//! | `seen_key` | the owner's security keys as they were seen last |
//! | `keyring` | the only place that touches the OS keyring |
//! | `import` | passkeys from a file: a plan, then one transaction |
//! | `export` | passkeys for a file: synced ones alone |
//! | `backup` | one encrypted file that holds what a vault can be made from again (docs/backup-format.md) |
//! | `age_file`, `whole_file` | files that `age` opens; files that are there whole or not at all |
//! | `database`, `migrations` | the SQLite file, and what leads from one format to the next |
//! | `journal` | how SQLite keeps a change whole, on a disk and on a network mount |
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod age_file;
mod audit;
mod backup;
mod backup_state;
mod catalogue;
mod check;
mod clock;
mod counter;
mod database;
mod edit;
mod error;
mod export;
mod forgettable;
mod header;
mod import;
mod journal;
mod key_state;
mod keyring;
mod live;
mod memory;
mod migrations;
mod open;
mod passkey;
mod random;
mod reckoning;
mod record;
mod rollback;
mod rotation;
mod seal;
mod secret;
mod seen_key;
mod session;
mod signal;
mod slot;
mod slots;
mod standing;
mod store;
mod transaction;
mod trash;
mod unlock;
mod vault;
mod whole_file;

pub use age_file::{Lock, Opener, Recipient, decrypt, encrypt, is_age, wants_passphrase};
pub use audit::{Actor, Event, Events, Happened};
pub use backup::{BackedUp, Backup, Keys, Phase};
pub use catalogue::{Filter, Page, Sort, Tally};
pub use check::{CheckReport, Finding, Losses, Repaired, Trouble};
pub use edit::Edit;
pub use error::Error;
pub use export::{Exported, Reason, Selection};
pub use import::{Choice, Imported, Plan, Row, Source, Verdict};
pub use keyring::ask as ask_keyring;
pub use memory::MemoryStatus;
pub use passkey::Passkey;
pub use record::{BackupReason, Standing};
pub use rollback::Freshness;
pub use rotation::Progress;
pub use seen_key::{ListedPasskey, Listing, ReadOnlyToken, SeenKey};
pub use signal::{Signal, SignalEffect, Signalled};
pub use slot::{HmacOutput, PASSPHRASE_MINIMUM, RecoveryKey, SecurityKeySlot, Slot, SlotId, SlotInfo};
pub use store::VaultStore;
pub use trash::Restore;
pub use vault::{Created, Keyring, State, Vault};
pub use whole_file::{Existing, write_whole};
