//! Files of passkeys from the command line, for tests with other programs: `list FILE [KEY_FILE]` says what is in a
//! file without its secrets, `convert FORMAT FILE OUT` writes it again in another format. A password is read from
//! standard input.
#![allow(clippy::print_stdout)]

use std::{
    env, fs,
    io::{self, Read},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::{Document, Format, Heading, MAXIMUM, Passkey, Unlock, read_with, write};
use secrecy::SecretString;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match &arguments[..] {
        ["list", file] => open(file, None).map(|document| println!("{}", listed(&document))),
        ["list", file, key_file] => {
            open(file, Some(key_file)).map(|document| println!("{}", listed(&document)))
        }
        ["convert", format, file, out] => {
            open(file, None).and_then(|document| convert(format, document, out))
        }
        _ => Err("list FILE [KEY_FILE] | convert FORMAT FILE OUT".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn open(file: &str, key_file: Option<&str>) -> Result<Document, String> {
    let bytes = bounded(file)?;
    let key_file = key_file.map(bounded).transpose()?;
    let format = Format::detect(&bytes).ok_or("No format that is known.")?;
    let password = format.is_sealed().then(password).transpose()?;
    let unlock = Unlock { password: password.as_ref(), key_file: key_file.as_deref() };
    read_with(format, &bytes, unlock).map_err(|error| format!("{error}. {}", error.hint()))
}

fn bounded(file: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).map_err(|error| format!("{file}: {error}"))?;
    opened.take(MAXIMUM as u64 + 1).read_to_end(&mut bytes).map_err(|error| format!("{file}: {error}"))?;
    Ok(bytes)
}

fn password() -> Result<SecretString, String> {
    let text = io::read_to_string(io::stdin()).map_err(|error| error.to_string())?;
    Ok(SecretString::from(text.trim_end_matches('\n')))
}

fn listed(document: &Document) -> Value {
    document
        .rows
        .iter()
        .map(|row| match &row.passkey {
            Ok(passkey) => json!({
                "place": row.place,
                "rpId": passkey.rp_id,
                "userName": passkey.user_name,
                "credentialId": URL_SAFE_NO_PAD.encode(&passkey.credential_id),
                "algorithm": passkey.algorithm,
                "hasHmacSecret": passkey.hmac_secret.is_some(),
                "notes": row.notes,
            }),
            Err(reason) => json!({ "place": row.place, "refused": reason }),
        })
        .collect()
}

fn convert(format: &str, document: Document, out: &str) -> Result<(), String> {
    let format = Format::of_id(format).ok_or("No format has this name.")?;
    let password = format.is_sealed().then(password).transpose()?;
    let passkeys: Vec<Passkey> = document.rows.into_iter().filter_map(|row| row.passkey.ok()).collect();
    let written_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let heading = Heading { exporter_name: "Latchkey", exporter_rp_id: "latchkey.example", written_at };
    let written = write(format, &passkeys, &heading, password.as_ref())
        .map_err(|error| format!("{error}. {}", error.hint()))?;
    fs::write(out, &*written.bytes).map_err(|error| format!("{out}: {error}"))
}
