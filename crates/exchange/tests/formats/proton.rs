//! Proton Pass, by an encoder of our own: three generations of a passkey's content, JSON and ZIP.

use base64::{Engine, engine::general_purpose::STANDARD};
use ctap::cose;
use exchange::{Document, Error, Format, read as read_format};
use miniz_oxide::deflate::compress_to_vec;
use rmp_serde::to_vec_named;
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::{key, read};

/// A value with its kind, as serde writes an enum with a tag and a content.
#[derive(Serialize, Clone)]
struct Tagged<T> {
    t: &'static str,
    c: T,
}

#[derive(Serialize, Clone)]
struct Integer {
    inner: Vec<u8>,
}

#[derive(Serialize, Clone)]
#[serde(untagged)]
enum Parameter {
    Integer(Tagged<Integer>),
    Bytes(Tagged<Vec<u8>>),
}

#[derive(Serialize, Clone)]
struct Key {
    kty: Tagged<&'static str>,
    kid: Vec<u8>,
    alg: Option<Tagged<&'static str>>,
    kops: Vec<Tagged<&'static str>>,
    biv: Vec<u8>,
    par: Vec<(Tagged<i64>, Parameter)>,
}

/// The first generation.
#[derive(Serialize)]
struct First {
    key: Key,
    cid: Vec<u8>,
    rid: &'static str,
    uhd: Option<Vec<u8>>,
    cnt: Option<u32>,
}

#[derive(Serialize)]
struct Seeds {
    cred_with_uv: Vec<u8>,
    cred_without_uv: Option<Vec<u8>>,
}

#[derive(Serialize)]
struct Extensions {
    hmac_secret: Option<Seeds>,
}

/// The second knows `hmac-secret`.
#[derive(Serialize)]
struct Second {
    #[serde(flatten)]
    first: First,
    ext: Extensions,
}

/// The third knows names.
#[derive(Serialize)]
struct Third {
    #[serde(flatten)]
    second: Second,
    udn: Option<&'static str>,
    un: Option<&'static str>,
}

#[derive(Serialize)]
struct Content {
    c: Vec<u8>,
    v: u8,
}

fn cose_key(secret: &[u8]) -> Key {
    let integer = |number: i128| {
        Parameter::Integer(Tagged { t: "int", c: Integer { inner: number.to_le_bytes().into() } })
    };
    let bytes = |bytes: &[u8]| Parameter::Bytes(Tagged { t: "bytes", c: bytes.to_vec() });
    let label = |label| Tagged { t: "int", c: label };
    Key {
        kty: Tagged { t: "assign", c: "EC2" },
        kid: Vec::new(),
        alg: Some(Tagged { t: "assign", c: "ES256" }),
        kops: Vec::new(),
        biv: Vec::new(),
        par: vec![
            (label(-1), integer(1)),
            (label(-2), bytes(&[3; 32])),
            (label(-3), bytes(&[4; 32])),
            (label(-4), bytes(secret)),
        ],
    }
}

fn secret() -> Vec<u8> {
    ctap::pkcs8::decode(&key(cose::ES256, 5)).unwrap().1.to_vec()
}

fn first() -> First {
    First {
        key: cose_key(&secret()),
        cid: vec![9; 16],
        rid: "proton.example",
        uhd: Some(b"handle".to_vec()),
        cnt: None,
    }
}

fn second() -> Second {
    let seeds = Seeds { cred_with_uv: vec![1; 32], cred_without_uv: None };
    Second { first: first(), ext: Extensions { hmac_secret: Some(seeds) } }
}

fn third() -> Third {
    Third { second: second(), udn: Some("Ada"), un: Some("ada") }
}

fn content(inner: &impl Serialize) -> Vec<u8> {
    to_vec_named(&Content { c: to_vec_named(inner).unwrap(), v: 1 }).unwrap()
}

fn passkey(content: &[u8]) -> Value {
    json!({
        "keyId": "key", "content": STANDARD.encode(content), "domain": "proton.example", "rpId": "proton.example",
        "rpName": "Proton", "userName": "from outside", "userDisplayName": "", "userId": STANDARD.encode("handle"),
        "createTime": 1_700_000_000, "note": "", "credentialId": STANDARD.encode([9; 16]),
        "userHandle": STANDARD.encode("handle"), "creationData": null,
    })
}

fn export(passkeys: &[Value]) -> Value {
    json!({
        "version": "1.31.4", "userId": "user", "encrypted": false,
        "vaults": { "share==": { "name": "Personal", "description": "", "display": {}, "items": [
            { "itemId": "item", "shareId": "share==", "state": 1, "data": {
                "metadata": { "name": "Example", "note": "a note", "itemUuid": "uuid" }, "extraFields": [],
                "type": "login", "content": {
                    "itemEmail": "", "itemUsername": "ada", "password": "none of ours",
                    "urls": ["https://proton.example/"], "totpUri": "", "passkeys": passkeys,
            } } },
            { "itemId": "note", "state": 2, "data": { "type": "note", "content": {}, "metadata": { "name": "n" } } },
        ] } },
    })
}

fn rows(passkeys: &[Value]) -> Document {
    let bytes = export(passkeys).to_string().into_bytes();
    assert_eq!(Format::detect(&bytes), Some(Format::Proton));
    read(Format::Proton, &bytes)
}

