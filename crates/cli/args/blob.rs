//! What is asked of the large blobs of a key.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Blob {
    /// Lists the blobs, whose they are, and how much room is left
    List,
    /// Writes the blob of a passkey to a file, or to standard output
    Read {
        /// The passkey's id, as `latchkey key credential list` shows it
        #[arg(allow_hyphen_values = true)]
        credential: String,
        /// The file, which must not be there yet
        #[arg(long, value_name = "FILE", conflicts_with = "json")]
        output: Option<PathBuf>,
    },
    /// Keeps the content of a file with a passkey, in place of the blob that it has
    Write {
        /// The passkey's id, as `latchkey key credential list` shows it
        #[arg(allow_hyphen_values = true)]
        credential: String,
        /// The file, or `-` for standard input
        file: PathBuf,
    },
    /// Takes the blob of a passkey away
    Delete {
        /// The passkey's id, as `latchkey key credential list` shows it
        #[arg(allow_hyphen_values = true)]
        credential: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Takes away the blobs that no passkey on the key opens
    Clean {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
