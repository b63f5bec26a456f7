//! The window. It decides nothing: each command is three lines into [`app`], each event says what to ask for anew.
//!
//! | Where | What |
//! |---|---|
//! | `commands` | what the front end may call, one file per room |
//! | `events` | what the front end hears |
//! | [`bindings`] | the TypeScript types of both, generated |

pub mod bindings;
mod commands;
mod events;

use std::sync::Arc;
use tauri::Manager;

/// Opens the window and runs until it is closed.
///
/// # Errors
/// Where there is no folder for the vault, or the window cannot be opened.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    let app = Arc::new(app::App::new(app::default_folder()?));
    let bindings = bindings::builder();
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, _, _| show(handle)))
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |setup| {
            bindings.mount_events(setup);
            setup.manage(Arc::clone(&app));
            events::forward(setup.handle(), &app);
            // Beside the window: a keyring may ask the person first. What does not work, the vault's status says.
            tauri::async_runtime::spawn_blocking(move || app.unlock(None));
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// A second start shows the window that is there.
fn show(handle: &tauri::AppHandle) {
    if let Some(window) = handle.get_webview_window("main") {
        let _ = window.show();
        let _ = window.set_focus();
    }
}
