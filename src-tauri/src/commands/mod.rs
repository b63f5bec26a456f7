//! What the front end may call, one file per room; the types and errors are those of [`app`].
//! Whatever may block, because it stretches a passphrase or asks the keyring, runs beside the window's thread.

pub(crate) mod lab;
pub(crate) mod passkeys;
pub(crate) mod prompt;
pub(crate) mod settings;
pub(crate) mod slots;
pub(crate) mod vault;
pub(crate) mod virtual_key;

use app::{App, AppError, Code};
use std::sync::Arc;

/// The state that every command is given.
pub(crate) type Shared<'a> = tauri::State<'a, Arc<App>>;

/// Runs what may block on a thread made for that.
pub(crate) async fn blocking<T: Send + 'static>(
    app: Shared<'_>,
    call: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let app = Arc::clone(&app);
    tauri::async_runtime::spawn_blocking(move || call(&app))
        .await
        .unwrap_or_else(|_| Err(AppError::plain(Code::Failed, "The command stopped unexpectedly.")))
}
