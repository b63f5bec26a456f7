mod links;
mod presence;

use app::{
    AppError, Code,
    keys::{Approval, Event, KeyConfig, KeyStore, Listener, RunningKey},
    profiles,
    trace::{TraceFormat, TraceOptions},
};
use std::{path::Path, sync::Arc};

use super::{Context, control, until_stopped, wait};
use crate::{
    args::{self, Approve, Emulate, Store, Tester},
    ask,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, options: &Emulate) -> Result<(), AppError> {
    let configs = configs(options)?;
    if options.approve == Approve::Ask && options.tester.control.as_deref() == Some(Path::new("-")) {
        return Err(AppError::new(
            Code::Usage,
            "Standard input cannot take commands and answers to questions at once.",
            "Name a socket with --control PATH, or choose another --approve.",
        ));
    }
    if options.approve == Approve::Touch && options.tester.control.is_none() {
        return Err(AppError::new(
            Code::Usage,
            "Nobody could touch the key: without --control nothing moves a finger.",
            "Name a socket with --control PATH, or standard input with --control -.",
        ));
    }
    if options.store == Store::Vault {
        context.unlock()?;
        presence::reopen_by_file(context);
    }
    if options.approve == Approve::Always {
        eprintln!(
            "Every question is approved and counts as verified: anybody who reaches this key can use it."
        );
    }
    wait(async {
        let control = control::Control::open(options.tester.control.as_deref())?;
        let listener: Option<Listener> =
            context.json.then(|| Arc::new(|event: Event| tell(&event)) as Listener);
        let mut keys = Vec::new();
        for config in &configs {
            let key = context.app.start_key(config, listener.clone())?;
            announce(context, &key)?;
            keys.push(key);
        }
        let ended = tokio::select! {
            stopped = until_stopped() => stopped,
            error = first_stopped(&keys) => Err(error),
            () = ask::answer_prompts(&context.app.prompts, context.json) => Ok(()),
            () = presence::follow(context, options, &keys) => Ok(()),
            ended = control::serve(control, &context.app, &keys) => ended,
        };
        ended.and(keys.iter().find_map(RunningKey::trace_failure).map_or(Ok(()), Err))
    })
}

/// One key for each profile that was named.
fn configs(options: &Emulate) -> Result<Vec<KeyConfig>, AppError> {
    let store = match (options.store, &options.seed) {
        (Store::Vault, None) => KeyStore::Vault,
        (Store::Memory, None) => KeyStore::Memory { seed: None },
        (Store::Memory, Some(text)) => KeyStore::Memory { seed: Some(seed(text)?) },
        (Store::Vault, Some(_)) => {
            return Err(AppError::new(
                Code::Usage,
                "A seeded key is as secret as its seed, so it is not kept in the vault.",
                "Add --store memory, or leave --seed out.",
            ));
        }
    };
    let approval = match options.approve {
        Approve::Ask => Approval::Ask,
        Approve::Always => Approval::Always,
        Approve::Never => Approval::Never,
        Approve::Touch => Approval::Touch,
    };
    let trace = trace(&options.tester);
    if options.profile.len() > 1 && trace.is_some() {
        return Err(AppError::new(
            Code::Usage,
            "A trace is of one key.",
            "Name one profile for each run that uses --trace.",
        ));
    }
    let profiles = profiles::load_all(&options.profile)?;
    let links = links::of_each(options, profiles.len())?;
    let config = |(profile, links)| {
        let faults = app::keys::faults(&options.tester.fault)?;
        Ok(KeyConfig { profile, links, store, approval, trace: trace.clone(), faults })
    };
    profiles.into_iter().zip(links).map(config).collect()
}

/// The format by what was said, else by the file's ending.
fn trace(options: &Tester) -> Option<TraceOptions> {
    let path = options.trace.clone()?;
    let format = match options.trace_format {
        Some(args::TraceFormat::Pcapng) => TraceFormat::Pcapng,
        Some(args::TraceFormat::Trace) => TraceFormat::Trace,
        None => trace_format(&path),
    };
    Some(TraceOptions { path, format, secrets: options.trace_secrets })
}

/// The format by the file's ending.
pub(super) fn trace_format(path: &Path) -> TraceFormat {
    let is_capture = path.extension().is_some_and(|ending| ending == "pcapng");
    if is_capture { TraceFormat::Pcapng } else { TraceFormat::Trace }
}

pub(super) fn seed(text: &str) -> Result<[u8; 32], AppError> {
    let mut seed = [0; 32];
    hex::decode_to_slice(text, &mut seed).map_err(|error| {
        AppError::new(
            Code::Usage,
            format!("The seed is not 64 hexadecimal digits: {error}."),
            "Give exactly 32 bytes.",
        )
    })?;
    Ok(seed)
}

fn announce(context: &Context, key: &RunningKey) -> Result<(), AppError> {
    if context.json {
        return print_json(&Event::Ready { key: key.name().to_owned(), addresses: key.addresses() });
    }
    say!("The {} key is at {}. Stop it with Ctrl+C.", key.name(), key.addresses().join(", "));
    Ok(())
}

/// One line per event. A reader that went away does not stop the key.
fn tell(event: &Event) {
    let _ = print_json(event);
}

async fn first_stopped(keys: &[RunningKey]) -> AppError {
    let mut waiting: Vec<_> = keys.iter().map(|key| Box::pin(key.stopped())).collect();
    std::future::poll_fn(|context| {
        for key in &mut waiting {
            if let std::task::Poll::Ready(error) = key.as_mut().poll(context) {
                return std::task::Poll::Ready(error);
            }
        }
        std::task::Poll::Pending
    })
    .await
}
