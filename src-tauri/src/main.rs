//! The window's program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[expect(clippy::print_stderr, reason = "there is no window yet, and it is said to whoever set the variable")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Before anything else: no secret was read yet.
    if let Some(warning) = app::process::warning(app::process::protect()) {
        eprintln!("{warning}");
    }
    latchkey_window::run()
}
