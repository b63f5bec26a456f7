//! What the front end hears. No event carries data: the front end asks for what it shows.

use app::{App, Change};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;

/// The vault was made, opened or locked.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct VaultChanged;

/// A passkey came, went or was used.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct PasskeysChanged;

/// A virtual key was started or stopped.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct KeysChanged;

/// The lab was started or stopped.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct LabChanged;

/// The open question is another one, or has changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct PromptChanged;

/// Hands every change on to the front end until the program ends.
pub(crate) fn forward(handle: &AppHandle, app: &Arc<App>) {
    let (watched, changes, prompts) = (Arc::clone(app), app.subscribe(), app.prompts.subscribe());
    let guarded = Arc::clone(app);
    tauri::async_runtime::spawn(async move { watched.watch().await });
    tauri::async_runtime::spawn(async move { guarded.auto_lock().await });
    tauri::async_runtime::spawn(forward_changes(handle.clone(), changes));
    tauri::async_runtime::spawn(forward_prompts(handle.clone(), prompts));
}

async fn forward_changes(handle: AppHandle, mut changes: tokio::sync::broadcast::Receiver<Change>) {
    loop {
        let told = match changes.recv().await {
            Ok(Change::Vault) => VaultChanged.emit(&handle),
            Ok(Change::Passkeys) => PasskeysChanged.emit(&handle),
            Ok(Change::Keys) => KeysChanged.emit(&handle),
            Ok(Change::Lab) => LabChanged.emit(&handle),
            // Missed some: everything may have changed.
            Err(RecvError::Lagged(_)) => VaultChanged
                .emit(&handle)
                .and_then(|()| PasskeysChanged.emit(&handle))
                .and_then(|()| KeysChanged.emit(&handle))
                .and_then(|()| LabChanged.emit(&handle)),
            Err(RecvError::Closed) => return,
        };
        if told.is_err() {
            return;
        }
    }
}

async fn forward_prompts(handle: AppHandle, mut prompts: tokio::sync::watch::Receiver<()>) {
    while prompts.changed().await.is_ok() && PromptChanged.emit(&handle).is_ok() {}
}
