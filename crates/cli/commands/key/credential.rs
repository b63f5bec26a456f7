use anstyle::AnsiColor;
use app::{
    AppError, Code, printable,
    security_keys::{KeyCredential, KeyCredentials, NewNames},
};

use std::sync::atomic::{AtomicUsize, Ordering};

use super::asking::with_key;
use crate::{
    args::{Credential, CredentialList, Which},
    commands::Context,
    output::{print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, which: &Which, command: &Credential) -> Result<(), AppError> {
    match command {
        Credential::List(options) => list(context, which, options),
        Credential::Show(id) => show(context, which, &id.id),
        Credential::Rename { id, name, display_name } => {
            let names = NewNames { user_name: name.clone(), user_display_name: display_name.clone() };
            rename(context, which, &id.id, &names)
        }
        Credential::Delete { ids, yes } => delete(context, which, ids, *yes),
        Credential::KeepAccess => {
            context.unlock()?;
            with_key(context, which, async |key| context.app.keep_key_access(key).await)?;
            done(
                context,
                "The vault keeps read-only access: the key is listed without its PIN, until that is changed.",
            )
        }
        Credential::ForgetAccess => {
            context.unlock()?;
            with_key(context, which, async |key| context.app.forget_key_access(key))?;
            done(
                context,
                "The vault keeps no access any more. The key forgets its token when its PIN is changed.",
            )
        }
    }
}

fn list(context: &Context, which: &Which, options: &CredentialList) -> Result<(), AppError> {
    let credentials = read(context, which)?.with_words(&options.words);
    if context.json {
        return print_json(&credentials);
    }
    if options.csv {
        say!("{}", credentials.csv().trim_end());
        return Ok(());
    }
    if credentials.unchanged {
        eprintln!("Nothing changed on the key since {}.", credentials.listed_at);
    }
    if credentials.credentials.is_empty() {
        say!(
            "{}",
            if options.words.is_empty() {
                "No passkeys on this key."
            } else {
                "No passkey holds these words."
            }
        );
    } else {
        let rows: Vec<_> = credentials.credentials.iter().map(row).collect();
        print_table(["SITE", "ACCOUNT", "NAME", "ALGORITHM", "PROTECTION", "ID"], &rows);
    }
    let room = credentials.remaining.map(|more| format!(", room for up to {more} more")).unwrap_or_default();
    say!("{} on the key{room}.", counted(credentials.existing));
    if credentials.unreadable > 0 {
        eprintln!(
            "{} cannot be read: the key tells of them in another way than CTAP says.",
            credentials.unreadable
        );
    }
    Ok(())
}

/// Reads the list, the vault's part in it where the vault opens without asking.
fn read(context: &Context, which: &Which) -> Result<KeyCredentials, AppError> {
    context.unlock_quietly()?;
    with_key(context, which, async |key| {
        let many = |found: u64, of: u64| {
            if of >= MANY && found.is_multiple_of(10) {
                eprint!("\r{found} of {of}");
            }
        };
        let credentials = context.app.key_credentials(key, many).await?;
        if u64::from(credentials.existing) >= MANY && !credentials.unchanged {
            eprintln!();
        }
        Ok(credentials)
    })
}

/// From so many on, a person wants to see that it goes on.
const MANY: u64 = 50;

fn row(credential: &KeyCredential) -> [String; 6] {
    [
        printable(&credential.rp_id),
        printable(credential.user_name.as_deref().unwrap_or_default()),
        printable(credential.user_display_name.as_deref().unwrap_or_default()),
        credential.algorithm.clone().unwrap_or_else(|| "?".to_owned()),
        protection(credential.cred_protect).to_owned(),
        credential.credential_id.clone(),
    ]
}

fn protection(level: Option<u8>) -> &'static str {
    match level {
        Some(1) => "none",
        Some(2) => "id or PIN",
        Some(3) => "PIN",
        _ => "not told",
    }
}

