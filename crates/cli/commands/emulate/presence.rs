//! Keys on the vault leave when it is locked and come back when it is unlocked; said as it happens.

use app::keys::{Event, RunningKey};
use std::{
    future::pending,
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::broadcast::error::RecvError;

use super::{Context, announce, tell};
use crate::{
    args::{Emulate, Store},
    output::print_error,
    secret,
};

/// A passphrase file opens the vault again, as it opened it at the start; standard input was read once.
pub(super) fn reopen_by_file(context: &Context) {
    if let Some(file) = file(context) {
        context.app.reopen_with(Arc::new(move |app| secret::unlock(app, Some(&file))));
    }
}

/// Locks the vault as the settings say, lets the keys follow it, and tells of both, until dropped.
pub(super) async fn follow(context: &Context, options: &Emulate, keys: &[RunningKey]) {
    if options.store == Store::Memory {
        return pending().await;
    }
    let by_enter =
        std::io::stdin().is_terminal() && options.tester.control.as_deref() != Some(Path::new("-"));
    tokio::select! {
        () = context.app.watch() => {}
        () = context.app.auto_lock() => {}
        () = tell_presence(context, keys, by_enter) => {}
    }
}

async fn tell_presence(context: &Context, keys: &[RunningKey], by_enter: bool) {
    let mut changes = context.app.subscribe();
    let mut away = vec![None; keys.len()];
    let mut troubles = Vec::new();
    loop {
        tell_troubles(context, &mut troubles);
        let before = away.iter().any(Option::is_some);
        for (key, seen) in keys.iter().zip(&mut away) {
            let now = key.away();
            match now {
                Some(reason) if *seen != now => {
                    tell_left(context, key, reason);
                }
                None if seen.is_some() && key.failure().is_none() => {
                    // Nobody who could be told is there any more where this fails.
                    let _ = announce(context, key);
                }
                _ => {}
            }
            *seen = now;
        }
        if by_enter && !before && away.iter().any(Option::is_some) {
            unlock_by_enter(context);
        }
        if let Err(RecvError::Closed) = changes.recv().await {
            return pending().await;
        }
    }
}

/// Each once, to who sits there: nobody else will tell them that locking the screen does not lock the vault.
fn tell_troubles(context: &Context, told: &mut Vec<String>) {
    let troubles = context.app.listening().map(|listening| listening.trouble).unwrap_or_default();
    for trouble in troubles {
        if std::io::stderr().is_terminal() && !told.contains(&trouble) {
            eprintln!("{trouble}");
            told.push(trouble);
        }
    }
}

fn tell_left(context: &Context, key: &RunningKey, reason: app::auto_lock::LockReason) {
    if context.json {
        tell(&Event::Locked { key: key.name().to_owned(), reason });
    } else {
        eprintln!(
            "The vault was locked: {}. The {} key has left until it is unlocked.",
            reason.text(),
            key.name()
        );
    }
}

/// Asks in the terminal, beside the keys: nothing else is asked while they are away.
fn unlock_by_enter(context: &Context) {
    let (app, file) = (Arc::clone(&context.app), file(context));
    tokio::task::spawn_blocking(move || {
        while app.lock_reason().is_some() {
            eprintln!("Press Enter to unlock the vault.");
            if !matches!(std::io::stdin().read_line(&mut String::new()), Ok(1..)) {
                return;
            }
            if app.lock_reason().is_some()
                && let Err(error) = secret::unlock(&app, file.as_deref())
            {
                print_error(&error, false);
            }
        }
    });
}

/// The file that can be read again.
fn file(context: &Context) -> Option<PathBuf> {
    context.passphrase_file().filter(|file| *file != Path::new("-")).map(Path::to_owned)
}
