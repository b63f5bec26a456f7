use app::{AppError, passkeys::Passkey};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_list(app: Shared<'_>) -> Result<Vec<Passkey>, AppError> {
    blocking(app, app::App::passkeys).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn passkey_delete(app: Shared<'_>, id: String) -> Result<(), AppError> {
    blocking(app, move |app| app.delete_passkey(&id)).await
}
