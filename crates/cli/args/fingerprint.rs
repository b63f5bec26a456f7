//! What is asked of the fingers that a key knows.

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Fingerprint {
    /// Lists the fingers, and what the sensor wants
    List,
    /// Has the key learn a finger, touch by touch
    ///
    /// The name is asked for after the last touch, where none is given and there is a terminal.
    Enroll {
        /// Its name
        #[arg(long)]
        name: Option<String>,
    },
    /// Gives a finger a name
    Rename {
        /// Its id, as `list` shows it
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Its name
        name: String,
    },
    /// Has the key forget a finger
    Remove {
        /// Its id, as `list` shows it
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
