//! Completions and the manual page, made from the command line's own definition.

use app::{AppError, Code};
use clap::CommandFactory;

use crate::args::Args;

pub(super) fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut Args::command(), "latchkey", &mut std::io::stdout());
}

pub(super) fn page() -> Result<(), AppError> {
    clap_mangen::Man::new(Args::command()).render(&mut std::io::stdout()).map_err(|error| {
        AppError::plain(Code::Failed, format!("Standard output cannot be written: {error}."))
    })
}
