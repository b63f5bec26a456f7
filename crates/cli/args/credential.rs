//! What is asked of the passkeys on a security key.

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum Credential {
    /// Lists the passkeys of the key, or those that hold every given word in the site, a name or an id
    ///
    /// Passkeys that a site keeps the ids of (not discoverable) stand on no list: a key cannot tell of them.
    List(List),
    /// Shows one passkey in full
    Show(CredentialId),
    /// Changes the names that the key keeps of an account, and reads them back; an empty name goes
    ///
    /// A key keeps 64 bytes of UTF-8 of each name.
    Rename {
        #[command(flatten)]
        id: CredentialId,
        /// The account's name
        #[arg(long, required_unless_present = "display_name")]
        name: Option<String>,
        /// The person's name
        #[arg(long)]
        display_name: Option<String>,
    },
    /// Deletes passkeys from the key for ever: nothing brings them back
    Delete {
        /// Their ids, as `list` shows them; where one begins with a hyphen, all of them last and after `--`
        #[arg(required = true)]
        ids: Vec<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Keeps read-only access in the vault: from then on the key is listed without its PIN
    KeepAccess,
    /// Takes the read-only access out of the vault
    ForgetAccess,
}

#[derive(Args)]
pub(crate) struct List {
    /// What to look for
    pub(crate) words: Vec<String>,

    /// For a spreadsheet: a line for each passkey
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

#[derive(Args)]
pub(crate) struct CredentialId {
    /// Its id, as `list` shows it
    #[arg(allow_hyphen_values = true)]
    pub(crate) id: String,
}
