//! Passkeys in and out: import, export, backup, restore.

use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Import {
    /// The file: of another program, as it is or encrypted by age
    pub(crate) file: PathBuf,

    /// The file's format, where it is not found out: cxf, kdbx, keepassxc, bitwarden, proton, webdriver or cdp
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,

    #[command(flatten)]
    pub(crate) secrets: FileSecrets,

    /// Read the key file of a KeePass database
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) rows: Rows,

    /// Say BE and BS as the site saw them, where the file does not: `3=1,1`, or `all=0,0`
    #[arg(long, value_name = "ROW=BE,BS")]
    pub(crate) flags: Vec<String>,
}

/// What opens a file.
#[derive(Args)]
pub(crate) struct FileSecrets {
    /// Read the file's passphrase from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) file_passphrase_file: Option<PathBuf>,

    /// Open it by the age identity, or the recovery key, in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
}

/// What becomes of a file's rows.
#[derive(Args)]
pub(crate) struct Rows {
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Leave this row, or `all`
    #[arg(long, value_name = "ROW")]
    pub(crate) leave: Vec<String>,

    /// Take this row, also out of the trash
    #[arg(long, value_name = "ROW")]
    pub(crate) take: Vec<String>,

    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The file; `.age` is added where it is encrypted by age
    pub(crate) file: PathBuf,

    /// The file's format: cxf, kdbx, keepassxc, bitwarden, webdriver, cdp, or csv (a list without keys)
    #[arg(long, value_name = "FORMAT", default_value = "cxf")]
    pub(crate) format: String,

    /// Only the passkey with this id; several may be named
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) id: Vec<String>,

    /// Encrypt it for the holder of this public key of age, `age1…`; several may be named
    #[arg(long, value_name = "AGE1…", conflicts_with = "file_passphrase_file")]
    pub(crate) recipient: Vec<String>,

    /// Read the file's passphrase from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) file_passphrase_file: Option<PathBuf>,

    /// Write private keys for everybody to read; has to be confirmed by typing
    #[arg(long, conflicts_with_all = ["recipient", "file_passphrase_file"])]
    pub(crate) clear_text: bool,

    /// The words that --clear-text asks to be typed
    #[arg(long, value_name = "WORDS", requires = "clear_text")]
    pub(crate) confirm: Option<String>,

    /// Replace a file of this name
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// The file
    pub(crate) file: PathBuf,

    /// Read the backup's passphrase from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) file_passphrase_file: Option<PathBuf>,

    /// Let the holder of this public key of age open it, `age1…`; several may be named
    #[arg(long, value_name = "AGE1…")]
    pub(crate) recipient: Vec<String>,

    /// Replace a file of this name
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) secrets: FileSecrets,

    #[command(flatten)]
    pub(crate) rows: Rows,
}
