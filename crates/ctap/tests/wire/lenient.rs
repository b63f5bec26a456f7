//! What other people's keys answer, off the strict path: read as far as it can be.

use super::unhex;
use ciborium::{Value, cbor};
use ctap::attestation::Statement;
use ctap::auth_data::{AuthenticatorData, Flags};
use ctap::cbor::{decode_lenient, encode};
use ctap::cose::{self, AnyKey, PublicKey};
use ctap::entity::User;
use ctap::extension::MakeCredentialOutputs;
use ctap::{Command, Request, Response, Status, credential_management, get_info};
use proptest::collection::vec;
use proptest::prelude::*;

/// RFC 8949 Appendix A: the diagnostic notations are those of the specification.
#[test]
fn every_kind_of_item_is_read() {
    let text = |text: &str| Value::Text(text.to_owned());
    for (hex, value) in [
        ("1817", Value::from(23)),
        ("1b0000000000000001", Value::from(1)),
        ("3b0000000000000000", Value::from(-1)),
        ("a2020001f5", cbor!({2 => 0, 1 => true}).unwrap()),
        ("a2010001f5", cbor!({1 => 0}).unwrap()),
        ("5f42010243030405ff", Value::Bytes(vec![1, 2, 3, 4, 5])),
        ("7f657374726561646d696e67ff", text("streaming")),
        ("9f018202039f0405ffff", cbor!([1, [2, 3], [4, 5]]).unwrap()),
        ("bf61610161629f0203ffff", cbor!({"a" => 1, "b" => [2, 3]}).unwrap()),
        ("c074323031332d30332d32315432303a30343a30305a", text("2013-03-21T20:04:00Z")),
        ("d74401020304", Value::Bytes(vec![1, 2, 3, 4])),
        ("f7", Value::Null),
        ("f0", Value::Null),
        ("f8ff", Value::Null),
        ("f90001", Value::Float(5.960_464_477_539_063e-8)),
        ("f93c00", Value::Float(1.0)),
        ("f9c400", Value::Float(-4.0)),
        ("f97bff", Value::Float(65504.0)),
        ("f97c00", Value::Float(f64::INFINITY)),
        ("fa47c35000", Value::Float(100_000.0)),
        ("fb3ff199999999999a", Value::Float(1.1)),
        ("62c328", text("\u{FFFD}(")),
        ("65616263c3bc", text("abcü")),
        ("64616263c3", text("abc\u{FFFD}")),
    ] {
        assert_eq!(decode_lenient(&unhex(hex)), Ok(value), "{hex}");
    }
    assert!(matches!(decode_lenient(&unhex("f97e00")), Ok(Value::Float(nan)) if nan.is_nan()));
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for (hex, why) in [
        ("", "nothing"),
        ("0000", "bytes left over"),
        ("1c", "reserved information"),
        ("f814", "a simple value in a form it must not have"),
        ("1f", "an integer without a length"),
        ("df00", "a tag without a number"),
        ("ff", "a break"),
        ("82ff00", "a break among so many items"),
        ("bf00ff", "a break between key and value"),
        ("9f01", "no break"),
        ("5f6161ff", "text among pieces of bytes"),
        ("5f5f4100ffff", "pieces of pieces"),
        ("9bffffffffffffffff", "an array of more items than there are bytes"),
        ("bbffffffffffffffff", "a map of more entries than there are bytes"),
        ("5bffffffffffffffff", "a string of more bytes than there are"),
    ] {
        assert_eq!(decode_lenient(&unhex(hex)), Err(Status::INVALID_CBOR), "{why}");
    }
    let nested = |levels: usize| [vec![0x81; levels - 1], vec![0x80]].concat();
    assert!(decode_lenient(&nested(16)).is_ok());
    assert_eq!(decode_lenient(&nested(17)), Err(Status::INVALID_CBOR));
    assert_eq!(decode_lenient(&vec![0xC0; 100_000]), Err(Status::INVALID_CBOR), "tags without an end");
}

proptest! {
    /// ciborium was written by others; what both read is the same.
    #[test]
    fn ciborium_reads_the_same(bytes in vec(prop_oneof![any::<u8>(), 0x40..0x44_u8, 0x60..0x63_u8, 0x80..0x84_u8, Just(0x9F), Just(0xFF), Just(0x7F)], 0..40)) {
        let Ok(ours) = decode_lenient(&bytes) else { return Ok(()) };
        let Ok(theirs) = ciborium::from_reader::<Value, _>(bytes.as_slice()) else { return Ok(()) };
        // Tags and keys that stand there twice are what ciborium keeps.
        if !format!("{theirs:?}").contains("Tag") && !format!("{theirs:?}").contains("Map") {
            prop_assert_eq!(format!("{:?}", ours), format!("{theirs:?}"));
        }
    }

    /// Requests are as strict as ever: what a key answers leniently read, it refuses as a request.
    #[test]
    fn requests_stay_canonical(value in any::<u8>()) {
        let unsorted = [&[0x06, 0xA2, 0x02, 0x01, 0x01], &[0x18, value][..]].concat();
        prop_assert_eq!(Request::decode(&unsorted), Err(Status::INVALID_CBOR));
    }
}

