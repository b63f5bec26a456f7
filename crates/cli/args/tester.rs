//! What a tester asks of a key, and of a trace.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
#[command(next_help_heading = "For testers")]
pub(crate) struct Tester {
    /// Record every packet in this file; secrets are left out
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// What is recorded [default: pcapng for a file that ends so, else trace]
    #[arg(long, value_enum, requires = "trace")]
    pub(crate) trace_format: Option<TraceFormat>,

    /// Record secrets too: PIN material, tokens, large blobs and their keys; needed to replay messages that hold
    /// them
    #[arg(long, requires = "trace")]
    pub(crate) trace_secrets: bool,

    /// Misbehave in this way, as docs/faults.md describes; several can be named
    #[arg(long, value_name = "NAME[=VALUE][,count=N][,command=X]")]
    pub(crate) fault: Vec<String>,

    /// Take commands while running, one on each line: over a Unix socket, or on standard input with `-`: `fault
    /// NAME`, `clear NAME`, `clear all`, `list`, `power-cycle`, `unlock`, `touch on [FINGER]`,
    /// `touch off`
    #[arg(long, value_name = "PATH")]
    pub(crate) control: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    /// Can be shown, exported and replayed (docs/formats/trace.md)
    Trace,
    /// A capture for Wireshark
    Pcapng,
}

#[derive(Subcommand)]
pub(crate) enum Trace {
    /// Shows what passed, by its names in the specification
    Show {
        /// The trace
        file: PathBuf,
    },
    /// Writes a trace as a capture that Wireshark opens as a USB HID device
    Export {
        /// The trace
        file: PathBuf,
        /// The capture
        #[arg(long, value_name = "OUT")]
        pcapng: PathBuf,
    },
    /// Sends what a seeded key was sent to a key made anew, and compares every byte of the answers; exits with 7
    /// where one differs
    Replay {
        /// The trace
        file: PathBuf,
        /// The seed of the recorded key (64 hexadecimal digits)
        #[arg(long, value_name = "HEX")]
        seed: String,
        /// What the key claims to be [default: what the trace says]
        #[arg(long, value_name = "PROFILE")]
        profile: Option<String>,
    },
}
