use app::{
    AppError, Code, printable,
    security_keys::{KeyFingerprint, OpenKey},
};
use std::io::{IsTerminal, Write};

use super::asking::with_key;
use crate::{
    args::{Fingerprint, Which},
    commands::Context,
    output::{print_json, print_table, say},
};

pub(super) fn run(context: &Context, which: &Which, command: &Fingerprint) -> Result<(), AppError> {
    match command {
        Fingerprint::List => list(context, which),
        Fingerprint::Enroll { name } => enroll(context, which, name.as_deref()),
        Fingerprint::Rename { id, name } => {
            let rename = async |key: &mut OpenKey| context.app.rename_key_fingerprint(key, id, name).await;
            with_key(context, which, rename)?;
            told(context, &KeyFingerprint { id: id.clone(), name: Some(name.clone()) })
        }
        Fingerprint::Remove { id, yes } => remove(context, which, id, *yes),
    }
}

fn list(context: &Context, which: &Which) -> Result<(), AppError> {
    let known = with_key(context, which, async |key| context.app.key_fingerprints(key).await)?;
    if context.json {
        return print_json(&known);
    }
    if known.fingerprints.is_empty() {
        say!("The key knows no finger.");
        return Ok(());
    }
    let rows: Vec<_> = known
        .fingerprints
        .into_iter()
        .map(|finger| {
            [finger.name.as_deref().map_or_else(|| "without a name".to_owned(), printable), finger.id]
        })
        .collect();
    print_table(["NAME", "ID"], &rows);
    Ok(())
}

fn enroll(context: &Context, which: &Which, name: Option<&str>) -> Result<(), AppError> {
    let enrolled = with_key(context, which, async |key| {
        eprintln!("Touch the sensor of the key with the finger that it shall know.");
        let sampled = |sample: app::security_keys::FingerprintSample| match sample.remaining {
            0 => eprintln!("That was the last touch."),
            1 => eprintln!("{} One more touch.", sample.advice),
            more => eprintln!("{} {more} more touches.", sample.advice),
        };
        let finger = context.app.enroll_key_fingerprint(key, sampled).await?;
        let Some(name) = name.map(str::to_owned).or_else(|| ask_name(context)) else { return Ok(finger) };
        // The finger is enrolled, whatever becomes of its name.
        context.app.rename_key_fingerprint(key, &finger.id, &name).await.map_err(|error| AppError {
            message: format!("The key knows the finger as {}, without a name. {}", finger.id, error.message),
            ..error
        })?;
        Ok(KeyFingerprint { name: Some(name), ..finger })
    })?;
    told(context, &enrolled)
}

/// A name is easier to find when the touching is done.
fn ask_name(context: &Context) -> Option<String> {
    if context.json || !std::io::stdin().is_terminal() {
        return None;
    }
    eprint!("Name of the finger: ");
    let _ = std::io::stderr().flush();
    let mut name = String::new();
    let _ = std::io::stdin().read_line(&mut name);
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn remove(context: &Context, which: &Which, id: &str, yes: bool) -> Result<(), AppError> {
    if !yes && !context.confirmed("Have the key forget this finger?", "Forgetting a finger")? {
        return Err(AppError::plain(Code::Refused, "The key still knows the finger."));
    }
    with_key(context, which, async |key| context.app.remove_key_fingerprint(key, id).await)?;
    if context.json {
        return print_json(&serde_json::json!({ "removed": id }));
    }
    say!("The key knows the finger no more.");
    Ok(())
}

fn told(context: &Context, finger: &KeyFingerprint) -> Result<(), AppError> {
    if context.json {
        return print_json(finger);
    }
    match &finger.name {
        Some(name) => say!("The key knows the finger as {name} ({}).", finger.id),
        None => say!("The key knows the finger as {}.", finger.id),
    }
    Ok(())
}
