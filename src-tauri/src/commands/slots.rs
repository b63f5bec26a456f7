use app::{AppError, security_keys::KeyRequest};
use secrecy::{ExposeSecret, SecretString};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_add_passphrase(
    app: Shared<'_>,
    label: String,
    passphrase: String,
) -> Result<(), AppError> {
    let passphrase = SecretString::from(passphrase);
    blocking(app, move |app| app.add_passphrase_slot(&label, &passphrase)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_add_keyring(app: Shared<'_>) -> Result<(), AppError> {
    blocking(app, app::App::add_keyring_slot).await
}

/// The recovery key: the one secret that goes to the window, because a person must see it, once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_add_recovery(app: Shared<'_>, label: String) -> Result<String, AppError> {
    blocking(app, move |app| Ok(app.add_recovery_slot(&label)?.expose_secret().to_owned())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_add_security_key(
    app: Shared<'_>,
    label: String,
    pin: Option<String>,
) -> Result<(), AppError> {
    app.add_security_key_slot(&label, &any_key(pin)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_remove(app: Shared<'_>, id: String) -> Result<(), AppError> {
    blocking(app, move |app| app.remove_slot(&id, |_| ())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn slot_rename(app: Shared<'_>, id: String, label: String) -> Result<(), AppError> {
    blocking(app, move |app| app.rename_slot(&id, &label)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_unlock_recovery(app: Shared<'_>, recovery_key: String) -> Result<(), AppError> {
    let recovery_key = SecretString::from(recovery_key);
    blocking(app, move |app| app.unlock_with_recovery_key(&recovery_key)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_unlock_security_key(app: Shared<'_>, pin: Option<String>) -> Result<(), AppError> {
    app.unlock_with_security_key(&any_key(pin)).await
}

/// Takes a request to a security key back that is under way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn security_key_cancel(app: Shared<'_>) -> Result<(), AppError> {
    app.cancel_security_key();
    Ok(())
}

/// Whichever key is plugged in; the window says all the time that it is waited for.
fn any_key(pin: Option<String>) -> KeyRequest {
    KeyRequest { pin: pin.map(SecretString::from), ..KeyRequest::default() }
}
