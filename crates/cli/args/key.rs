//! What is asked of security keys.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

use super::{Authenticate, Blob, Credential, Fingerprint, Register};

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

    /// Record what passes to and from the key in this file, without PINs, tokens and other secrets; `latchkey trace
    /// show` explains it, and a file that ends in .pcapng is for Wireshark
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Lists the keys that are there
    List(ListKeys),
    /// Explains what the key says about itself, member by member
    Info,
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
    /// Makes a passkey for a test, shows what the key answers, and verifies it as a site would
    ///
    /// The site exists nowhere. Nothing stays on the key, unless --discoverable says so. What vouches for the key is
    /// judged by verified metadata (docs/metadata.md). Exit code 7 where something does not hold.
    Register(Box<Register>),
    /// Signs in with a passkey for a test, and verifies the signature where a public key is named
    Authenticate(Authenticate),
    /// Names a key, for this program alone; nothing is written to the key
    Label(Label),
    /// The key's PIN
    #[command(subcommand)]
    Pin(Pin),
    /// Changes the key's settings; each is told before, and read back after
    #[command(subcommand)]
    Config(Config),
    /// Erases every passkey on the key, its PIN and its settings
    ///
    /// In four steps: confirm, unplug, plug in again, touch. Nothing is sent before the key was plugged in again, and
    /// nothing to another key. It needs no PIN, so it helps where the PIN is blocked.
    Reset {
        /// Confirm without being asked: `reset` and the name of the key, or its id
        #[arg(long, value_name = "reset NAME")]
        confirm: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Pin {
    /// Says whether there is one, how many tries are left, and what a new one must be
    Status,
    /// Sets the first one; it can be changed, and taken off again only by a reset
    Set(NewPin),
    /// Changes it
    Change(NewPin),
}

#[derive(Args)]
pub(crate) struct NewPin {
    /// Read the new PIN from this file, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) new_pin_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Whether the key wants its PIN or a finger each time
    AlwaysUv {
        /// On or off
        state: Switch,
    },
    /// The shortest PIN that can be set; it can only rise until the key is reset
    MinPinLength {
        /// In characters; stays as it is where it is left out
        #[arg(required_unless_present = "rp_id")]
        length: Option<u32>,
        /// A site that may read it; several name several, in place of those before
        #[arg(long, value_name = "RP-ID")]
        rp_id: Vec<String>,
        #[command(flatten)]
        sure: Sure,
    },
    /// Has the PIN changed before anything else is done with it
    ForcePinChange,
    /// Has the key refuse PINs that are easily guessed, until it is reset
    PinComplexity {
        /// Nothing else than a reset switches it off
        state: On,
        #[command(flatten)]
        sure: Sure,
    },
    /// Lets sites of an organisation know which single key this is, until it is reset
    EnterpriseAttestation {
        /// Nothing else than a reset switches it off
        state: On,
        #[command(flatten)]
        sure: Sure,
    },
    /// Has a reset want a touch of several seconds, until then
    LongTouch {
        /// Nothing else than a reset switches it off
        state: On,
        #[command(flatten)]
        sure: Sure,
    },
}

#[derive(Args)]
pub(crate) struct Sure {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum On {
    On,
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
