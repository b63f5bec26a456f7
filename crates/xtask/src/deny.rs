//! cargo-deny: licences, bans and sources always, advisories where their database can be reached.

use crate::shell::{self, Done, command};
use crate::steps::Outcome;
use crate::toolchain;

/// How long the advisory database may take to come.
const SECONDS: &str = "60";

/// Installs cargo-deny.
pub(crate) fn ensure() -> Done {
    toolchain::ensure_crate("cargo-deny", "0.20.2")
}

/// What needs no network. Without `--workspace` only the root package's own dependencies would be looked at.
pub(crate) fn check() -> Done {
    shell::run(&mut command("cargo", &["deny", "--workspace", "check", "licenses", "bans", "sources"]))
}

/// Known vulnerabilities. Fetching comes first and by itself, so that no network is told apart from a bad finding.
pub(crate) fn advisories() -> Outcome {
    let mut fetch = command("timeout", &[SECONDS, "cargo", "deny", "fetch", "db"]);
    if !shell::succeeds(&mut fetch) {
        return Outcome::Skipped("the advisory database cannot be reached".into());
    }
    shell::run(&mut command("cargo", &["deny", "--workspace", "check", "--disable-fetch", "advisories"]))
        .into()
}
