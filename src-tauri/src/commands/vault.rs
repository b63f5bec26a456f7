use app::{AppError, vault::VaultStatus};
use secrecy::SecretString;

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_status(app: Shared<'_>) -> Result<VaultStatus, AppError> {
    blocking(app, |app| Ok(app.vault_status())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_init(app: Shared<'_>, passphrase: String) -> Result<Option<String>, AppError> {
    let passphrase = SecretString::from(passphrase);
    blocking(app, move |app| app.init_vault(&passphrase)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_unlock(app: Shared<'_>, passphrase: Option<String>) -> Result<(), AppError> {
    let passphrase = passphrase.map(SecretString::from);
    blocking(app, move |app| app.unlock(passphrase.as_ref())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_accept_older_copy(app: Shared<'_>) -> Result<(), AppError> {
    blocking(app, app::App::accept_older_copy).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_lock(app: Shared<'_>) -> Result<(), AppError> {
    blocking(app, app::App::lock_vault).await
}

/// The person does something in the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_used(app: Shared<'_>) -> Result<(), AppError> {
    blocking(app, |app| {
        app.used();
        Ok(())
    })
    .await
}
