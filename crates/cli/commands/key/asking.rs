//! Asking a key, and asking the person for its PIN.

use app::{
    AppError, Code,
    security_keys::{KeepaliveStatus, KeyRequest, OpenKey, Progress},
    trace::TraceOptions,
};
use std::{
    io::IsTerminal,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    args::Which,
    commands::{Context, emulate::trace_format, until_stopped, wait},
    secret,
};

/// Opens the key that is meant and does `work` with it; again with the PIN where the key wants one and the person can be
/// asked. Ctrl+C takes the request back.
#[expect(clippy::needless_pass_by_value, reason = "a closure is written where it is passed")]
pub(super) fn with_key<T>(
    context: &Context,
    which: &Which,
    work: impl AsyncFn(&mut OpenKey) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let request = request(which)?;
    wait(async {
        let mut key = interruptible(context.app.open_key(&request)).await?;
        loop {
            match interruptible(work(&mut key)).await {
                Err(error) if can_ask(which, &error) => {
                    eprintln!("{}", error.message);
                    key.pin = Some(interruptible(secret::typed(&question(&error))).await?);
                }
                Err(error) if error.code == Code::PinNeeded => {
                    let hint =
                        "Name a file with --pin-file, or give the PIN on standard input with --pin-file -.";
                    return Err(AppError { hint: Some(hint.to_owned()), ..error });
                }
                done => {
                    // What Ctrl+C took back in the middle, the key is told of.
                    context.app.settle_key(&mut key).await;
                    return done;
                }
            }
        }
    })
}

/// The request that the options make.
pub(super) fn request(which: &Which) -> Result<KeyRequest, AppError> {
    Ok(KeyRequest {
        key: which.key.clone(),
        pin: which.pin_file.as_deref().map(secret::from_file).transpose()?,
        progress: touch(),
        trace: which.trace.as_deref().map(trace),
    })
}

/// A recording without secrets.
fn trace(path: &Path) -> TraceOptions {
    TraceOptions { path: path.to_owned(), format: trace_format(path), secrets: false }
}

/// Drops `work` at Ctrl+C, which takes back what a key was asked.
pub(super) async fn interruptible<T>(work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    tokio::select! {
        done = work => done,
        stopped = until_stopped() => {
            stopped?;
            Err(AppError::plain(Code::Refused, "You took the request back; nothing was changed."))
        }
    }
}

/// A wrong PIN may be typed again while the key takes one.
fn can_ask(which: &Which, error: &AppError) -> bool {
    let helps = match error.code {
        Code::PinNeeded => true,
        Code::WrongSecret => error.tries_left.is_some_and(|tries| tries > 0),
        _ => false,
    };
    helps && which.pin_file.is_none() && std::io::stdin().is_terminal()
}

fn question(error: &AppError) -> String {
    match error.tries_left {
        Some(1) => "PIN (1 try left)".to_owned(),
        Some(tries) => format!("PIN ({tries} tries left)"),
        None => "PIN".to_owned(),
    }
}

/// Says once that the key waits.
pub(in crate::commands) fn touch() -> Progress {
    let said = AtomicBool::new(false);
    Arc::new(move |status| {
        if status == KeepaliveStatus::UpNeeded && !said.swap(true, Ordering::Relaxed) {
            eprintln!("Touch the key when it blinks.");
        }
    })
}
