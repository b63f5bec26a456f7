//! The command line's shape.

mod blob;
mod ceremony;
mod credential;
mod fingerprint;
mod key;
mod metadata;
mod moving;
mod passkey;
mod tester;
mod vault;

pub(crate) use blob::Blob;
pub(crate) use ceremony::{Authenticate, Ceremony, Register};
pub(crate) use credential::{Credential, List as CredentialList};
pub(crate) use fingerprint::Fingerprint;
pub(crate) use key::{Colour, Config, KeyCommand, Label, NewPin, Pin, SecurityKeys, Switch, Which};
pub(crate) use metadata::{Metadata, MetadataKind};
pub(crate) use moving::{Backup, Export, FileSecrets, Import, Restore, Rows};
pub(crate) use passkey::{Names, Passkey};
pub(crate) use tester::{Tester, Trace, TraceFormat};
pub(crate) use vault::{Key, Slot, Unlock, Vault};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// A passkey manager, a virtual security key and a relying-party lab.
///
/// Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused or cancelled, 5 locked or a wrong PIN or
/// passphrase, 6 device gone or busy, 7 verification failed.
#[derive(Parser)]
#[command(name = "latchkey", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Keep the vault and the lab in this folder [default: latchkey in the XDG data folder]
    #[arg(long, global = true, value_name = "DIR", env = "LATCHKEY_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print JSON for scripts; errors too, on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Read the vault's passphrase from this file, or from standard input with `-`
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Shows the main job in one go: no hardware, no browser, nothing left behind
    Demo,
    /// Runs the virtual key until stopped
    Emulate(Emulate),
    /// What a virtual key may claim to be
    #[command(subcommand)]
    Profile(Profile),
    /// The vault's passkeys
    #[command(subcommand)]
    Passkey(Passkey),
    /// The vault itself
    #[command(subcommand)]
    Vault(Vault),
    /// Security keys of any maker
    Key(SecurityKeys),
    /// The relying-party lab
    #[command(subcommand)]
    Lab(Lab),
    /// Virtual authenticators for browser tests, by the W3C's WebDriver commands
    #[command(name = "webdriver", subcommand)]
    WebDriver(WebDriver),
    /// What passed between programs and a key
    #[command(subcommand)]
    Trace(Trace),
    /// Who made a key, what was certified, what went wrong: from files that you bring
    #[command(subcommand)]
    Metadata(Metadata),
    /// Which site is on which keys, which account has no backup, over the vault and every key that was ever seen
    Inventory(Inventory),
    /// Looks for what stands in the way, and says how to clear it
    ///
    /// Keys that may not be opened or that another program holds, /dev/uhid, smart card readers, browsers in a sandbox,
    /// the keyring, the vault. Exit code 1 where something does not work because of it.
    Doctor,
    /// Prints the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Manual,
}

#[derive(ClapArgs)]
pub(crate) struct Inventory {
    /// Only accounts with each of these words in the site's or the account's names
    pub(crate) words: Vec<String>,

    /// Only accounts that are lost with one key
    #[arg(long)]
    pub(crate) without_backup: bool,

    /// Only accounts with two passkeys in one place
    #[arg(long)]
    pub(crate) duplicates: bool,

    /// For a spreadsheet: a line for each passkey
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,

    /// Forget a key that is gone, its list and its read-only token
    #[arg(long, value_name = "ID", conflicts_with_all = ["words", "without_backup", "duplicates", "csv"])]
    pub(crate) forget: Option<String>,
}

#[derive(ClapArgs)]
pub(crate) struct Emulate {
    /// Appear as a USB security key, through /dev/uhid; the default where no other way is named
    #[arg(long)]
    pub(crate) uhid: bool,

