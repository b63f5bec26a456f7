use anstyle::AnsiColor;
use app::{
    AppError, Code, printable,
    security_keys::{KeyBlob, KeyBlobs},
};
use std::{
    fs::OpenOptions,
    io::{Read, Write},
    path::Path,
};

use super::asking::with_key;
use crate::{
    args::{Blob, Which},
    commands::Context,
    output::{print_json, print_table, say, styled},
};

pub(super) fn run(context: &Context, which: &Which, command: &Blob) -> Result<(), AppError> {
    match command {
        Blob::List => list(context, which),
        Blob::Read { credential, output } => read(context, which, credential, output.as_deref()),
        Blob::Write { credential, file } => {
            let plain = content(file)?;
            let write = async |key: &mut app::security_keys::OpenKey| {
                context.app.write_key_blob(key, credential, &plain).await
            };
            with_key(context, which, write)?;
            done(context, "The key keeps it with the passkey.")
        }
        Blob::Delete { credential, yes } => {
            confirm(context, *yes, "Delete the large blob of this passkey for ever?")?;
            with_key(context, which, async |key| context.app.delete_key_blob(key, credential).await)?;
            done(context, "The passkey has no large blob any more.")
        }
        Blob::Clean { yes } => clean(context, which, *yes),
    }
}

fn list(context: &Context, which: &Which) -> Result<(), AppError> {
    let blobs = with_key(context, which, async |key| context.app.key_blobs(key).await)?;
    if context.json {
        return print_json(&blobs);
    }
    if blobs.corrupt {
        let damage =
            "What stands in the key is damaged, and nothing can be read of it. The next write begins anew.";
        eprintln!("{}", styled(damage, AnsiColor::Yellow));
    }
    if blobs.blobs.is_empty() {
        say!("No passkey on this key has a large blob.");
    } else {
        let rows: Vec<_> = blobs.blobs.iter().map(row).collect();
        print_table(["SITE", "ACCOUNT", "BYTES", "ID OF THE PASSKEY"], &rows);
    }
    say!("{} of {} bytes are used.", blobs.size, blobs.capacity);
    of_nobody(&blobs);
    Ok(())
}

fn row(blob: &KeyBlob) -> [String; 4] {
    [
        printable(&blob.rp_id),
        printable(blob.user_name.as_deref().unwrap_or_default()),
        blob.size.map_or_else(|| styled("damaged", AnsiColor::Yellow), |size| size.to_string()),
        blob.credential_id.clone(),
    ]
}

fn of_nobody(blobs: &KeyBlobs) {
    let orphans = match blobs.orphans {
        0 => return,
        1 => "1 belongs".to_owned(),
        many => format!("{many} belong"),
    };
    eprintln!("{orphans} to no passkey on the key; `latchkey key blob clean` removes what is nobody's.");
}

fn read(context: &Context, which: &Which, credential: &str, output: Option<&Path>) -> Result<(), AppError> {
    // Opened first: a file that cannot be written is told before a PIN is asked for.
    let file = output.map(|path| (path, created(path))).map(|(path, file)| Ok::<_, AppError>((path, file?)));
    let file = file.transpose()?;
    let plain = with_key(context, which, async |key| context.app.key_blob(key, credential).await);
    let plain = plain.inspect_err(|_| {
        if let Some((path, _)) = &file {
            let _ = std::fs::remove_file(path);
        }
    })?;
    if context.json {
        return print_json(&serde_json::json!({ "credentialId": credential, "hex": hex::encode(plain) }));
    }
    let written = match file {
        Some((_, mut file)) => file.write_all(&plain),
        None => std::io::stdout().lock().write_all(&plain),
    };
    written.map_err(|error| AppError::plain(Code::Failed, format!("The blob cannot be written: {error}.")))
}

fn created(path: &Path) -> Result<std::fs::File, AppError> {
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
        AppError::new(
            Code::Failed,
            format!("The file {} cannot be made: {error}.", path.display()),
            "Name a file that is not there yet.",
        )
    })
}

fn content(path: &Path) -> Result<Vec<u8>, AppError> {
    let mut plain = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut plain)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut plain))
    };
    read.map_err(|error| {
        AppError::new(
            Code::Failed,
            format!("The file {} cannot be read: {error}.", path.display()),
            "Check the path and that you may read the file.",
        )
    })?;
    Ok(plain)
}

fn clean(context: &Context, which: &Which, yes: bool) -> Result<(), AppError> {
    confirm(context, yes, "Remove every large blob that no passkey on the key opens, for ever?")?;
    let removed = with_key(context, which, async |key| context.app.clean_key_blobs(key).await)?;
    if context.json {
        return print_json(&serde_json::json!({ "removed": removed }));
    }
    match removed {
        0 => say!("There is none."),
        1 => say!("1 large blob removed."),
        many => say!("{many} large blobs removed."),
    }
    Ok(())
}

fn confirm(context: &Context, yes: bool, question: &str) -> Result<(), AppError> {
    if yes || context.confirmed(question, "Removing a large blob")? {
        Ok(())
    } else {
        Err(AppError::plain(Code::Refused, "Nothing was removed."))
    }
}

fn done(context: &Context, sentence: &str) -> Result<(), AppError> {
    if context.json {
        return print_json(&serde_json::json!({}));
    }
    say!("{sentence}");
    Ok(())
}
