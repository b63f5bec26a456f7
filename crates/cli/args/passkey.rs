//! What is asked of the vault's passkeys.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::{Export, Import};

#[derive(Subcommand)]
pub(crate) enum Passkey {
    /// Lists the passkeys, or those that hold every given word in a name, site, note or tag
    List {
        /// What to look for
        words: Vec<String>,
        /// Those in the trash, and those that others took the place of
        #[arg(long)]
        trash: bool,
    },
    /// Shows one passkey in full
    Show(Id),
    /// Shows its backup flags, what they mean, and why they are so
    Flags(Id),
    /// Shows what happened to one passkey, or to all
    History {
        /// Its id; the last hundred events of all where it is not named
        #[arg(allow_hyphen_values = true)]
        id: Option<String>,
    },
    /// Changes names; an empty name goes
    Rename {
        #[command(flatten)]
        id: Id,
        #[command(flatten)]
        names: Names,
    },
    /// Writes notes and tags beside it
    Note {
        #[command(flatten)]
        id: Id,
        /// The notes; empty ones go
        #[arg(long)]
        text: Option<String>,
        /// A tag; named several times, these are all that it has then
        #[arg(long)]
        tag: Option<Vec<String>>,
    },
    /// Keeps sites from being offered it
    Hide(Id),
    /// Lets sites be offered it again
    Unhide(Id),
    /// Moves a passkey to the trash, where it stays for 30 days
    Delete {
        #[command(flatten)]
        id: Id,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Takes a passkey back from the trash, or from behind the one that took its place
    Restore {
        #[command(flatten)]
        id: Id,
        /// Where another one of the same account stands in its place, let the two trade places
        #[arg(long)]
        in_place: bool,
    },
    /// Destroys what is in the trash, for good
    Purge {
        /// Its id
        #[arg(allow_hyphen_values = true, required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// All that is in the trash
        #[arg(long)]
        all: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Takes passkeys over from a file of another program, after showing what would be done
    Import(Import),
    /// Writes passkeys into a file for another program, encrypted by age
    Export(Export),
    /// Does what a site says of its passkeys: hides, unhides, renames; destroys nothing
    ///
    /// Reads the options of signalUnknownCredential, signalAllAcceptedCredentials or signalCurrentUserDetails (WebAuthn
    /// Level 3, section 5.1.10) as JSON, one object or a list of them.
    Signal {
        /// The file, or `-` for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Id {
    /// Its id, as `list --json` shows it; some begin with a hyphen
    #[arg(allow_hyphen_values = true)]
    pub(crate) id: String,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Names {
    /// The account's name at the site
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// The person's name
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// What the site calls itself
    #[arg(long)]
    pub(crate) site: Option<String>,
}