#[test]
fn get_info_is_as_good_as_what_can_be_read() {
    let info = info(&cbor!({
        1 => ["FIDO_2_0", 7, "FIDO_2_1"],
        2 => "not a list",
        3 => Value::Bytes(vec![1; 15]),
        4 => {"rk" => true, "up" => "yes", 5 => true, "clientPin" => false},
        5 => -1,
        6 => [2, 1],
        9 => [],
        10 => [{"alg" => -7, "type" => "public-key"}, {"alg" => "-8", "type" => "public-key"}, {"alg" => -257, "type" => "other"}, {"alg" => -35}],
        13 => 4,
        20 => 1.5,
        0x77 => "unheard of",
        "text" => 1,
        -5 => 1,
    }).unwrap()).unwrap();
    assert_eq!(info.versions, ["FIDO_2_0", "FIDO_2_1"]);
    assert_eq!((info.extensions.len(), info.aaguid, info.max_msg_size), (0, [0; 16], None));
    assert_eq!(info.options, [("rk".to_owned(), true), ("clientPin".to_owned(), false)]);
    assert_eq!((info.pin_uv_auth_protocols, info.min_pin_length), (vec![2, 1], Some(4)));
    assert_eq!(info.algorithms, [-7, -35]);
    assert_eq!(info.remaining_discoverable_credentials, None);
    let keys: Vec<_> = info.other.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys, [1, 2, 3, 4, 5, 10, 20, 0x77], "what is not all read is there as it came");
    assert_eq!(info.other[1].1, Value::Text("not a list".to_owned()));
}

#[test]
fn get_info_without_an_aaguid_is_read_and_without_versions_not() {
    let info_of = |value: &Value| info(value);
    assert_eq!(info_of(&cbor!({1 => ["U2F_V2"]}).unwrap()).unwrap().aaguid, [0; 16]);
    assert_eq!(info_of(&cbor!({3 => 1}).unwrap()).err(), Some(Status::MISSING_PARAMETER));
    assert_eq!(info_of(&cbor!({1 => "FIDO_2_0"}).unwrap()).err(), Some(Status::CBOR_UNEXPECTED_TYPE));
    assert_eq!(info_of(&cbor!([1]).unwrap()).err(), Some(Status::CBOR_UNEXPECTED_TYPE));
    assert_eq!(Response::decode(Command::GetInfo, &[0]), Err(Status::INVALID_CBOR));
}

/// Members that came as something else are written as they came, in one place.
#[test]
fn what_could_not_be_read_is_written_once() {
    let value = cbor!({1 => ["FIDO_2_0", 7], 3 => Value::Bytes(vec![9; 16])}).unwrap();
    let message = [&[0], &encode(&value)[..]].concat();
    let response = Response::decode(Command::GetInfo, &message);
    assert_eq!(Response::encode(&response), message);
}

#[test]
fn a_broken_entry_of_a_list_is_told_beside_what_can_be_read() {
    let hash = Value::Bytes(vec![3; 32]);
    let rp =
        managed(&cbor!({3 => {"id" => "example.com", "name" => 7}, 4 => hash, 5 => 2}).unwrap()).unwrap();
    let site = rp.rp.unwrap();
    assert_eq!((site.id.as_str(), site.name, rp.rp_id_hash), ("example.com", None, Some([3; 32])));
    assert_eq!(rp.other, [(3, cbor!({"id" => "example.com", "name" => 7}).unwrap())]);

    let gone = managed(&cbor!({3 => "example.com", 4 => hash, 5 => 2}).unwrap()).unwrap();
    assert_eq!((gone.rp, gone.rp_id_hash, gone.total_rps), (None, Some([3; 32]), Some(2)));
    assert_eq!(gone.other, [(3, Value::Text("example.com".to_owned()))]);

    let id = Value::Bytes(vec![1; 200]);
    let user =
        managed(&cbor!({6 => {"id" => id, "displayName" => [], "name" => "a"}, 10 => 77}).unwrap()).unwrap();
    let expected = User { id: vec![1; 200], name: Some("a".to_owned()), display_name: None };
    assert_eq!((user.user, user.cred_protect, user.other.len()), (Some(expected), Some(77), 1));

    let nameless = managed(
        &cbor!({6 => {"name" => "a"}, 7 => {"id" => Value::Bytes(vec![1]), "type" => "other"}}).unwrap(),
    );
    let nameless = nameless.unwrap();
    assert_eq!(nameless.user.unwrap(), User { id: vec![], name: Some("a".to_owned()), display_name: None });
    assert_eq!((nameless.credential_id, nameless.other.len()), (None, 2));
}

/// `{3: {"id": "exampl\xC3", …}}`: cut at a byte, not at a character.
#[test]
fn a_name_that_was_cut_in_the_middle_of_a_character_is_read() {
    let cut = [b"\x00\xA2\x03\xA1\x62id\x67exampl\xC3\x04\x58\x20".as_slice(), &[5; 32]].concat();
    let Ok(Response::CredentialManagement(site)) = Response::decode(Command::CredentialManagement, &cut)
    else {
        panic!("not decoded")
    };
    assert_eq!(site.rp.unwrap().id, "exampl\u{FFFD}");
    assert!(site.other.is_empty());
}