fn show(context: &Context, which: &Which, id: &str) -> Result<(), AppError> {
    let credential = find(read(context, which)?, id)?;
    if context.json {
        return print_json(&credential);
    }
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let rp_id = printable(&credential.rp_id);
    let site = if credential.rp_id_whole { rp_id } else { format!("{rp_id} (cut off by the key)") };
    for (name, value) in [
        ("Site", site),
        ("Site's hash", credential.rp_id_hash),
        ("Account", printable(&credential.user_name.unwrap_or_default())),
        ("Person", printable(&credential.user_display_name.unwrap_or_default())),
        ("User handle", credential.user_id),
        ("Algorithm", credential.algorithm.unwrap_or_else(|| "not told".to_owned())),
        ("Protection", format!("{} (credProtect)", protection(credential.cred_protect))),
        ("Large blob", yes(credential.large_blob_key)),
        ("Payments", credential.third_party_payment.map_or_else(|| "not told".to_owned(), yes)),
        ("Public key", credential.public_key.unwrap_or_else(|| "not told".to_owned())),
        ("Id", credential.credential_id),
    ] {
        say!("{name:<12}{value}");
    }
    Ok(())
}

fn find(credentials: KeyCredentials, id: &str) -> Result<KeyCredential, AppError> {
    credentials.credentials.into_iter().find(|credential| credential.credential_id == id).ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            format!("The key has no passkey with the id {id}."),
            "See the ids with `latchkey key credential list`.",
        )
    })
}

fn rename(context: &Context, which: &Which, id: &str, names: &NewNames) -> Result<(), AppError> {
    context.unlock_quietly()?;
    let renamed =
        with_key(context, which, async |key| context.app.rename_key_credential(key, id, names).await)?;
    if context.json {
        return print_json(&renamed);
    }
    let shown = |name: &Option<String>| name.as_deref().map_or_else(|| "none".to_owned(), printable);
    say!(
        "The key keeps: account {}, person {}.",
        shown(&renamed.user_name),
        shown(&renamed.user_display_name)
    );
    if renamed.truncated {
        eprintln!(
            "{}",
            styled("That is less than it was told: the key cuts longer names.", AnsiColor::Yellow)
        );
    }
    Ok(())
}

fn delete(context: &Context, which: &Which, ids: &[String], yes: bool) -> Result<(), AppError> {
    context.unlock_quietly()?;
    if !yes {
        let list = read(context, which)?;
        for id in ids {
            let credential = find(list.clone(), id)?;
            let account = credential.user_name.or(credential.user_display_name).unwrap_or_default();
            eprintln!("{}  {}", printable(&credential.rp_id), printable(&account));
        }
        let question = match ids.len() {
            1 => "Delete this passkey from the key for ever?".to_owned(),
            many => format!("Delete these {many} passkeys from the key for ever?"),
        };
        if !context.confirmed(&question, "Deleting from a key")? {
            return Err(AppError::plain(Code::Refused, "Nothing was deleted."));
        }
    }
    // Where the PIN is asked for again, those that are gone are not deleted twice.
    let done = AtomicUsize::new(0);
    with_key(context, which, async |key| {
        let left = ids.get(done.load(Ordering::Relaxed)..).unwrap_or_default();
        let hear = |id: &str| {
            done.fetch_add(1, Ordering::Relaxed);
            eprintln!("Deleted {id}.");
        };
        context.app.delete_key_credentials(key, left, hear).await
    })?;
    if context.json {
        return print_json(&serde_json::json!({ "deleted": ids }));
    }
    say!("{} deleted.", counted(u32::try_from(ids.len()).unwrap_or(u32::MAX)));
    Ok(())
}

fn done(context: &Context, sentence: &str) -> Result<(), AppError> {
    if context.json {
        return print_json(&serde_json::json!({}));
    }
    say!("{sentence}");
    Ok(())
}

fn counted(passkeys: u32) -> String {
    if passkeys == 1 { "1 passkey".to_owned() } else { format!("{passkeys} passkeys") }
}
