//! Other people's test suites on this machine: what they run on, and running them.

use crate::shell::{self, Done, command};
use std::process::Command;

/// python-fido2's suite and its Python environment.
pub(crate) fn ensure() -> Done {
    shell::run(&mut Command::new("tests/interop/python-fido2/environment"))
}

/// The program that they talk to.
pub(crate) fn build() -> Done {
    shell::run(&mut command("cargo", &["build", "--package", "latchkey", "--bins"]))
}

/// python-fido2's device tests.
pub(crate) fn python_fido2() -> Done {
    shell::run(&mut Command::new("tests/interop/python-fido2/run"))
}

/// The key as a card, by python-fido2 and opensc-tool.
pub(crate) fn nfc() -> Done {
    shell::run(&mut Command::new("tests/interop/nfc/run"))
}
