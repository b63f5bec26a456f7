//! The command line.

mod addresses;
mod completions;
mod demo;
mod emulated;
mod key_changes;
mod key_data;
mod key_trace;
mod locking;
mod moving;
mod passkeys;
mod profiles;
mod protection;
mod security_keys;
mod shared_vault;
mod vault_file;
mod ways_in;

use crate::program::{LATCHKEY, NO_BUS};

/// Every file in `examples/` is a session: commands with what they print and their exit codes.
#[test]
fn examples() {
    trycmd::TestCases::new()
        .register_bin("latchkey", std::path::Path::new(LATCHKEY))
        .env(NO_BUS.0, NO_BUS.1)
        .env("LATCHKEY_DATA_DIR", "/nonexistent")
        .case("tests/cli/examples/*.trycmd");
}
