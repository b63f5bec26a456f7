//! Databases that others wrote, and such as nobody should open.

use ctap::cose;
use exchange::{Document, Error, Format, Passkey, Unlock, read_with, write};
use keepass::{
    Database, DatabaseKey,
    config::{CompressionConfig, DatabaseConfig, InnerCipherConfig, KdfConfig, OuterCipherConfig},
};
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use crate::support::{HEADING, bare, complete, fixture, key, password};

fn open(bytes: &[u8]) -> Result<Document, Error> {
    exchange::read(Format::Kdbx, bytes, Some(&password()))
}

fn config() -> DatabaseConfig {
    let mut config = DatabaseConfig::default();
    config.kdf_config = KdfConfig::Aes { rounds: 10 };
    config
}

fn save(config: DatabaseConfig, fill: impl FnOnce(&mut Database)) -> Vec<u8> {
    let mut database = Database::with_config(config);
    fill(&mut database);
    let mut bytes = Vec::new();
    database.save(&mut bytes, DatabaseKey::new().with_password(password().expose_secret())).unwrap();
    bytes
}

fn pem() -> String {
    let der = key(cose::ES256, 1);
    let letters = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &*der);
    format!("-----BEGIN PRIVATE KEY-----\n{letters}\n-----END PRIVATE KEY-----")
}

fn fields(suffix: &str) -> Vec<(String, String)> {
    [
        ("CREDENTIAL_ID", "aWQ"),
        ("PRIVATE_KEY_PEM", &pem()),
        ("RELYING_PARTY", "kdbx.example"),
        ("USER_HANDLE", "aGFuZGxl"),
        ("USERNAME", "ada"),
    ]
    .map(|(name, value)| (format!("KPEX_PASSKEY_{name}{suffix}"), value.to_owned()))
    .to_vec()
}

fn with_fields(fields: &[(String, String)]) -> Vec<u8> {
    save(config(), |database| {
        let mut root = database.root_mut();
        let mut entry = root.add_entry();
        for (name, value) in fields {
            entry.set_protected(name, value);
        }
    })
}

#[test]
fn a_database_of_pykeepass_is_read() {
    let unlock = Unlock { password: Some(&password()), key_file: None };
    let document = read_with(Format::Kdbx, &fixture("pykeepass.kdbx"), unlock).unwrap();
    let places: Vec<_> = document.rows.iter().map(|row| row.place.as_str()).collect();
    assert_eq!(
        places,
        ["Passkeys/ES256", "Passkeys/EdDSA", "Passkeys/RS256", "Passkeys/Legacy", "Recycle Bin/Old"]
    );
    assert_eq!(
        document.left_out,
        ["1 entries without passkeys", "5 passwords and one-time codes beside passkeys"]
    );
    let passkeys: Vec<_> = document.rows.iter().map(|row| row.passkey.as_ref().unwrap()).collect();
    let algorithms: Vec<_> = passkeys.iter().map(|passkey| passkey.algorithm).collect();
    assert_eq!(algorithms, [cose::ES256, cose::EDDSA, cose::RS256, cose::ES256, cose::ES256]);
    let first = passkeys[0];
    assert_eq!((first.backup_eligible, first.backup_state), (Some(true), Some(false)));
    assert_eq!(*first.hmac_secret.as_ref().unwrap().with_uv, [7; 32]);
    assert_eq!(first.unknown["kdbx:KPEX_PASSKEY_FUTURE"], "as it is");
    assert_eq!(
        (&first.tags[..], first.notes.as_deref()),
        (&["blue".to_owned()][..], Some("a <note> & more"))
    );
    assert_eq!(first.urls, ["https://es256.example/login", "https://other.example"]);
    assert_eq!((passkeys[3].user_name.as_deref(), passkeys[3].backup_eligible), (Some("old ada"), None));
    assert!(document.rows[3].notes[0].contains("2.7.11"));
    assert!(document.rows[4].notes.iter().any(|note| note.contains("recycle bin")));
}

#[test]
fn a_database_with_a_key_file_of_pykeepass_is_read() {
    let key_file = fixture("pykeepass.keyx");
    let password = password();
    let unlock = Unlock { password: Some(&password), key_file: Some(&key_file) };
    let bytes = fixture("pykeepass-keyfile.kdbx");
    assert_eq!(read_with(Format::Kdbx, &bytes, unlock).unwrap().rows.len(), 1);
    assert!(matches!(open(&bytes), Err(Error::WrongPassword)));
}

