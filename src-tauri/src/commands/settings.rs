use app::{AppError, settings::Settings};

use super::{Shared, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(app: Shared<'_>) -> Result<Settings, AppError> {
    blocking(app, app::App::settings).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_save(app: Shared<'_>, settings: Settings) -> Result<(), AppError> {
    blocking(app, move |app| app.save_settings(&settings)).await
}
