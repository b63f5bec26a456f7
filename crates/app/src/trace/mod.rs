//! `emulate --trace` and `trace`: recording what passes, showing it, giving it to Wireshark, replaying it.

mod record;
mod replay;

pub use ::trace::{
    Direction, Header, Transport,
    view::{Detail, Line, View},
};
pub(crate) use record::Recording;
pub use record::{TraceFormat, TraceOptions};
pub use replay::{Difference, Replay, ReplayOptions, replay};

use ::trace::{Trace, pcapng, read, view};
use serde::Serialize;
use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
};

use crate::error::{AppError, Code, sentence};

/// A trace as a person or a script reads it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Its first line.
    pub header: Header,
    /// Messages, and what happened to the key.
    pub lines: Vec<Line>,
    /// It ends in half a line, which is not shown.
    pub truncated: bool,
}

/// Explains a trace.
///
/// # Errors
/// `not-found` where there is no such file, `failed` where it is no trace or cannot be read.
pub fn show(path: &Path) -> Result<Shown, AppError> {
    let trace = open(path)?;
    Ok(Shown { lines: view::lines(&trace), header: trace.header, truncated: trace.truncated })
}

/// Writes a trace as a capture for Wireshark.
///
/// # Errors
/// As for [`show`], and `failed` where `to` cannot be written.
pub fn export(path: &Path, to: &Path) -> Result<(), AppError> {
    let trace = open(path)?;
    let write = || pcapng::export(&trace, BufWriter::new(private(to)?))?.flush();
    write().map_err(|error| unwritable(to, &error))
}

fn open(path: &Path) -> Result<Trace, AppError> {
    let file = File::open(path).map_err(|error| {
        let code = if error.kind() == std::io::ErrorKind::NotFound { Code::NotFound } else { Code::Failed };
        let message = format!("The trace {} cannot be opened: {error}.", path.display());
        AppError::new(code, message, "Check the path and that you may read the file.")
    })?;
    read(BufReader::new(file)).map_err(|error| AppError::plain(Code::Failed, sentence(&error)))
}

/// A new file for its owner alone: names of sites and accounts stand in it.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn unwritable(path: &Path, error: &std::io::Error) -> AppError {
    AppError::new(
        Code::Failed,
        format!("The file {} cannot be written: {error}.", path.display()),
        "Name a file in a folder that you may write, with space left.",
    )
}
