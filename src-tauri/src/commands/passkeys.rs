use app::{
    AppError,
    catalogue::{PasskeyPage, PasskeyQuery},
    history::HistoryEvent,
    passkeys::{Passkey, PasskeyEdit},
};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_page(app: Shared<'_>, query: PasskeyQuery) -> Result<PasskeyPage, AppError> {
    blocking(app, move |app| app.passkey_page(&query)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey(app: Shared<'_>, id: String) -> Result<Passkey, AppError> {
    blocking(app, move |app| app.passkey(&id)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_edit(app: Shared<'_>, id: String, edit: PasskeyEdit) -> Result<(), AppError> {
    blocking(app, move |app| app.edit_passkey(&id, edit)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_hide(app: Shared<'_>, id: String, hidden: bool) -> Result<(), AppError> {
    blocking(app, move |app| app.hide_passkey(&id, hidden)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_delete(app: Shared<'_>, id: String) -> Result<(), AppError> {
    blocking(app, move |app| app.delete_passkey(&id)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_restore(app: Shared<'_>, id: String, in_place: bool) -> Result<(), AppError> {
    blocking(app, move |app| app.restore_passkey(&id, in_place)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_purge(app: Shared<'_>, id: String) -> Result<(), AppError> {
    blocking(app, move |app| app.purge_passkey(&id)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_history(app: Shared<'_>, id: String) -> Result<Vec<HistoryEvent>, AppError> {
    blocking(app, move |app| app.history(&id)).await
}

/// How many there were.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trash_empty(app: Shared<'_>) -> Result<u32, AppError> {
    blocking(app, |app| Ok(u32::try_from(app.empty_trash()?).unwrap_or(u32::MAX))).await
}
