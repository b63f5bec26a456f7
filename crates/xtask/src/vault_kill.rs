//! `cargo xtask vault-kill`: kill -9 at many random points of a vault's work; `cargo test` does so at a few.

use crate::shell::{self, Done, command};

/// As many times as `points` says.
pub(crate) fn kill(points: &str) -> Done {
    let arguments = ["test", "--package", "vault", "--test", "real", "kill::", "--", "--nocapture"];
    shell::run(command("cargo", &arguments).env("LATCHKEY_KILL_POINTS", points))
}
