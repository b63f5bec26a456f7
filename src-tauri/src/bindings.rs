//! The TypeScript types of commands and events, generated from Rust into `ui/src/lib/bindings.ts`.

use specta_typescript::Typescript;
use std::path::Path;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands, events};

/// Every command and event of the window.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        // Nothing here is read in another shape than it is written in.
        .disable_serde_phases()
        .commands(collect_commands![
            commands::vault::vault_status,
            commands::vault::vault_init,
            commands::vault::vault_unlock,
            commands::vault::vault_lock,
            commands::vault::vault_used,
            commands::vault::vault_accept_older_copy,
            commands::slots::vault_unlock_recovery,
            commands::slots::vault_unlock_security_key,
            commands::slots::slot_add_passphrase,
            commands::slots::slot_add_keyring,
            commands::slots::slot_add_recovery,
            commands::slots::slot_add_security_key,
            commands::slots::slot_remove,
            commands::slots::slot_rename,
            commands::slots::security_key_cancel,
            commands::passkeys::passkey_page,
            commands::passkeys::passkey,
            commands::passkeys::passkey_edit,
            commands::passkeys::passkey_hide,
            commands::passkeys::passkey_delete,
            commands::passkeys::passkey_restore,
            commands::passkeys::passkey_purge,
            commands::passkeys::passkey_history,
            commands::passkeys::trash_empty,
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

/// Writes them to `file`.
///
/// # Errors
/// Where a type has no TypeScript form, or the file cannot be written.
pub fn write(file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let header = "// Generated from Rust by `cargo run -p latchkey-window --bin bindings`.\n";
    Ok(builder().export(Typescript::default().header(header), file)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_bindings_are_the_generated_ones() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bindings.ts");
        super::write(&file).unwrap();
        assert!(
            std::fs::read_to_string(file).unwrap() == include_str!("../../ui/src/lib/bindings.ts"),
            "ui/src/lib/bindings.ts is stale: run `cargo run -p latchkey-window --bin bindings`"
        );
    }
}
