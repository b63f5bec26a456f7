//! The cases in the guest kernel: what they run on, and running them.

use crate::shell::{self, Done, command};
use crate::toolchain;
use std::process::Command;

/// The kernel, the Python environment and the driver of the window; the first time takes minutes.
pub(crate) fn ensure() -> Done {
    toolchain::ensure_crate("tauri-driver", "2.1.0")?;
    shell::run(&mut Command::new("tests/guest/python"))?;
    shell::run(&mut Command::new("tests/guest/kernel"))
}

/// The programs that the cases start; of the foreign clients one is an example of the root package, one
/// of the benches (its licence keeps it there), one a package of its own, as are the foreign keys.
pub(crate) fn build() -> Done {
    shell::run(&mut Command::new("tests/interop/security-key/build"))?;
    let client = ["build", "--manifest-path", "tests/interop/authenticator-rs/Cargo.toml", "--locked"];
    shell::run(command("cargo", &client).args(["--target-dir", "target/interop"]))?;
    let peer =
        ["build", "--package", "benches", "--example", "soft-fido2-client", "--features", "peer-client"];
    shell::run(&mut command("cargo", &peer))?;
    let keys = ["build", "--package", "security-key", "--examples", "--features", "hidapi"];
    shell::run(&mut command("cargo", &keys))?;
    shell::run(&mut command("cargo", &["build", "--package", "latchkey", "--bins", "--examples"]))?;
    shell::run(&mut command(
        "cargo",
        &["build", "--package", "latchkey-window", "--features", "custom-protocol"],
    ))
}

/// Runs the cases.
pub(crate) fn suite() -> Done {
    shell::run(&mut Command::new("tests/guest/suite"))
}
