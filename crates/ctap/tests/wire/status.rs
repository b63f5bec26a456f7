//! Each fault of a request has its own status byte.

use ciborium::{Value, cbor};
use ctap::{Request, Status, cbor::encode, extension::MakeCredentialInputs};

/// A makeCredential request as a tree, to be spoilt.
fn make_credential() -> Value {
    cbor!({
        1 => Value::Bytes(vec![1; 32]),
        2 => {"id" => "example.com", "name" => "Example"},
        3 => {"id" => Value::Bytes(vec![2; 8]), "name" => "a@example.com", "displayName" => "A"},
        4 => [{"alg" => -7, "type" => "public-key"}, {"alg" => -8, "type" => "public-key"}],
    })
    .unwrap()
}

#[test]
fn a_good_request_is_taken() {
    let Ok(Request::MakeCredential(request)) = decode(0x01, &make_credential()) else { panic!("not taken") };
    assert_eq!(request.algorithms, [-7, -8]);
    assert_eq!(request.user.display_name.as_deref(), Some("A"));
}

#[test]
fn what_is_unknown_is_ignored() {
    let mut tree = make_credential();
    set(&mut tree, 3, cbor!({"id" => Value::Bytes(vec![2]), "icon" => "https://example.com/a.png"}));
    set(&mut tree, 4, cbor!([{"alg" => -99, "type" => "other"}, {"alg" => -7, "type" => "public-key"}]));
    set(
        &mut tree,
        5,
        cbor!([{"id" => Value::Bytes(vec![1]), "type" => "other"},
        {"id" => Value::Bytes(vec![2]), "type" => "public-key", "transports" => ["usb"]}]),
    );
    set(&mut tree, 6, cbor!({"hmac-secret" => false, "unheard" => {"of" => [1]}}));
    set(&mut tree, 7, cbor!({"rk" => true, "unheard" => false}));
    set(&mut tree, 0x77, cbor!("unheard of"));
    let Ok(Request::MakeCredential(request)) = decode(0x01, &tree) else { panic!("not taken") };
    assert_eq!(request.algorithms, [-7]);
    assert_eq!(request.exclude_list.len(), 1);
    assert_eq!(request.exclude_list[0].id, [2]);
    assert_eq!(request.extensions, MakeCredentialInputs::default());
    assert_eq!(request.options.rk, Some(true));
}

// proves: status-bytes
#[test]
fn missing_members() {
    for key in 1..=4 {
        let mut tree = make_credential();
        tree.as_map_mut().unwrap().retain(|(member, _)| *member != Value::from(key));
        assert_eq!(decode(0x01, &tree), Err(Status::MISSING_PARAMETER), "member {key}");
    }
    for (key, value) in [
        (2, cbor!({"name" => "Example"})),
        (3, cbor!({"name" => "A"})),
        (4, cbor!([{"type" => "public-key"}])),
        (4, cbor!([{"alg" => -7, "type" => "public-key"}, {"alg" => -8}])),
        (5, cbor!([{"type" => "public-key"}])),
        (5, cbor!([{"id" => Value::Bytes(vec![1])}])),
    ] {
        refuse(key, value, Status::MISSING_PARAMETER);
    }
    assert_eq!(decode(0x06, &cbor!({1 => 2}).unwrap()), Err(Status::MISSING_PARAMETER));
    assert_eq!(decode(0x0A, &cbor!({3 => 2}).unwrap()), Err(Status::MISSING_PARAMETER));
}

// proves: status-bytes
#[test]
fn members_of_another_type() {
    for (key, value) in [
        (1, cbor!("text")),
        (2, cbor!("example.com")),
        (2, cbor!({"id" => 1})),
        (3, cbor!({"id" => "text"})),
        (3, cbor!({"id" => Value::Bytes(vec![1]), "name" => 1})),
        (4, cbor!({"alg" => -7})),
        (4, cbor!([1])),
        (4, cbor!([{"alg" => "-7", "type" => "public-key"}])),
        (4, cbor!([{"alg" => -7, "type" => 1}])),
        (5, cbor!([Value::Bytes(vec![1])])),
        (6, cbor!([])),
        (6, cbor!({"hmac-secret" => 1})),
        (6, cbor!({"credProtect" => "2"})),
        (7, cbor!({"rk" => 1})),
        (7, cbor!({"unheard" => "yes"})),
        (8, cbor!("text")),
        (9, cbor!(-1)),
        (10, cbor!(true)),
        (11, cbor!([1])),
    ] {
        refuse(key, value, Status::CBOR_UNEXPECTED_TYPE);
    }
    assert_eq!(decode(0x01, &cbor!([1]).unwrap()), Err(Status::CBOR_UNEXPECTED_TYPE));
}

#[test]
fn values_that_are_not_allowed() {
    refuse(1, Ok(Value::Bytes(vec![1; 31])), Status::INVALID_LENGTH);
    refuse(3, cbor!({"id" => Value::Bytes(vec![1; 65])}), Status::INVALID_LENGTH);
    refuse(6, cbor!({"credProtect" => 0}), Status::INVALID_PARAMETER);
    refuse(6, cbor!({"credProtect" => 4}), Status::INVALID_PARAMETER);
    let hash = Value::Bytes(vec![1; 32]);
    let empty_allow_list = cbor!({1 => "example.com", 2 => hash, 3 => []}).unwrap();
    assert_eq!(decode(0x02, &empty_allow_list), Err(Status::INVALID_PARAMETER));
}

