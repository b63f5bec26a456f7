//! `cargo xtask run`: the window, or what can be shown without one.

use crate::shell::{self, Done, command};
use crate::{screen, setup, ui};

/// Sets up, builds and runs.
pub(crate) fn run() -> Done {
    if !screen::is_there() {
        println!(
            "No window can open here: neither DISPLAY nor WAYLAND_DISPLAY is set. This is the demo in the terminal instead."
        );
        setup::for_terminal()?;
        return shell::run(&mut command("cargo", &["run", "--package", "latchkey", "--", "demo"]));
    }
    setup::for_window()?;
    ui::ensure_built()?;
    // Without this feature a debug build looks for Vite's development server.
    shell::run(&mut command(
        "cargo",
        &["run", "--package", "latchkey-window", "--features", "custom-protocol"],
    ))
}
