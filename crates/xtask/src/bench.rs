//! `cargo xtask bench`: every bench on this machine, then those over /dev/uhid in the guest kernel.

use std::path::PathBuf;

use crate::setup;
use crate::shell::{self, Done, command};
use crate::test::Extent;

/// Runs them; their tables are what they print.
pub(crate) fn bench() -> Done {
    setup::for_tests(Extent::Everything)?;
    // Beside keepassxc-cli stands our own program.
    shell::run(&mut command("cargo", &["build", "--release", "--package", "latchkey", "--bins"]))?;
    shell::run(&mut command("cargo", &["bench", "--package", "benches"]))?;
    let program = uhid()?;
    let arguments = ["--bench", "--sample-size", "20"];
    shell::run(command("tests/guest/run", &[]).arg(program).args(arguments))?;
    security_keys()
}

/// `latchkey key` beside other programs, by a script in the guest.
fn security_keys() -> Done {
    let python = shell::read(&mut command("tests/guest/python", &[])).ok_or("the guest has no Python")?;
    shell::run(&mut command("tests/guest/run", &[python.trim(), "benches/security_keys.py"]))
}

/// The newest build of the bench over /dev/uhid: cargo says where it is.
fn uhid() -> Result<PathBuf, String> {
    let arguments =
        ["bench", "--package", "benches", "--bench", "uhid", "--no-run", "--message-format", "json"];
    let messages =
        shell::read(&mut command("cargo", &arguments)).ok_or("the bench over uhid could not be built")?;
    let executable = messages.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        rest.split_once('"').map(|(path, _)| PathBuf::from(path))
    });
    executable.ok_or_else(|| "cargo did not say where the bench over uhid is".to_owned())
}
