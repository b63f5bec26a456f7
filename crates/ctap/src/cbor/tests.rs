use super::{decode, decode_prefix, encode};
use crate::Status;
use ciborium::{Value, cbor};

/// RFC 8949 Appendix A, the examples that CTAP2 canonical form has.
#[test]
fn round_trips_the_examples_of_rfc_8949() {
    for hex in [
        "00",
        "01",
        "0a",
        "17",
        "1818",
        "1819",
        "1864",
        "1903e8",
        "1a000f4240",
        "1b000000e8d4a51000",
        "1bffffffffffffffff",
        "3bffffffffffffffff",
        "20",
        "29",
        "3863",
        "3903e7",
        "f4",
        "f5",
        "f6",
        "40",
        "4401020304",
        "60",
        "6161",
        "6449455446",
        "62225c",
        "62c3bc",
        "63e6b0b4",
        "64f0908591",
        "80",
        "83010203",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "a56161614161626142616361436164614461656145",
    ] {
        let bytes = unhex(hex);
        assert_eq!(encode(&decode(&bytes).unwrap()), bytes, "{hex}");
    }
}

#[test]
fn agrees_with_ciborium_on_what_it_reads() {
    let value = cbor!({1 => -7, 2 => {"id" => "example.com"}, 3 => [true, null, "ü"]}).unwrap();
    let mut theirs = Vec::new();
    ciborium::into_writer(&value, &mut theirs).unwrap();
    assert_eq!(decode(&theirs), Ok(value.clone()));
    assert_eq!(encode(&value), theirs);
}

#[test]
fn refuses_what_is_not_canonical() {
    for (hex, why) in [
        ("", "nothing"),
        ("0000", "bytes left over"),
        ("1817", "an integer that fits the initial byte"),
        ("190018", "a two-byte integer that fits one"),
        ("1a00000100", "a four-byte integer that fits two"),
        ("1b0000000000010000", "an eight-byte integer that fits four"),
        ("3800", "a negative integer that is too long"),
        ("580100", "a length that is too long"),
        ("1c", "reserved information"),
        ("5f4100ff", "indefinite bytes"),
        ("7f6161ff", "indefinite text"),
        ("9fff", "an indefinite array"),
        ("bfff", "an indefinite map"),
        ("a2020001", "a map that ends early"),
        ("a202000100", "unsorted integers"),
        ("a201000100", "a duplicate key"),
        ("a2616100", "a map that ends early"),
        ("a262616100616200", "a longer key before a shorter one"),
        ("a261610001f6", "text before integers"),
        ("a220000100", "negative before positive"),
        ("61ff", "bad UTF-8"),
        ("62c3", "text that ends early"),
        ("c000", "a tag"),
        ("f7", "undefined"),
        ("e0", "an unassigned simple value"),
        ("f800", "a two-byte simple value"),
        ("f90000", "a half float"),
        ("fa47c35000", "a float"),
        ("fb3ff199999999999a", "a double"),
        ("ff", "a break"),
        ("9bffffffffffffffff", "an array of more items than there are bytes"),
        ("5b7fffffffffffffff", "a string of more bytes than there are"),
        ("8181818180", "five levels"),
    ] {
        assert_eq!(decode(&unhex(hex)), Err(Status::INVALID_CBOR), "{why}");
    }
    assert!(decode(&unhex("81818180")).is_ok(), "four levels");
}

#[test]
fn sorts_by_major_type_then_length_then_bytes() {
    let map = cbor!({"b" => 0, "aa" => 0, "a" => 0, -1 => 0, -25 => 0, 24 => 0, 3 => 0}).unwrap();
    assert_eq!(encode(&map), unhex("a70300181800200038180061610061620062616100"));
}

#[test]
fn a_prefix_says_where_it_ends() {
    assert_eq!(decode_prefix(&[0x42, 1, 2, 0xFF]), Ok((Value::Bytes(vec![1, 2]), 3)));
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}