#[test]
fn keys_of_every_kind_are_read_or_kept() {
    let read = |value: Value| managed(&cbor!({8 => value}).unwrap()).unwrap().public_key.unwrap();
    let rsa = |n: Vec<u8>| {
        cbor!({1 => 3, 3 => -257, -1 => Value::Bytes(n), -2 => Value::Bytes(vec![1, 0, 1])}).unwrap()
    };
    let known = AnyKey::Known(PublicKey::Rsa { n: vec![0x80; 256], e: vec![1, 0, 1] });
    assert_eq!(read(rsa(vec![0x80; 256])), known);
    assert_eq!(read(rsa([vec![0], vec![0x80; 256]].concat())), known, "a number as X.509 writes it");
    let short = read(rsa(vec![0x80; 128]));
    assert_eq!((short.algorithm(), short.known()), (Some(cose::RS256), None), "1024 bits");

    let unheard = cbor!({1 => 99, 3 => -70_000, -1 => {"of" => [1, 2, 3]}}).unwrap();
    let key = read(unheard.clone());
    assert_eq!((key.algorithm(), key.known(), key.encode()), (Some(-70_000), None, encode(&unheard)));
    let nameless = read(cbor!({-1 => 1}).unwrap());
    assert_eq!((nameless.algorithm(), nameless.known()), (None, None));
}

#[test]
fn a_key_of_an_agreement_is_one_of_p256_whatever_it_says() {
    for algorithm in [Value::from(-25), Value::from(-7), Value::from(-65_000), Value::Null] {
        let key = cbor!({1 => 2, 3 => algorithm, -1 => 1, -2 => Value::Bytes(vec![1; 32]), -3 => Value::Bytes(vec![2; 32])});
        let answer = [&[0], &encode(&cbor!({1 => key.unwrap()}).unwrap())[..]].concat();
        let Ok(Response::ClientPin(response)) = Response::decode(Command::ClientPin, &answer) else {
            panic!()
        };
        assert!(matches!(response.key_agreement, Some(PublicKey::P256 { x: [1, ..], y: [2, ..], .. })));
    }
}

#[test]
fn an_assertion_without_its_only_credential_is_read() {
    let answer =
        cbor!({2 => Value::Bytes(vec![7; 37]), 3 => Value::Bytes(vec![8]), 4 => "no user", 5 => false})
            .unwrap();
    let answer = [&[0], &encode(&answer)[..]].concat();
    let Ok(Response::GetAssertion(asserted)) = Response::decode(Command::GetAssertion, &answer) else {
        panic!()
    };
    assert_eq!(
        (asserted.credential.id.len(), asserted.user, asserted.number_of_credentials),
        (0, None, None)
    );
}

#[test]
fn a_statement_that_is_not_as_its_format_says_is_kept() {
    let statement = cbor!({"alg" => "ES256"}).unwrap();
    let answer =
        cbor!({1 => "packed", 2 => Value::Bytes(vec![7; 37]), 3 => statement.clone(), 5 => "no key"})
            .unwrap();
    let answer = [&[0], &encode(&answer)[..]].concat();
    let Ok(Response::MakeCredential(made)) = Response::decode(Command::MakeCredential, &answer) else {
        panic!()
    };
    assert_eq!(made.attestation, Statement::Other("packed".to_owned(), statement));
    assert_eq!(made.large_blob_key, None);
}

#[test]
fn authenticator_data_may_end_in_a_map_that_is_not_canonical() {
    let extensions = unhex("bf6b6372656450726f7465637418096b686d61632d736563726574f5ff");
    let bytes = [&[1; 32], &[Flags::UP | Flags::ED][..], &[0, 0, 0, 9], &extensions].concat();
    let data = AuthenticatorData::decode(&bytes).unwrap();
    assert_eq!((data.sign_count, data.extensions.as_ref(), data.encode()), (9, Some(&extensions), bytes));
    let outputs = MakeCredentialOutputs::decode(&extensions).unwrap();
    assert_eq!((outputs.cred_protect, outputs.hmac_secret), (Some(9), Some(true)));
}

#[test]
fn nothing_that_follows_success_is_wrong_where_nothing_is_read() {
    for command in [Command::Reset, Command::Selection, Command::AuthenticatorConfig] {
        for answer in [&[0][..], &[0, 0xA0], &[0, 0xFF, 0xFF]] {
            assert_eq!(Response::decode(command, answer), Ok(Response::Empty));
        }
    }
}

fn info(members: &Value) -> Result<get_info::Response, Status> {
    match Response::decode(Command::GetInfo, &[&[0], &encode(members)[..]].concat())? {
        Response::GetInfo(info) => Ok(info),
        other => panic!("{other:?}"),
    }
}

fn managed(members: &Value) -> Result<credential_management::Response, Status> {
    match Response::decode(Command::CredentialManagement, &[&[0], &encode(members)[..]].concat())? {
        Response::CredentialManagement(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}
