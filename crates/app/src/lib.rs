//! Use cases, one file per screen and subcommand. Both faces, the command line and the window, go through
//! here and decide nothing themselves.
//!
//! | Where | What |
//! |---|---|
//! | [`App`] | one program's view of the data folder: its vault, its running keys and lab, its prompts |
//! | [`vault`] | the vault: making, opening, locking it |
//! | [`auto_lock`] | locking by itself: idle, screen, sleep |
//! | [`security_keys`] | security keys of any maker: finding, naming, asking and changing them |
//! | [`slots`] | what opens the vault: passphrases, the keyring, security keys, recovery keys |
//! | [`passkeys`] | what the vault holds, and changing it |
//! | [`import`] | passkeys from the files of other programs, judged row by row |
//! | [`export`] | passkeys into such files, encrypted |
//! | [`backup`] | one file that a vault can be made from again |
//! | [`catalogue`] | the passkeys by pages, as the window scrolls and searches them |
//! | [`check`] | reading the vault from end to end, and repairing it |
//! | [`history`] | what happened to each passkey |
//! | [`signals`] | what sites say of their passkeys |
//! | [`profiles`] | what a key may claim to be: shipped, or a file |
//! | [`keys`] | virtual keys: starting, stopping, what they tell |
//! | [`metadata`] | who made a key: the FIDO Alliance's metadata and lists of AAGUIDs |
//! | [`lab`] | the relying-party lab |
//! | [`webdriver`] | virtual authenticators for browser tests |
//! | [`trace`] | recording what passes through a key; showing, exporting and replaying it |
//! | [`demo`] | the main job in one go |
//! | [`inventory`] | which site is on which keys, and which account has no backup |
//! | [`doctor`] | what stands in the way, and the way out of it |
//! | [`prompts`] | the broker between keys that ask and the face that answers |
//! | [`process`] | keeping this process's memory to itself |
//! | [`settings`] | what a person may choose |
//! | [`error`] | `{code, message, hint}`, the error of both faces |

mod app;
pub mod auto_lock;
pub mod backup;
pub mod catalogue;
pub mod check;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod export;
pub mod history;
pub mod import;
pub mod inventory;
pub mod keys;
pub mod lab;
pub mod metadata;
pub mod passkeys;
mod platform;
pub mod process;
pub mod profiles;
pub mod prompts;
pub mod security_keys;
pub mod settings;
pub mod signals;
mod site;
pub mod slots;
pub mod trace;
pub mod vault;
pub mod webdriver;

pub use app::{App, Change, default_folder};
/// For whatever shows names that keys and sites chose.
pub use ctap::text::printable;
pub use error::{AppError, Code};
