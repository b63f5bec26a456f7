//! A security key as a way into the vault.

use app::{AppError, Code, slots::KeyRequest};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    args,
    commands::{Context, until_stopped, wait},
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
        address: key.key.clone(),
        pin: key.pin_file.as_deref().map(secret::from_file).transpose()?,
        touch: touch(),
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

/// Says once that the key waits.
fn touch() -> Arc<dyn Fn() + Send + Sync> {
    let said = AtomicBool::new(false);
    Arc::new(move || {
        if !said.swap(true, Ordering::Relaxed) {
            eprintln!("Touch the key when it blinks.");
        }
    })
}