#[test]
fn the_first_fault_in_the_order_of_the_steps_decides() {
    let mut tree = make_credential();
    set(&mut tree, 4, cbor!("no list"));
    set(&mut tree, 3, cbor!({"name" => "no id"}));
    assert_eq!(decode(0x01, &tree), Err(Status::CBOR_UNEXPECTED_TYPE), "the algorithms come before the user");
}

// proves: status-bytes
#[test]
fn bytes_that_are_no_canonical_map() {
    let good = encode(&make_credential());
    let end = good.len();
    for (spoilt, why) in [
        (good[..end - 1].to_vec(), "malformed"),
        ([&good[..], &[0]].concat(), "trailing"),
        ([&[0xA5], &good[1..], &good[end - 2..]].concat(), "malformed key"),
        ([&[0xA2, 0x01, 0x00, 0x01, 0x00][..]].concat(), "duplicate"),
        ([&[0xA2, 0x02, 0x00, 0x01, 0x00][..]].concat(), "unsorted"),
        ([&[0xB8, 0x04], &good[1..]].concat(), "a count that is not minimal"),
        ([&[0xA4, 0x18, 0x01], &good[2..]].concat(), "a key that is not minimal"),
        ([&[0xBF], &good[1..], &[0xFF]].concat(), "indefinite"),
        (Vec::new(), "nothing where a map must be"),
    ] {
        assert_eq!(Request::decode(&[&[0x01], &spoilt[..]].concat()), Err(Status::INVALID_CBOR), "{why}");
    }
}

// proves: status-bytes
#[test]
fn only_the_options_of_an_assertion_may_be_out_of_order_and_never_twice() {
    let head = [&[0x02, 0xA3, 0x01, 0x61, b'a', 0x02, 0x58, 32][..], &[7; 32], &[0x05, 0xA2]].concat();
    let options = |keys: [&[u8]; 2]| [&head, &b"\x62"[..], keys[0], b"\xF5\x62", keys[1], b"\xF5"].concat();
    let Ok(Request::GetAssertion(request)) = Request::decode(&options([b"uv", b"up"])) else {
        panic!("not taken")
    };
    assert_eq!((request.options.up, request.options.uv), (Some(true), Some(true)));
    assert!(Request::decode(&options([b"up", b"uv"])).is_ok());
    assert_eq!(Request::decode(&options([b"uv", b"uv"])), Err(Status::INVALID_CBOR));
    let swapped = [&[0x02, 0xA2, 0x02, 0x58, 32][..], &[7; 32], &[0x01, 0x61, b'a']].concat();
    assert_eq!(Request::decode(&swapped), Err(Status::INVALID_CBOR));
}

#[test]
fn commands() {
    assert_eq!(Request::decode(&[]), Err(Status::INVALID_LENGTH));
    for byte in [0x00, 0x03, 0x05, 0x0E, 0x3F, 0x42, 0xFF] {
        assert_eq!(Request::decode(&[byte]), Err(Status::INVALID_COMMAND), "{byte:02X}");
    }
    for byte in [0x04, 0x07, 0x08, 0x0B] {
        assert!(Request::decode(&[byte]).is_ok(), "{byte:02X}");
        assert_eq!(Request::decode(&[byte, 0xA0]), Err(Status::INVALID_LENGTH), "{byte:02X}");
    }
    let list = cbor!({1 => 2}).unwrap();
    assert_eq!(decode(0x41, &list), decode(0x0A, &list));
    assert!(decode(0x41, &list).is_ok());
    assert_eq!(decode(0x40, &list), decode(0x09, &list));
    assert!(decode(0x40, &list).is_ok());
}

/// What `pinUvAuthParam` is computed over keeps members that nobody here knows.
#[test]
fn credential_management_keeps_the_bytes_of_its_parameters() {
    let params = cbor!({1 => Value::Bytes(vec![3; 32]), 9 => "unheard of"}).unwrap();
    let raw = encode(&params);
    let request = decode(0x0A, &cbor!({1 => 4, 2 => params}).unwrap());
    let Ok(Request::CredentialManagement(request)) = request else { panic!("not taken") };
    assert_eq!(request.raw_params, raw);
    assert_eq!(request.params.unwrap().rp_id_hash, Some([3; 32]));
}

fn refuse(key: u64, value: Result<Value, ciborium::value::Error>, status: Status) {
    let mut tree = make_credential();
    let shown = format!("member {key} as {value:?}");
    set(&mut tree, key, value);
    assert_eq!(decode(0x01, &tree), Err(status), "{shown}");
}

fn set(tree: &mut Value, key: u64, value: Result<Value, ciborium::value::Error>) {
    let members = tree.as_map_mut().unwrap();
    members.retain(|(member, _)| *member != Value::from(key));
    members.push((Value::from(key), value.unwrap()));
}

fn decode(command: u8, tree: &Value) -> Result<Request, Status> {
    Request::decode(&[&[command], &encode(tree)[..]].concat())
}
