//! The `latchkey` command: the only place that prints.
//!
//! | Where | What |
//! |---|---|
//! | [`args`] | the command line's shape, from which help, completions and the manual page are made |
//! | [`ask`] | answers a key's questions in the terminal |
//! | [`output`] | tables, colours, JSON, errors and exit codes |
//! | [`secret`] | passphrases from a prompt, a file or standard input |
//! | [`commands`] | one file per subcommand |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

mod args;
mod ask;
mod commands;
mod output;
mod secret;

use app::process;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: no secret was read yet.
    if let Some(warning) = process::warning(process::protect()) {
        eprintln!("{warning}");
    }
    let args = args::Args::parse();
    let json = args.json;
    match commands::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error, json);
            output::exit_code(&error)
        }
    }
}
