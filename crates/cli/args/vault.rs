//! What is asked of the vault itself.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::{Backup, Restore};

#[derive(Subcommand)]
pub(crate) enum Vault {
    /// Makes the vault, opened by the keyring and by a passphrase
    Init,
    /// Says whether there is a vault, whether it is open, and what opens it
    Status,
    /// Locks it for every program, until something else than the keyring opens it
    Lock,
    /// Unlocks it: by --passphrase-file, else by the keyring, else by asking for a passphrase
    Unlock(Unlock),
    /// Writes an encrypted backup, reads it back, and notes what is backed up
    ///
    /// The vault's recovery keys open it, every recipient that is named, and its own passphrase, which is asked for
    /// where nothing else opens it. Device-bound passkeys live in
    /// one place and are in no backup. The stock programs `tar` and `age` open it.
    Backup(Backup),
    /// Takes the passkeys of a backup, after showing what would be done; makes the vault where there is none
    Restore(Restore),
    /// Changes the passphrase; the vault gets a new key
    Passphrase {
        /// Read the new passphrase from this file, or from standard input with `-`
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Makes a recovery key and prints it, this once
    ///
    /// It opens the vault, and every backup that is made from now on, with this program or with `age`.
    Recovery {
        /// Your name for it, such as where the sheet is kept
        #[arg(long, default_value = "")]
        label: String,
    },
    /// What opens the vault
    #[command(subcommand)]
    Slot(Slot),
    /// Says that the older copy in the data folder is the vault from now on, where the rollback alarm keeps it from
    /// being written to
    AcceptOlderCopy,
    /// Reads the vault from end to end and says what is wrong with it; exits with 1 where something is
    Check {
        /// Repair what can be repaired: what cannot be read is moved aside, never destroyed
        #[arg(long)]
        repair: bool,
        /// Repair also where records are missing: what is there is the vault from then on
        #[arg(long, requires = "repair")]
        accept_losses: bool,
    },
    /// Gives the vault a new key: old copies of the file and what opened them open nothing written later
    Rotate,
}

#[derive(Args)]
pub(crate) struct Unlock {
    /// Ask for a recovery key
    #[arg(long, conflicts_with = "security_key")]
    pub(crate) recovery: bool,

    /// Read the recovery key from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE", conflicts_with = "security_key")]
    pub(crate) recovery_file: Option<PathBuf>,

    /// Ask whichever security key is plugged in
    #[arg(long)]
    pub(crate) security_key: bool,

    #[command(flatten)]
    pub(crate) key: Key,
}

/// Which security key is asked.
#[derive(Args)]
pub(crate) struct Key {
    /// The security key at this address: a device, or `tcp:ADDRESS` or `unix:PATH` of an emulated one
    #[arg(long, value_name = "ADDRESS", requires = "security_key")]
    pub(crate) key: Option<String>,

    /// Read the PIN of the security key from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE", requires = "security_key")]
    pub(crate) pin_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Slot {
    /// Lists what opens the vault
    List,
    /// Adds another way to open it
    Add(Add),
    /// Removes a way to open it, never the last; the vault gets a new key
    Remove {
        /// Its id, the beginning of its id, or its label
        slot: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Names a way to open it
    Rename {
        /// Its id, the beginning of its id, or its label
        slot: String,
        /// The new label
        label: String,
    },
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("kind").required(true))]
pub(crate) struct Add {
    /// Another passphrase
    #[arg(long, group = "kind")]
    pub(crate) passphrase: bool,

    /// The keyring of this computer
    #[arg(long, group = "kind")]
    pub(crate) keyring: bool,

    /// A security key, by hmac-secret; it is touched twice
    #[arg(long, group = "kind")]
    pub(crate) security_key: bool,

    /// A recovery key, which is printed this once
    #[arg(long, group = "kind")]
    pub(crate) recovery: bool,

    /// Your name for it
    #[arg(long, default_value = "")]
    pub(crate) label: String,

    /// Read the new passphrase from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE", requires = "passphrase")]
    pub(crate) new_passphrase_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) key: Key,
}
