use app::{
    AppError, Code,
    lab::{DEFAULT_PORT, LabStatus},
};
use tauri_plugin_opener::OpenerExt;

use super::Shared;

#[tauri::command]
#[specta::specta]
pub(crate) async fn lab_status(app: Shared<'_>) -> Result<LabStatus, AppError> {
    Ok(app.lab_status())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lab_start(app: Shared<'_>) -> Result<LabStatus, AppError> {
    app.start_lab(DEFAULT_PORT).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lab_stop(app: Shared<'_>) -> Result<(), AppError> {
    app.stop_lab().await;
    Ok(())
}

/// Opens the lab's page in the person's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lab_open(handle: tauri::AppHandle, app: Shared<'_>) -> Result<(), AppError> {
    let status = app.lab_status();
    let url = status
        .url
        .ok_or_else(|| AppError::new(Code::NotFound, "The lab is not running.", "Start it first."))?;
    handle.opener().open_url(&url, None::<&str>).map_err(|error| {
        AppError::new(
            Code::Failed,
            format!("The browser could not be opened: {error}."),
            format!("Open {url} yourself."),
        )
    })
}
