//! Tables, colours, JSON, errors and exit codes.

use anstyle::{AnsiColor, Style};
use app::{AppError, Code};
use serde::Serialize;
use std::{fmt::Display, io::Write, process::ExitCode};

/// Prints one JSON value on a line of its own.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), AppError> {
    let text = serde_json::to_string(value)
        .map_err(|error| AppError::plain(Code::Failed, format!("The result has no JSON form: {error}.")))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| {
        AppError::plain(Code::Failed, format!("Standard output cannot be written: {error}."))
    })
}

/// Prints a line. A reader that has seen enough, as `head` has, ends the program without a word.
pub(crate) fn print_line(text: std::fmt::Arguments<'_>) {
    if writeln!(anstream::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// As `println!`, by [`print_line`].
macro_rules! say {
    ($($text:tt)*) => { $crate::output::print_line(format_args!($($text)*)) };
}
pub(crate) use say;

/// Prints an error: what happened, why, what to do; as JSON where asked.
pub(crate) fn print_error(error: &AppError, json: bool) {
    if json {
        eprintln!("{}", serde_json::json!({ "error": error }));
        return;
    }
    anstream::eprintln!("{}: {}", styled("error", AnsiColor::Red), error.message);
    if let Some(hint) = &error.hint {
        anstream::eprintln!("  {hint}");
    }
}

/// The documented exit code of an error.
pub(crate) fn exit_code(error: &AppError) -> ExitCode {
    ExitCode::from(match error.code {
        Code::Failed => 1,
        Code::Usage => 2,
        Code::NotFound => 3,
        Code::Refused => 4,
        Code::Locked | Code::WrongSecret | Code::PinNeeded | Code::PinBlocked | Code::KeyMissing => 5,
        Code::DeviceGone | Code::NoPermission | Code::Busy => 6,
        Code::VerificationFailed => 7,
    })
}

/// A coloured word; plain where colours are not wanted (a pipe, NO_COLOR).
pub(crate) fn styled(text: impl Display, color: AnsiColor) -> String {
    let style = Style::new().fg_color(Some(color.into()));
    format!("{style}{text}{style:#}")
}

/// A heading.
pub(crate) fn bold(text: impl Display) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

/// Prints rows under a heading, columns aligned by what they show.
pub(crate) fn print_table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) {
    let width = |column: usize| {
        let shown = rows.iter().filter_map(|row| row.get(column)).map(|cell| shown_width(cell));
        shown.chain(heading.get(column).map(|cell| cell.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |cells: Vec<String>| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let pad = width.saturating_sub(shown_width(cell));
            text.push_str(cell);
            text.push_str(&" ".repeat(pad + 2));
        }
        say!("{}", text.trim_end());
    };
    line(heading.iter().map(bold).collect());
    for row in rows {
        line(row.to_vec());
    }
}

/// How many characters a cell shows, its colours not counted.
fn shown_width(cell: &str) -> usize {
    anstream::adapter::strip_str(cell).to_string().chars().count()
}
