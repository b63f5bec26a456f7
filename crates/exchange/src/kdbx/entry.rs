//! An entry's fields to passkeys. KeePassDX puts further passkeys of an entry behind `_1`, `_2` and so on.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use zeroize::Zeroizing;

use super::{
    CREDENTIAL_ID, FLAG_BE, FLAG_BS, LEGACY_CREDENTIAL_ID, LEGACY_USERNAME, PREFIX, PRF, PRIVATE_KEY_PEM,
    RELYING_PARTY, TAG, UNKNOWN, USER_HANDLE, USERNAME, bytes::Bytes, xml::Entry,
};
use crate::{
    base64,
    document::{Document, Row, TOO_MUCH, may_repeat, plain},
    json::said,
    keepassxc::default_url,
    passkey::{HmacSecret, Passkey},
    pem,
};

/// Fields of a passkey that [`Passkey`] has a place for.
const KNOWN: &[&str] = &[
    USERNAME,
    CREDENTIAL_ID,
    PRIVATE_KEY_PEM,
    RELYING_PARTY,
    USER_HANDLE,
    FLAG_BE,
    FLAG_BS,
    LEGACY_USERNAME,
    LEGACY_CREDENTIAL_ID,
];

/// Seconds from the year 1 to 1970.
const YEAR_ONE: u64 = 62_135_596_800;

/// The fields of one passkey by their names; a name that stood twice is `None`.
type Fields<'a> = BTreeMap<&'a str, Option<&'a str>>;

pub(super) fn document(entries: Vec<Entry>) -> Document {
    let mut document = Document::default();
    let (mut others, mut secrets) = (0usize, 0usize);
    for entry in entries {
        let passkeys = passkeys(&entry);
        if passkeys.is_empty() {
            others += 1;
            continue;
        }
        let beside = ["Password", "otp"];
        secrets += entry
            .fields
            .iter()
            .filter(|(name, value)| beside.contains(&&**name) && !value.is_empty())
            .count();
        let whole = entry.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        let repeats = may_repeat(whole, passkeys.len());
        let title = plain(field(&entry, "Title").unwrap_or("an entry without a title"));
        for (suffix, fields) in &passkeys {
            let place = format!("{}/{title}{}", plain(&entry.group), plain(suffix));
            document.rows.push(Row::read(place, |notes| passkey(&entry, repeats, fields, notes)));
        }
    }
    if others > 0 {
        document.left_out.push(format!("{others} entries without passkeys"));
    }
    if secrets > 0 {
        document.left_out.push(format!("{secrets} passwords and one-time codes beside passkeys"));
    }
    document
}

/// The passkeys of an entry by their suffixes, `""` for the first.
fn passkeys(entry: &Entry) -> BTreeMap<&str, Fields<'_>> {
    let mut passkeys: BTreeMap<&str, Fields<'_>> = BTreeMap::new();
    for (name, value) in &entry.fields {
        if !name.starts_with(PREFIX) && !name.starts_with(LEGACY_USERNAME) {
            continue;
        }
        let numbered = name.rfind('_').filter(|at| {
            let number = name.get(at + 1..).unwrap_or_default();
            !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        });
        let (base, suffix) = name.split_at(numbered.unwrap_or(name.len()));
        let fields = passkeys.entry(suffix).or_default();
        fields.entry(base).and_modify(|value| *value = None).or_insert(Some(value.as_str()));
    }
    passkeys
}