    /// Take raw 64-byte reports over UDP
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) udp: Vec<SocketAddr>,

    /// Take length-prefixed reports over TCP
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) tcp: Vec<SocketAddr>,

    /// Take length-prefixed reports over a Unix socket
    #[arg(long, value_name = "PATH")]
    pub(crate) unix: Vec<PathBuf>,

    /// Appear as a smart card in the virtual reader of pcscd, which the driver vpcd makes
    #[arg(long)]
    pub(crate) nfc: bool,

    /// Where vpcd listens, for --nfc
    #[arg(long, value_name = "ADDRESS", requires = "nfc", default_value = "127.0.0.1:35963")]
    pub(crate) vpcd: SocketAddr,

    /// What the key claims to be: a name that `profile list` shows, or a file; several run several keys
    ///
    /// Several keys take the addresses of one option in the order of the profiles, one each; port 0, named once,
    /// gives each a port of its own.
    #[arg(long, value_name = "NAME|FILE", default_value = "device-bound")]
    pub(crate) profile: Vec<String>,

    /// Keep the passkeys in the vault, or in memory until stopped
    ///
    /// A key on the vault leaves when the vault is locked, by hand or by itself (docs/locking.md), and comes back when it
    /// is unlocked.
    #[arg(long, value_enum, default_value_t = Store::Vault)]
    pub(crate) store: Store,

    /// Who answers the key's questions
    #[arg(long, value_enum, default_value_t = Approve::Ask)]
    pub(crate) approve: Approve,

    /// Make a repeatable key of these 32 bytes (64 hexadecimal digits); only with --store memory
    #[arg(long, value_name = "HEX")]
    pub(crate) seed: Option<String>,

    #[command(flatten)]
    pub(crate) tester: Tester,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// The vault
    Vault,
    /// Memory
    Memory,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Approve {
    /// Ask here in the terminal
    Ask,
    /// Approve and verify without asking, for tests
    Always,
    /// Decline without asking
    Never,
    /// Wait for a finger on the key, which --control moves: `touch on`, `touch off`
    Touch,
}

#[derive(Subcommand)]
pub(crate) enum Profile {
    /// Lists the profiles that come with the program
    List,
    /// Prints a profile as a TOML file that states all of it
    Show {
        /// A name that `list` shows, or a file
        #[arg(value_name = "NAME|FILE")]
        profile: String,
    },
    /// Prints the certificate that vouches for the batch and enterprise certificates of a profile's keys, as PEM
    #[command(
        long_about = "Prints the certificate that vouches for the batch and enterprise certificates of a \
profile's keys, as PEM. Its private key can be made by anybody who knows the AAGUID: trust it in tests alone."
    )]
    AttestationCa {
        /// A name that `list` shows, or a file
        #[arg(value_name = "NAME|FILE")]
        profile: String,
    },
    /// Says what is wrong with a profile file, by line and column; exit code 2 where something is
    Check {
        /// The file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Lab {
    /// Serves the relying party at http://localhost:PORT until stopped
    Serve {
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = app::lab::DEFAULT_PORT)]
        port: u16,
    },
}

#[derive(Subcommand)]
pub(crate) enum WebDriver {
    /// Serves WebDriver clients, such as Selenium and WebdriverIO, at the printed address until stopped
    ///
    /// Each virtual authenticator (WebAuthn Level 3, section 11) is a key of its own with its passkeys in memory.
    /// Clients read and set private keys: the address has a random path, only this computer reaches it, and the
    /// vault is never behind it.
    Serve {
        /// Listen on this loopback address; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
        addr: SocketAddr,

        /// Make USB security keys, through /dev/uhid; the default, and what browsers see
        #[arg(long, conflicts_with_all = ["tcp", "unix"])]
        uhid: bool,

        /// Make keys that take length-prefixed reports over TCP; with port 0 each has its own port
        #[arg(long, value_name = "ADDRESS", conflicts_with = "unix")]
        tcp: Option<SocketAddr>,

        /// Make keys that take length-prefixed reports over Unix sockets in this folder
        #[arg(long, value_name = "FOLDER")]
        unix: Option<PathBuf>,
    },
}
