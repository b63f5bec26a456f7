//! What readers that nobody here wrote make of our files.

use credential_exchange_format::{Credential, Header};
use ctap::cose;
use exchange::{Format, write};
use keepass::{Database, DatabaseKey};
use secrecy::ExposeSecret;

use crate::support::{HEADING, bare, complete, password};

/// The crate turns a passkey that it cannot read into `Unknown`, without a word.
#[test]
fn bitwardens_crate_reads_every_passkey_of_our_cxf() {
    let passkeys = [complete(), bare(cose::EDDSA, 2)];
    let written = write(Format::Cxf, &passkeys, &HEADING, None).unwrap();
    let header: Header = serde_json::from_slice(&written.bytes).unwrap();
    assert_eq!((header.version.major, header.timestamp), (1, HEADING.written_at));
    let items = &header.accounts[0].items;
    for (item, ours) in items.iter().zip(&passkeys) {
        let Credential::Passkey(passkey) = &item.credentials[0] else { panic!("no passkey") };
        assert_eq!(passkey.credential_id.as_ref(), ours.credential_id);
        assert_eq!(passkey.key.as_ref(), ours.key.as_slice());
        assert_eq!(passkey.user_handle.as_ref(), ours.user_handle);
    }
    let Credential::Passkey(passkey) = &items[0].credentials[0] else { panic!("no passkey") };
    let extensions = passkey.fido2_extensions.as_ref().unwrap();
    let seeds = extensions.hmac_credentials.as_ref().unwrap();
    assert_eq!((seeds.cred_with_uv.as_ref(), seeds.cred_without_uv.as_ref()), (&[1; 32][..], &[2; 32][..]));
    assert_eq!(extensions.cred_blob.as_ref().unwrap().as_ref(), b"a blob");
    assert_eq!(extensions.large_blob.as_ref().unwrap().uncompressed_size, 43);
    assert_eq!(extensions.payments, Some(true));
    assert!(matches!(items[0].credentials[1], Credential::Note(_)));
    assert_eq!(items[0].scope.as_ref().unwrap().urls.len(), 2);
}

#[test]
fn the_crate_keepass_reads_the_fields_of_our_database() {
    let passkey = complete();
    let written = write(Format::Kdbx, std::slice::from_ref(&passkey), &HEADING, Some(&password())).unwrap();
    let key = DatabaseKey::new().with_password(password().expose_secret());
    let database = Database::open(&mut written.bytes.as_slice(), key).unwrap();
    let group = database.root().group_by_name("Imported Passkeys").map(|group| group.id()).unwrap();
    let entry = database.iter_all_entries().next().unwrap();
    assert_eq!(entry.parent().id(), group);
    assert_eq!(entry.get("KPEX_PASSKEY_RELYING_PARTY"), Some("example.com"));
    assert_eq!(entry.get("KPEX_PASSKEY_FLAG_BE"), Some("1"));
    assert_eq!(entry.get("KPEX_PASSKEY_FLAG_BS"), Some("0"));
    assert!(entry.get("KPEX_PASSKEY_PRIVATE_KEY_PEM").unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    for name in ["CREDENTIAL_ID", "PRIVATE_KEY_PEM", "USER_HANDLE", "PRF"] {
        assert!(entry.fields[&format!("KPEX_PASSKEY_{name}")].is_protected(), "{name}");
    }
    assert_eq!(entry.tags, ["Passkey", "work", "blue"]);
}
