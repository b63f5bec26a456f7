//! What is asked of security keys.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

use super::{Blob, Credential, Fingerprint};

#[derive(Args)]
pub(crate) struct SecurityKeys {
    #[command(flatten)]
    pub(crate) which: Which,

    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// Which key is asked, and its PIN.
#[derive(Args)]
pub(crate) struct Which {
    /// The key of this id, label, device, reader's name, or, emulated, `tcp:ADDRESS` or `unix:PATH`
    ///
    /// Where none is named and several are there, the one that is touched is asked.
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) key: Option<String>,

    /// Read the key's PIN from this file, or from standard input with `-`
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Lists the keys that are there
    List(ListKeys),
    /// Has the key blink
    Wink,
    /// Waits for a touch, and says which key it was
    Select,
    /// The passkeys on the key
    #[command(subcommand)]
    Credential(Credential),
    /// The fingers that the key knows
    #[command(subcommand)]
    Fingerprint(Fingerprint),
    /// What sites keep on the key beside their passkeys (large blobs)
    #[command(subcommand)]
    Blob(Blob),
    /// Names a key, for this program alone; nothing is written to the key
    Label(Label),
}

#[derive(Args)]
pub(crate) struct ListKeys {
    /// Stay, and tell of each key that is plugged in or pulled out
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("mark").required(true).multiple(true))]
pub(crate) struct Label {
    /// Your name for it
    #[arg(group = "mark")]
    pub(crate) name: Option<String>,

    /// Your colour for it
    #[arg(long, value_enum, group = "mark")]
    pub(crate) colour: Option<Colour>,

    /// Forget its name and colour
    #[arg(long, group = "mark", conflicts_with_all = ["name", "colour"])]
    pub(crate) remove: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Grey,
}