/// Of version 3, by the Perl module `File::KeePass` 2.03.
#[test]
fn a_database_of_version_3_is_read_and_one_that_was_altered_is_not() {
    let bytes = fixture("file-keepass.kdbx");
    let document = open(&bytes).unwrap();
    assert_eq!(document.rows[0].place, "Passkeys/Version 3");
    let passkey = document.rows[0].passkey.as_ref().unwrap();
    assert_eq!((&*passkey.rp_id, &passkey.credential_id[..]), ("three.example", &b"three"[..]));
    assert_eq!(passkey.urls, ["https://three.example/login"]);
    assert!(passkey.created_at.is_some_and(|time| (1_767_225_600..1_830_297_600).contains(&time)));
    for cut in (0..bytes.len()).step_by(13) {
        assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let wrong = SecretString::from("wrong");
    assert!(matches!(exchange::read(Format::Kdbx, &bytes, Some(&wrong)), Err(Error::WrongPassword)));
    let mut costly = bytes;
    let at = costly.windows(3).position(|field| field == [6, 8, 0]).unwrap() + 3;
    costly[at..at + 8].copy_from_slice(&(1u64 << 40).to_le_bytes());
    assert!(matches!(open(&costly), Err(Error::TooCostly(_))));
}

#[test]
fn every_cipher_and_derivation_is_opened() {
    let KdfConfig::Argon2 { version, .. } = DatabaseConfig::default().kdf_config else {
        panic!("the crate's default is Argon2")
    };
    let memory = 64 * 1024;
    for kdf in [
        KdfConfig::Aes { rounds: 10 },
        KdfConfig::Argon2 { iterations: 1, memory, parallelism: 2, version },
        KdfConfig::Argon2id { iterations: 2, memory, parallelism: 1, version },
    ] {
        for outer in [OuterCipherConfig::AES256, OuterCipherConfig::Twofish, OuterCipherConfig::ChaCha20] {
            for inner in [InnerCipherConfig::Plain, InnerCipherConfig::Salsa20, InnerCipherConfig::ChaCha20] {
                for compression in [CompressionConfig::None, CompressionConfig::GZip] {
                    let mut config = config();
                    config.kdf_config = kdf.clone();
                    config.outer_cipher_config = outer.clone();
                    config.inner_cipher_config = inner.clone();
                    config.compression_config = compression;
                    let bytes = save(config, |database| {
                        let mut root = database.root_mut();
                        let mut entry = root.add_entry();
                        for (name, value) in fields("") {
                            entry.set_protected(name, value);
                        }
                    });
                    let document = open(&bytes).unwrap();
                    assert_eq!(document.rows[0].passkey.as_ref().unwrap().rp_id, "kdbx.example");
                }
            }
        }
    }
}

#[test]
fn several_passkeys_of_one_entry_are_several_rows() {
    let mut broken = fields("_2");
    broken.retain(|(name, _)| !name.contains("PRIVATE_KEY"));
    let all = [fields(""), fields("_1"), broken, vec![("KPEX_PASSKEY_PRF".into(), "short".into())]].concat();
    let document = open(&with_fields(&all)).unwrap();
    let [first, second, third] = &document.rows[..] else { panic!("three rows") };
    assert!(first.passkey.as_ref().unwrap().unknown.contains_key("kdbx:KPEX_PASSKEY_PRF"));
    assert!(first.notes.iter().any(|note| note.contains("32 bytes")));
    assert!(second.passkey.is_ok());
    assert_eq!(third.passkey.as_ref().unwrap_err(), "Its field KPEX_PASSKEY_PRIVATE_KEY_PEM is missing.");
}

#[test]
fn unknown_fields_come_back_letter_by_letter() {
    let all = [
        fields(""),
        vec![("KPEX_PASSKEY_NEW".into(), " a <b> \u{1F511} ".into()), ("AndroidApp".into(), "x".into())],
    ]
    .concat();
    let read = |bytes: &[u8]| open(bytes).unwrap().rows.remove(0).passkey.unwrap();
    let passkey = read(&with_fields(&all));
    assert_eq!(passkey.unknown["kdbx:KPEX_PASSKEY_NEW"], " a <b> \u{1F511} ");
    let written = write(Format::Kdbx, std::slice::from_ref(&passkey), &HEADING, Some(&password())).unwrap();
    assert!(read(&written.bytes).unknown == passkey.unknown);
}

/// lxml, libxml2 and Qt refuse a database with a letter that XML has not.
#[test]
fn a_letter_that_xml_has_not_spoils_no_database() {
    let odd = "a\u{0}\u{B}\u{FFFF}b \u{1F511}\n";
    let mut passkey =
        Passkey { user_name: Some(odd.into()), title: Some(odd.into()), ..bare(cose::ES256, 1) };
    passkey.tags = vec![odd.trim().into()];
    passkey.unknown.insert("kdbx:KPEX_PASSKEY_ODD".into(), odd.into());
    let written = write(Format::Kdbx, &[passkey], &HEADING, Some(&password())).unwrap();
    let read = open(&written.bytes).unwrap().rows.remove(0).passkey.unwrap();
    let wanted = "a\u{FFFD}\u{FFFD}\u{FFFD}b \u{1F511}\n";
    assert_eq!((read.user_name.as_deref(), read.title.as_deref()), (Some(wanted), Some(wanted)));
    assert_eq!((&read.unknown["kdbx:KPEX_PASSKEY_ODD"], &*read.tags[0]), (&wanted.into(), wanted.trim()));
}

#[test]
fn passwords_are_asked_for_and_checked() {
    let bytes = with_fields(&fields(""));
    assert!(matches!(exchange::read(Format::Kdbx, &bytes, None), Err(Error::PasswordMissing(_))));
    let wrong = SecretString::from("wrong");
    assert!(matches!(exchange::read(Format::Kdbx, &bytes, Some(&wrong)), Err(Error::WrongPassword)));
    let passkeys = [bare(cose::ES256, 1)];
    for none in [None, Some(SecretString::from(""))] {
        let error = write(Format::Kdbx, &passkeys, &HEADING, none.as_ref()).unwrap_err();
        assert!(matches!(error, Error::PasswordMissing(_)));
    }
}

#[test]
fn an_altered_database_is_not_read() {
    let bytes = with_fields(&fields(""));
    for at in (0..bytes.len()).step_by(7) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x40;
        assert!(open(&altered).is_err(), "byte {at}");
    }
    for cut in (0..bytes.len()).step_by(11) {
        assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

/// The place of a member's value in the key derivation's dictionary.
fn value_of(bytes: &[u8], name: u8) -> usize {
    let key = [1, 0, 0, 0, name];
    bytes.windows(key.len()).position(|window| window == key).unwrap() + key.len() + 4
}

#[test]
fn absurd_costs_are_refused_before_anything_is_derived() {
    let bytes = with_fields(&fields(""));
    let at = value_of(&bytes, b'R');
    let mut rounds = bytes;
    rounds[at..at + 8].copy_from_slice(&(1u64 << 40).to_le_bytes());
    assert!(matches!(open(&rounds), Err(Error::TooCostly(why)) if why.contains("1099511627776 rounds")));

    let bytes = write(Format::Kdbx, &[bare(cose::ES256, 1)], &HEADING, Some(&password())).unwrap().bytes;
    for (name, value, word) in
        [(b'M', 1u64 << 40, "1099511627776 bytes"), (b'I', 1 << 40, "passes"), (b'I', u64::MAX, "passes")]
    {
        let at = value_of(&bytes, name);
        let mut costly = bytes.to_vec();
        costly[at..at + 8].copy_from_slice(&value.to_le_bytes());
        assert!(matches!(open(&costly), Err(Error::TooCostly(why)) if why.contains(word)), "{word}");
    }
    let at = value_of(&bytes, b'P');
    let mut lanes = bytes.to_vec();
    lanes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(open(&lanes), Err(Error::TooCostly(_))));
}

#[test]
fn a_database_that_grows_too_large_is_refused() {
    let bytes = save(config(), |database| {
        database.root_mut().notes = Some(" ".repeat(exchange::MAXIMUM + 1));
    });
    assert!(bytes.len() < 1024 * 1024, "{}", bytes.len());
    assert!(matches!(open(&bytes), Err(Error::Bomb(_))));
}

#[test]
fn groups_in_groups_are_walked_without_end() {
    let bytes = save(config(), |database| {
        let mut root = database.root_mut();
        let mut id = root.add_group().id();
        for _ in 0..200 {
            id = database.group_mut(id).unwrap().add_group().id();
        }
        let mut group = database.group_mut(id).unwrap();
        let mut entry = group.add_entry();
        for (name, value) in fields("") {
            entry.set_protected(name, value);
        }
    });
    assert!(open(&bytes).unwrap().rows[0].passkey.is_ok());
}

#[test]
fn older_databases_are_explained() {
    let error = open(&[0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5, 0, 0, 3, 0]).unwrap_err();
    assert!(error.to_string().contains("KeePass 1"), "{error}");
    let error = open(&[0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5, 0, 0, 5, 0]).unwrap_err();
    assert!(error.to_string().contains("neither 3 nor 4"), "{error}");
}

#[test]
fn what_was_said_of_a_passkey_is_written_once() {
    let passkeys = [complete(), Passkey { credential_id: vec![8], ..complete() }];
    let written = write(Format::Kdbx, &passkeys, &HEADING, Some(&password())).unwrap();
    assert!(
        written
            .notes
            .iter()
            .any(|note| note.starts_with("2 passkeys: lost what the site stored by credBlob"))
    );
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(mut tail in proptest::collection::vec(any::<u8>(), 0..300), major in 3u8..5) {
        let mut bytes = vec![0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5, 1, 0, major, 0];
        bytes.append(&mut tail);
        prop_assert!(open(&bytes).is_err());
    }
}