fn passkey(
    entry: &Entry,
    repeats: bool,
    fields: &Fields<'_>,
    notes: &mut Vec<String>,
) -> Result<Passkey, String> {
    if let Some((name, _)) = fields.iter().find(|(_, value)| value.is_none()) {
        return Err(format!("Its field {:?} stands twice.", plain(name)));
    }
    let value = |name: &str| fields.get(name).copied().flatten();
    let required = |name: &str| value(name).ok_or_else(|| format!("Its field {name} is missing."));
    let of_base64 = |name: &str, text: &str| {
        base64::decode(text).ok_or_else(|| format!("Its field {name} is not base64."))
    };
    let id = value(LEGACY_CREDENTIAL_ID).map_or_else(|| required(CREDENTIAL_ID), Ok)?;
    let mut passkey = Passkey::from_pkcs8(
        pem::decode(required(PRIVATE_KEY_PEM)?)?,
        of_base64(CREDENTIAL_ID, id)?,
        required(RELYING_PARTY)?,
        of_base64(USER_HANDLE, required(USER_HANDLE)?)?,
    )?;
    passkey.user_name = said(value(LEGACY_USERNAME).or(value(USERNAME)));
    passkey.discoverable = Some(true);
    // "Not supported, always 0" in KeePassXC, and no field for it.
    passkey.sign_count = Some(0);
    passkey.backup_eligible = value(FLAG_BE).map(is_set);
    passkey.backup_state = value(FLAG_BS).map(is_set);
    if passkey.backup_eligible.is_none() {
        notes.push(
            "The file does not say whether it may be backed up (BE): KeePassXC up to 2.7.11 tells sites no, other \
             programs yes. Where a site refuses it, choose the other."
                .into(),
        );
    }
    let seed = value(PRF).map(|text| base64::decode(text).map(Zeroizing::new));
    match seed.map(|seed| seed.and_then(|seed| seed.as_slice().try_into().ok())) {
        None => {}
        Some(Some(seed)) => {
            passkey.hmac_secret = Some(HmacSecret { with_uv: Zeroizing::new(seed), without_uv: None });
        }
        Some(None) => notes.push(format!("Its {PRF} is not 32 bytes in base64 and is kept as it is.")),
    }
    if repeats {
        describe(entry, &mut passkey);
    } else {
        notes.push(TOO_MUCH.into());
    }
    let taken = |name: &str| KNOWN.contains(&name) || (name == PRF && passkey.hmac_secret.is_some());
    for (name, value) in fields.iter().filter(|(name, _)| !taken(name)) {
        passkey.unknown.insert(format!("{UNKNOWN}{name}"), value.unwrap_or_default().into());
    }
    if entry.recycled {
        notes.push("It lies in the recycle bin of the database.".into());
    }
    Ok(passkey)
}

fn describe(entry: &Entry, passkey: &mut Passkey) {
    if passkey.user_name.is_none() {
        passkey.user_name = said(field(entry, "UserName"));
    }
    passkey.title = said(field(entry, "Title").filter(|title| *title != passkey.rp_id));
    passkey.notes = said(field(entry, "Notes"));
    let address = field(entry, "URL").filter(|address| *address != default_url(passkey));
    let further = entry.fields.iter().filter(|(name, _)| name.starts_with("KP2A_URL"));
    let further = further.filter_map(|(_, value)| said(Some(value)));
    passkey.urls = said(address).into_iter().chain(further).collect();
    passkey.tags = entry.tags.iter().filter(|tag| *tag != TAG).cloned().collect();
    passkey.created_at = seconds(&entry.created);
    passkey.last_used_at = seconds(&entry.accessed).filter(|accessed| Some(*accessed) != passkey.created_at);
    for (name, value) in entry.fields.iter().filter(|(name, _)| name.starts_with("AndroidApp")) {
        passkey.unknown.insert(format!("{UNKNOWN}{name}"), value.as_str().into());
    }
}

fn field<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    entry.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// KeePassXC writes 1 and 0, some write words.
fn is_set(text: &str) -> bool {
    text == "1" || text.eq_ignore_ascii_case("true")
}

/// Version 4 counts seconds from the year 1, in base64; version 3 writes ISO 8601, with or without a zone.
fn seconds(text: &str) -> Option<u64> {
    if let Some(count) =
        base64::decode(text).filter(|bytes| bytes.len() == 8).and_then(|bytes| Bytes(&bytes).array())
    {
        return u64::from_le_bytes(count).checked_sub(YEAR_ONE);
    }
    let zoned = text.parse::<Timestamp>().ok();
    let time = zoned.or_else(|| Some(text.parse::<civil::DateTime>().ok()?.in_tz("UTC").ok()?.timestamp()));
    time.and_then(|time| time.as_second().try_into().ok())
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{super::xml::Entry, document, seconds};

    #[test]
    fn a_field_that_stands_twice_costs_its_row() {
        let field = |name: &str, text: &str| (name.to_owned(), Zeroizing::new(text.to_owned()));
        let id = "KPEX_PASSKEY_CREDENTIAL_ID";
        let entry = Entry { fields: vec![field(id, "aWQ"), field(id, "b3RoZXI")], ..Entry::default() };
        let rows = document(vec![entry]).rows;
        assert_eq!(rows[0].passkey.as_ref().unwrap_err(), &format!("Its field {id:?} stands twice."));
    }

    #[test]
    fn times_of_both_versions_are_read() {
        assert_eq!(seconds("2026-03-09T00:00:00Z"), Some(1_773_014_400));
        assert_eq!(seconds("2026-03-09T00:00:00"), Some(1_773_014_400));
        let count = (1_773_014_400 + super::YEAR_ONE).to_le_bytes();
        assert_eq!(seconds(&crate::base64::standard(&count)), Some(1_773_014_400));
        for bad in ["", "yesterday", "AAAAAAAAAAA=", "0000-00-00"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
