use app::{AppError, keys::KeyStatus};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn virtual_key_status(app: Shared<'_>) -> Result<Vec<KeyStatus>, AppError> {
    Ok(app.key_statuses())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn virtual_key_start(app: Shared<'_>, profile: String) -> Result<(), AppError> {
    blocking(app, move |app| app.start_window_key(&profile)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn virtual_key_stop(app: Shared<'_>, profile: String) -> Result<(), AppError> {
    blocking(app, move |app| {
        app.stop_window_key(&profile);
        Ok(())
    })
    .await
}
