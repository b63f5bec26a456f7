//! Passkeys to a database of version 4.1, as KeePassXC lays them out.

use std::time::Duration;

use keepass::{
    Database, DatabaseKey,
    config::{DatabaseConfig, KdfConfig},
    db::{EntryMut, Times, fields},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{
    CREDENTIAL_ID, FLAG_BE, FLAG_BS, PRF, PRIVATE_KEY_PEM, RELYING_PARTY, TAG, UNKNOWN, USER_HANDLE, USERNAME,
};
use crate::{
    base64::{standard, url},
    error::Error,
    format::Format,
    keepassxc::default_url,
    passkey::Passkey,
    pem,
    write::Heading,
};

/// The group that KeePassXC imports into.
const GROUP: &str = "Imported Passkeys";

/// The vault's own parameters (RFC 9106 §4, the second choice), with more passes because the file may lie anywhere.
const MEMORY: u64 = 64 * 1024 * 1024;
const PASSES: u64 = 8;
const LANES: u32 = 4;

/// The last second that a database can say.
const YEAR_9999: u64 = 253_402_300_799;

pub(crate) fn write(
    passkeys: &[&Passkey],
    heading: &Heading<'_>,
    password: Option<&SecretString>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let password = password.map(ExposeSecret::expose_secret).filter(|password| !password.is_empty());
    let password = password.ok_or(Error::PasswordMissing(Format::Kdbx))?;
    let mut database = Database::with_config(config());
    database.meta.generator = Some(heading.exporter_name.into());
    database.meta.database_name = Some(heading.exporter_name.into());
    let mut root = database.root_mut();
    root.name = "Root".into();
    root.times = times(heading.written_at, None, heading);
    let mut group = root.add_group();
    group.name = GROUP.into();
    group.times = times(heading.written_at, None, heading);
    for passkey in passkeys {
        entry(&mut group.add_entry(), passkey, heading);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let key = DatabaseKey::new().with_password(password);
    database.save(&mut *bytes, key).map_err(|error| Error::Carrier(error.to_string()))?;
    Ok(bytes)
}

fn config() -> DatabaseConfig {
    let mut config = DatabaseConfig::default();
    // Only the default has the version's type, which the crate does not hand out.
    if let KdfConfig::Argon2 { version, .. } = config.kdf_config {
        config.kdf_config =
            KdfConfig::Argon2id { iterations: PASSES, memory: MEMORY, parallelism: LANES, version };
    }
    config
}

fn entry(entry: &mut EntryMut<'_>, passkey: &Passkey, heading: &Heading<'_>) {
    let user_name = passkey.user_name.as_deref().unwrap_or_default();
    let first_url = passkey.urls.first().cloned().unwrap_or_else(|| default_url(passkey));
    let mut open = |name: &str, text: &str| entry.set_unprotected(xml(name), xml(text));
    open(fields::TITLE, passkey.title.as_deref().unwrap_or(&passkey.rp_id));
    open(fields::USERNAME, user_name);
    open(fields::URL, &first_url);
    open(fields::NOTES, passkey.notes.as_deref().unwrap_or_default());
    for (index, address) in passkey.urls.iter().enumerate().skip(1) {
        open(&format!("KP2A_URL_{index}"), address);
    }
    open(USERNAME, user_name);
    open(RELYING_PARTY, &passkey.rp_id);
    for (name, flag) in [(FLAG_BE, passkey.backup_eligible), (FLAG_BS, passkey.backup_state)] {
        if let Some(flag) = flag {
            open(name, if flag { "1" } else { "0" });
        }
    }
    entry.set_protected(fields::PASSWORD, "");
    entry.set_protected(CREDENTIAL_ID, url(&passkey.credential_id));
    entry.set_protected(PRIVATE_KEY_PEM, &**pem::encode(&passkey.key));
    entry.set_protected(USER_HANDLE, url(&passkey.user_handle));
    if let Some(seeds) = &passkey.hmac_secret {
        entry.set_protected(PRF, standard(&*seeds.with_uv));
    }
    for (name, value) in passkey.unknown.iter() {
        if let (Some(name), Some(text)) = (name.strip_prefix(UNKNOWN), value.as_str())
            && entry.get(name).is_none()
        {
            entry.set_protected(xml(name), xml(text));
        }
    }
    entry.tags = [TAG.to_owned()].into_iter().chain(passkey.tags.iter().map(|tag| xml(tag))).collect();
    entry.times = times(passkey.created_at.unwrap_or(heading.written_at), passkey.last_used_at, heading);
}

/// What XML 1.0 can say (§2.2): one other letter, and no program opens the database.
fn xml(text: &str) -> String {
    let says = |letter: char| !letter.is_control() && !matches!(letter, '\u{FFFE}' | '\u{FFFF}');
    let of_text =
        |letter| if says(letter) || "\t\n\r".contains(letter) { letter } else { char::REPLACEMENT_CHARACTER };
    text.chars().map(of_text).collect()
}

fn times(created: u64, accessed: Option<u64>, heading: &Heading<'_>) -> Times {
    let time = |seconds: u64| Times::epoch() + Duration::from_secs(seconds.min(YEAR_9999));
    let mut times = Times::default();
    times.creation = Some(time(created));
    times.last_modification = Some(time(heading.written_at));
    times.last_access = Some(time(accessed.unwrap_or(created)));
    times.location_changed = Some(time(heading.written_at));
    times.expiry = time(heading.written_at);
    times.expires = Some(false);
    times.usage_count = Some(0);
    times
}
