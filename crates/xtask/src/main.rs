//! `cargo xtask`: sets the machine up, runs Latchkey and runs every test.
//!
//! - [`setup`]: what is needed and how it comes to be there, by [`packages`], [`apt`] and [`toolchain`]
//! - [`run`]: the window, or the demo where [`screen`] finds no display; [`ui`] builds what the window shows
//! - [`test`](mod@test): the steps and their summary; [`deny`], [`interop`] and [`guest`] are the longer ones
//! - [`bench`](mod@bench): the measurements
//! - [`vault_kill`]: the long form of one test
//! - [`conformance`]: what the authenticator must do, and the tests that prove it
//! - [`shell`]: starting programs
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task's result is what it prints")]

mod apt;
mod bench;
mod conformance;
mod deny;
mod guest;
mod interop;
mod npm;
mod packages;
mod run;
mod screen;
mod setup;
mod shell;
mod steps;
mod test;
mod toolchain;
mod ui;
mod vault_kill;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <task>

  run               sets up and opens the window; without a display, the demo in the terminal
  test [--fast]     sets up and runs every test; --fast leaves out guest kernel, browser and window
  bench             measures everything, beside a peer and beside the physical limit
  vault-kill [N]    kills a process that works on a vault at N random points, 500 unless said
  conformance       writes docs/conformance.md; with --check only sees that it is right
  setup [run|test]  only sets up, for one of the two or for both";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(reason) = std::env::set_current_dir(top()) {
        eprintln!("xtask: the checkout cannot be entered: {reason}");
        return ExitCode::FAILURE;
    }
    let done = match words.as_slice() {
        ["run"] => run::run(),
        ["test"] => test::test(test::Extent::Everything),
        ["test", "--fast"] => test::test(test::Extent::Fast),
        ["bench"] => bench::bench(),
        ["setup"] => setup::for_window().and_then(|()| setup::for_tests(test::Extent::Everything)),
        ["setup", "run"] => setup::for_window(),
        ["setup", "test"] => setup::for_tests(test::Extent::Everything),
        ["vault-kill"] => vault_kill::kill("500"),
        ["vault-kill", points] => vault_kill::kill(points),
        ["conformance"] => conformance::write(),
        ["conformance", "--check"] => conformance::check(),
        ["help" | "-h" | "--help"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the checkout; cargo says where this crate lies when it runs it.
fn top() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from("."), |here| PathBuf::from(here).join("../.."))
}
