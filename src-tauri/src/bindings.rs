//! The TypeScript types of commands and events, generated from Rust into `ui/src/lib/bindings.ts`.

use specta_typescript::Typescript;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::{commands, events};

/// Every command and event of the window.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .error_handling(ErrorHandlingMode::Throw)
        .commands(collect_commands![
            commands::vault::vault_status,
            commands::vault::vault_init,
            commands::vault::vault_unlock,
            commands::vault::vault_lock,
            commands::passkeys::passkey_list,
            commands::passkeys::passkey_delete,
            commands::virtual_key::virtual_key_status,
            commands::virtual_key::virtual_key_start,
            commands::virtual_key::virtual_key_stop,
            commands::lab::lab_status,
            commands::lab::lab_start,
            commands::lab::lab_stop,
            commands::lab::lab_open,
            commands::prompt::prompt_current,
            commands::prompt::prompt_answer,
            commands::settings::settings,
            commands::settings::settings_save,
        ])
        .events(collect_events![
            events::VaultChanged,
            events::PasskeysChanged,
            events::KeysChanged,
            events::LabChanged,
            events::PromptChanged,
        ])
}

/// The text of `bindings.ts`.
///
/// # Errors
/// Where a type has no TypeScript form.
pub fn typescript() -> Result<String, Box<dyn std::error::Error>> {
    let language = Typescript::default().header("// Generated from Rust by `cargo run -p latchkey-window --bin bindings`.\n");
    Ok(builder().export_str(language)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_bindings_are_the_generated_ones() {
        let committed = include_str!("../../ui/src/lib/bindings.ts");
        assert!(
            committed == super::typescript().unwrap(),
            "ui/src/lib/bindings.ts is stale: run `cargo run -p latchkey-window --bin bindings`"
        );
    }
}
