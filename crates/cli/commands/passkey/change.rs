use app::{
    App, AppError, Code,
    passkeys::{Passkey, PasskeyEdit},
    signals::SignalEffect,
};
use std::{io::Read, path::Path};

use crate::{
    args,
    commands::Context,
    output::{print_json, say},
};

pub(super) fn rename(context: &Context, id: &str, names: args::Names) -> Result<(), AppError> {
    let args::Names { account, person, site } = names;
    let edit = PasskeyEdit {
        user_name: account,
        user_display_name: person,
        rp_name: site,
        ..PasskeyEdit::default()
    };
    context.app.edit_passkey(id, edit)?;
    done(context, id, "Renamed. The site goes on calling the account what it calls it.")
}

pub(super) fn note(
    context: &Context,
    id: &str,
    notes: Option<String>,
    tags: Option<Vec<String>>,
) -> Result<(), AppError> {
    context.app.edit_passkey(id, PasskeyEdit { notes, tags, ..PasskeyEdit::default() })?;
    done(context, id, "Noted.")
}

pub(super) fn hide(context: &Context, id: &str, hidden: bool) -> Result<(), AppError> {
    context.app.hide_passkey(id, hidden)?;
    let said = if hidden { "Hidden: no site is offered it." } else { "Its site is offered it again." };
    done(context, id, said)
}

pub(super) fn delete(context: &Context, id: &str, yes: bool) -> Result<(), AppError> {
    let passkey = context.app.passkey(id)?;
    let question =
        format!("Move the passkey of {} to the trash? It stays there for 30 days.", whose(&passkey));
    if !yes && !context.confirmed(&question, "Deleting")? {
        return Err(AppError::plain(Code::Refused, "Nothing was deleted."));
    }
    context.app.delete_passkey(id)?;
    let until = context.app.passkey(id)?.purge_at.unwrap_or_default();
    done(
        context,
        id,
        &format!(
            "In the trash until {until}; `latchkey passkey restore {id}` takes it back. The site still lists it: \
             remove it there too."
        ),
    )
}

pub(super) fn restore(context: &Context, id: &str, in_place: bool) -> Result<(), AppError> {
    context.app.restore_passkey(id, in_place)?;
    done(context, id, "Restored: its site is offered it again.")
}

pub(super) fn purge(context: &Context, id: Option<&str>, yes: bool) -> Result<(), AppError> {
    let question = match id {
        Some(id) => {
            let passkey = context.app.passkey(id)?;
            format!("Destroy the passkey of {} for good? It cannot be undone.", whose(&passkey))
        }
        None => "Destroy all that is in the trash, for good? It cannot be undone.".to_owned(),
    };
    if !yes && !context.confirmed(&question, "Destroying")? {
        return Err(AppError::plain(Code::Refused, "Nothing was destroyed."));
    }
    let purged = match id {
        Some(id) => context.app.purge_passkey(id).map(|()| 1)?,
        None => context.app.empty_trash()?,
    };
    if context.json {
        return print_json(&serde_json::json!({ "purged": purged }));
    }
    match purged {
        1 => say!("Destroyed 1 passkey."),
        purged => say!("Destroyed {purged} passkeys."),
    }
    Ok(())
}

pub(super) fn signal(context: &Context, file: &Path) -> Result<(), AppError> {
    let mut changes = Vec::new();
    for signal in App::read_signals(&read(file)?)? {
        changes.extend(context.app.signal(&signal)?);
    }
    if context.json {
        return print_json(&changes);
    }
    if changes.is_empty() {
        say!("Nothing changed.");
    }
    for change in changes {
        let what = match change.effect {
            SignalEffect::Hidden => "Hidden",
            SignalEffect::Shown => "Offered again",
            SignalEffect::Renamed => "Renamed",
        };
        say!("{what}: {}  {}", whose(&change.passkey), change.passkey.id);
    }
    Ok(())
}

/// Prints the passkey as it is now, or a sentence.
fn done(context: &Context, id: &str, said: &str) -> Result<(), AppError> {
    if context.json {
        return print_json(&context.app.passkey(id)?);
    }
    say!("{said}");
    Ok(())
}

fn whose(passkey: &Passkey) -> String {
    format!("{} at {}", passkey.user_name.as_deref().unwrap_or("this account"), passkey.rp_id)
}

fn read(file: &Path) -> Result<String, AppError> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut opened| opened.read_to_string(&mut text))
    };
    read.map(|_| text).map_err(|error| {
        AppError::new(
            Code::Failed,
            format!("{} cannot be read: {error}.", file.display()),
            "Check the path and that you may read the file.",
        )
    })
}