#[test]
fn all_three_generations_are_read() {
    let document =
        rows(&[passkey(&content(&first())), passkey(&content(&second())), passkey(&content(&third()))]);
    assert_eq!(document.left_out, ["1 of the type \"note\" without passkeys"]);
    let read: Vec<_> = document.rows.iter().map(|row| row.passkey.as_ref().unwrap()).collect();
    for passkey in &read {
        assert_eq!((&*passkey.rp_id, &passkey.credential_id[..]), ("proton.example", &[9; 16][..]));
        let (algorithm, found) = ctap::pkcs8::decode(&passkey.key).unwrap();
        assert_eq!((algorithm, found.to_vec()), (cose::ES256, secret()));
        assert!(passkey.key.ends_with(&[4; 32]), "its public key is beside it");
        assert_eq!((passkey.backup_eligible, passkey.sign_count), (Some(true), Some(0)));
        assert_eq!((passkey.title.as_deref(), passkey.notes.as_deref()), (Some("Example"), Some("a note")));
        assert_eq!(passkey.created_at, Some(1_700_000_000));
    }
    assert!(read[0].hmac_secret.is_none());
    assert_eq!(*read[1].hmac_secret.as_ref().unwrap().with_uv, [1; 32]);
    assert_eq!(
        [0, 1, 2].map(|index| read[index].user_name.as_deref()),
        [Some("from outside"), Some("from outside"), Some("ada")]
    );
    assert_eq!(read[2].user_display_name.as_deref(), Some("Ada"));
}

#[test]
fn what_is_wrong_with_a_passkey_is_told_in_its_row() {
    let newer = to_vec_named(&Content { c: Vec::new(), v: 2 }).unwrap();
    let other = json!({ "rpId": "evil.example" });
    let mut altered = passkey(&content(&first()));
    altered["rpId"] = other["rpId"].clone();
    let mut trailing = content(&first());
    trailing.push(0);
    // A bomb of nesting: arrays of one array.
    let deep = [vec![0x91; 100_000], vec![0xC0]].concat();
    // A list that claims four thousand million elements.
    let long = [0xDD, 0xFF, 0xFF, 0xFF, 0xFF];
    let keyless = First { key: Key { par: Vec::new(), ..cose_key(&secret()) }, ..first() };
    let document = rows(&[
        passkey(&newer),
        altered,
        passkey(&trailing),
        passkey(&deep),
        passkey(&long),
        passkey(b""),
        passkey(&content(&keyless)),
        json!("passkey"),
        json!({}),
        passkey(&content(&First { uhd: None, ..first() })),
    ]);
    let said: Vec<_> =
        document.rows.iter().map(|row| row.passkey.as_ref().err().map_or("", String::as_str)).collect();
    for (said, word) in said.iter().zip([
        "newer version",
        "altered",
        "behind its end",
        "MessagePack",
        "MessagePack",
        "MessagePack",
        "no curve",
        "no object",
        "content is missing",
    ]) {
        assert!(said.contains(word), "{said:?} has {word:?}");
    }
    assert_eq!(said[9], "", "the handle stands outside too");
}

/// One local header and its bytes, then the directory, as `zip` writes them.
fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, plain, deflated) in files {
        let packed = if *deflated { compress_to_vec(plain, 6) } else { plain.to_vec() };
        let offset = u32::try_from(archive.len()).unwrap();
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let common = [
            &[20, 0, 0, 0, if *deflated { 8 } else { 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &length(&packed),
            &length(plain),
            &u16::try_from(name.len()).unwrap().to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        archive.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let start = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    [&archive[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &length, &start, &[0, 0]].concat()
}

#[test]
fn the_archive_is_looked_into() {
    let data = export(&[passkey(&content(&third()))]).to_string().into_bytes();
    for deflated in [false, true] {
        let archive = zip(&[
            ("Proton Pass/files/", b"", false),
            ("Proton Pass/data.json", &data, deflated),
            ("a.png", b"", false),
        ]);
        assert_eq!(Format::detect(&archive), Some(Format::Proton));
        assert_eq!(read(Format::Proton, &archive).rows.len(), 1);
        // The last two bytes say how long the comment is.
        for cut in 0..archive.len() - 2 {
            assert!(read_format(Format::Proton, &archive[..cut], None).is_err(), "{cut}");
        }
    }
}

#[test]
fn an_encrypted_export_is_explained() {
    let archive = zip(&[("Proton Pass/data.pgp", b"-----BEGIN PGP MESSAGE-----", false)]);
    let encrypted = json!({ "version": "1", "encrypted": true, "vaults": {} }).to_string().into_bytes();
    for bytes in [&archive[..], b"-----BEGIN PGP MESSAGE-----\n", &encrypted] {
        assert_eq!(Format::detect(bytes), Some(Format::Proton));
        let error = read_format(Format::Proton, bytes, None).unwrap_err();
        assert!(matches!(error, Error::Encrypted(..)) && error.hint().contains("gpg --decrypt"), "{error}");
    }
}

#[test]
fn an_archive_that_grows_too_large_is_refused() {
    let bomb = vec![b' '; exchange::MAXIMUM + 1];
    let archive = zip(&[("data.json", &bomb, true)]);
    assert!(archive.len() < 1024 * 1024);
    assert!(matches!(read_format(Format::Proton, &archive, None), Err(Error::Bomb(_))));
    // One that lies about its length.
    let mut liar = zip(&[("data.json", &bomb[..100], true)]);
    let at = liar.len() - 22 - 46 - "data.json".len() + 24;
    liar[at] = 99;
    assert!(matches!(read_format(Format::Proton, &liar, None), Err(Error::Damaged(_))));
}
