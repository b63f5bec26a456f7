//! A security key as a way into the vault.

use app::{AppError, Code, security_keys::KeyRequest};

use crate::{
    args,
    commands::{Context, key, until_stopped, wait},
    secret,
};

pub(super) fn unlock(context: &Context, key: &args::Key) -> Result<(), AppError> {
    with_pin(key, |request| async move { context.app.unlock_with_security_key(&request).await })
}

pub(super) fn add(context: &Context, label: &str, key: &args::Key) -> Result<(), AppError> {
    with_pin(key, |request| async move { context.app.add_security_key_slot(label, &request).await })
}

/// Asks for the PIN where the key wants one and no file holds it. Ctrl+C takes the request back.
fn with_pin<F>(key: &args::Key, ask: impl Fn(KeyRequest) -> F) -> Result<(), AppError>
where
    F: Future<Output = Result<(), AppError>>,
{
    let mut request = KeyRequest {
        key: key.key.clone(),
        pin: key.pin_file.as_deref().map(secret::from_file).transpose()?,
        progress: key::touch(),
        trace: None,
    };
    let run = |request: KeyRequest| {
        wait(async {
            tokio::select! {
                done = ask(request) => done,
                stopped = until_stopped() => {
                    stopped?;
                    Err(AppError::plain(Code::Refused, "You took the request back; nothing was changed."))
                }
            }
        })
    };
    match run(request.clone()) {
        Err(error) if error.code == Code::PinNeeded => {
            eprintln!("{}", error.message);
            request.pin = Some(secret::from_prompt("PIN of the key").map_err(|_| error)?);
            run(request)
        }
        done => done,
    }
}
