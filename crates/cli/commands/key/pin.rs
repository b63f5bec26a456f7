use app::{
    AppError, Code,
    security_keys::{OpenKey, PinRules, PinState, PinStatus},
};
use secrecy::SecretString;
use std::{cell::RefCell, io::IsTerminal, path::Path};

use super::asking;
use crate::{
    args::{NewPin, Pin, Which},
    commands::Context,
    output::{bold, print_json, say},
    secret,
};

pub(super) fn run(context: &Context, which: &Which, command: &Pin) -> Result<(), AppError> {
    let status = match command {
        Pin::Status => asking::with_key(context, which, async |key| context.app.key_pin(key).await)?,
        Pin::Set(new) => set(context, which, new)?,
        Pin::Change(new) => change(context, which, new)?,
    };
    if context.json {
        return print_json(&status);
    }
    show(&status);
    Ok(())
}

fn set(context: &Context, which: &Which, new: &NewPin) -> Result<PinStatus, AppError> {
    asking::with_key(context, which, async |key| {
        // What cannot be is told before anybody thinks of a PIN.
        let status = context.app.key_pin(key).await?;
        if status.state == PinState::NotSet {
            eprintln!(
                "A PIN can be changed, and cannot be taken off again other than by a reset, which erases the key."
            );
            let pin = new_pin(new, &status.rules).await?;
            context.app.set_key_pin(key, &pin).await?;
        } else {
            context.app.set_key_pin(key, &SecretString::from("")).await?;
        }
        context.app.key_pin(key).await
    })
}

fn change(context: &Context, which: &Which, new: &NewPin) -> Result<PinStatus, AppError> {
    if [&which.pin_file, &new.new_pin_file].iter().all(|file| file.as_deref() == Some(Path::new("-"))) {
        return Err(AppError::new(
            Code::Usage,
            "Standard input holds one PIN, and two are needed.",
            "Give the other one in a file.",
        ));
    }
    // Typed once, also where the present PIN is mistyped.
    let typed: RefCell<Option<SecretString>> = RefCell::default();
    asking::with_key(context, which, async |key: &mut OpenKey| {
        key.require_pin().await?;
        let known = typed.borrow().clone();
        let pin = match known {
            Some(pin) => pin,
            None => new_pin(new, &PinRules::of(key)).await?,
        };
        typed.replace(Some(pin.clone()));
        context.app.change_key_pin(key, &pin).await?;
        context.app.key_pin(key).await
    })
}

/// From the file, else asked for twice, after the rules.
async fn new_pin(new: &NewPin, rules: &PinRules) -> Result<SecretString, AppError> {
    if let Some(file) = &new.new_pin_file {
        return secret::from_file(file);
    }
    if !std::io::stdin().is_terminal() {
        return Err(AppError::new(
            Code::Usage,
            "A new PIN is needed and there is no terminal to ask in.",
            "Name a file with --new-pin-file, or give the PIN on standard input with --new-pin-file -.",
        ));
    }
    eprintln!("{}", in_words(rules));
    let first = secret::typed("New PIN").await?;
    secret::same(first, &secret::typed("The same again").await?)
}

fn in_words(rules: &PinRules) -> String {
    let guessed = match (&rules.complexity_url, rules.complexity) {
        (Some(url), true) => format!(", and is not easily guessed ({url})"),
        (None, true) => ", and is not easily guessed, by rules of the maker's".to_owned(),
        _ => String::new(),
    };
    format!(
        "A PIN of this key has {} to {} characters, letters or digits, {} bytes at most{guessed}.",
        rules.min_length, rules.max_length, rules.max_bytes
    )
}

fn show(status: &PinStatus) {
    let tries =
        |tries: u32| if tries == 1 { "1 try is left".to_owned() } else { format!("{tries} tries are left") };
    let left = status.tries_left.map(tries).unwrap_or_default();
    let state = match status.state {
        PinState::Unsupported => "this key takes none".to_owned(),
        PinState::NotSet => "not set yet: `latchkey key pin set`".to_owned(),
        PinState::Set => format!("set; {left}"),
        PinState::MustChange => format!("set, and must be changed before the key is used; {left}"),
        PinState::ReplugFirst => {
            format!(
                "blocked for now, after three wrong ones in a row: unplug the key and plug it in again; {left}"
            )
        }
        PinState::Blocked => {
            "blocked: no tries are left, and only a reset helps, which erases the key".to_owned()
        }
    };
    say!("{}{state}", bold(format!("{:<12}", "PIN")));
    if let Some(own) = status.own_verification_tries_left {
        say!("{}{}", bold(format!("{:<12}", "Finger")), tries(own));
    }
    if status.state != PinState::Unsupported {
        say!("{}{}", bold(format!("{:<12}", "Rules")), in_words(&status.rules));
    }
}
