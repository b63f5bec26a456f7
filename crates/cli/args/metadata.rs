//! What is asked of the metadata about models.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Metadata {
    /// Takes a file into the data folder: the FIDO Alliance's BLOB once its signature holds, or a list of AAGUIDs
    ///
    /// Read are the BLOB of mds3.fidoalliance.org, the file of the Convenience Metadata Service and the
    /// community's aaguid.json. The program never fetches them itself. Of the two lists nobody signed anything: what
    /// they say is only claimed. docs/metadata.md tells more.
    Import {
        /// The file
        file: PathBuf,
        /// Trust this certificate too, in PEM or DER: the root of a metadata service of your own
        #[arg(long, value_name = "FILE")]
        root: Vec<PathBuf>,
    },
    /// Shows which files are kept, how old they are, and whether newer ones are due
    Status,
    /// Shows what is known of a model
    Show {
        /// 32 hexadecimal digits, with hyphens or without
        aaguid: String,
    },
    /// Forgets a file, or all of them
    Remove {
        /// Which; all where none is named
        #[arg(value_enum)]
        kind: Option<MetadataKind>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetadataKind {
    /// The verified BLOB
    Metadata,
    /// The Convenience Metadata Service's file
    Convenience,
    /// The community's list
    Community,
}
