//! Other people's programs on this machine: what they run on, and running them.

use crate::npm;
use crate::shell::{self, Done, command};
use std::process::Command;

const WEBDRIVERIO: &str = "tests/interop/webdriverio";

/// python-fido2's suite and its Python environment; pykeepass; WebdriverIO.
pub(crate) fn ensure() -> Done {
    shell::run(&mut Command::new("tests/interop/python-fido2/environment"))?;
    shell::run(&mut command("tests/environment", &["tests/vault_reader/requirements.txt"]))?;
    shell::run(&mut command("tests/environment", &["tests/interop/kdbx/requirements.txt"]))?;
    npm::ensure_packages(WEBDRIVERIO)
}

/// The program that they talk to, and our client of keys on readers.
pub(crate) fn build() -> Done {
    shell::run(&mut command("cargo", &["build", "--package", "latchkey", "--bins"]))?;
    shell::run(&mut command("cargo", &["build", "--package", "security-key", "--example", "on_reader"]))
}

/// python-fido2's device tests, and its verifiers on what the key signs.
pub(crate) fn python_fido2() -> Done {
    shell::run(&mut Command::new("tests/interop/python-fido2/run"))?;
    shell::run(&mut Command::new("tests/interop/python-fido2/statements"))
}

/// The key as a card, by python-fido2, its device tests among it, and opensc-tool.
pub(crate) fn nfc() -> Done {
    shell::run(&mut Command::new("tests/interop/nfc/run"))?;
    shell::run(&mut command("tests/interop/python-fido2/run", &["--nfc"]))
}

/// Our client of security keys at readers, beside other programs with readers.
pub(crate) fn readers() -> Done {
    shell::run(&mut Command::new("tests/interop/readers/run"))
}

/// BLOBs about models, by python-fido2's reader; and such as cryptography signs, by ours.
pub(crate) fn metadata() -> Done {
    shell::run(&mut Command::new("tests/interop/metadata/run"))
}

/// KeePass databases, by pykeepass and KeePassXC's command line.
pub(crate) fn kdbx() -> Done {
    shell::run(&mut Command::new("tests/interop/kdbx/run"))
}

/// Credentials in files, by Chromium's own virtual authenticators.
pub(crate) fn chromium() -> Done {
    shell::run(&mut Command::new("tests/interop/chromium/run"))
}

/// A reader of vaults that was written from docs/vault-format.md alone.
pub(crate) fn vault_reader() -> Done {
    shell::run(&mut Command::new("tests/vault_reader/run"))
}

/// A passkey of ours at the lab, exported, in a virtual authenticator of Chromium.
pub(crate) fn export() -> Done {
    shell::run(&mut Command::new("tests/interop/export/run"))
}

/// WebdriverIO's commands for virtual authenticators.
pub(crate) fn webdriverio() -> Done {
    shell::run(&mut npm::command(WEBDRIVERIO, &["test"]))
}
