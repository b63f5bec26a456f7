//! authenticatorGetInfo (CTAP 2.3 §6.4), and commands that are none.

use ciborium::Value;

use super::{
    Client,
    cbor::{decode, encode, member, named, text},
};
use crate::program::{Emulator, Home};

const INVALID_COMMAND: u8 = 0x01;

#[test]
fn the_key_says_what_it_is() {
    let key = Emulator::in_memory();
    let (status, response) = Client::tcp(key.tcp()).cbor(&[0x04]);
    assert_eq!(status, 0x00);
    let info = decode(&response);
    assert_eq!(encode(&info), response, "definite lengths and smallest integers");
    let numbers: Vec<_> =
        info.as_map().unwrap().iter().map(|(number, _)| number.as_integer().unwrap()).collect();
    assert!(numbers.is_sorted(), "canonical order: {numbers:?}");

    let versions = member(&info, 0x01).unwrap().as_array().unwrap();
    assert!(versions.contains(&text("FIDO_2_0")) && versions.contains(&text("FIDO_2_1")), "{versions:?}");
    assert!(!versions.contains(&text("FIDO_2_2")), "no such version was ever defined (§6.4)");
    let options = member(&info, 0x04).unwrap();
    for (option, value) in
        [("rk", true), ("up", true), ("uv", true), ("clientPin", false), ("credMgmt", true)]
    {
        assert_eq!(named(options, option), Some(&Value::Bool(value)), "{option}");
    }
    let size = member(&info, 0x05).unwrap().as_integer().unwrap();
    assert!((1024.into()..=7609.into()).contains(&size), "maxMsgSize: what §6.4 wants and CTAPHID carries");
    assert_eq!(member(&info, 0x06), Some(&Value::Array(vec![Value::from(2), Value::from(1)])));
}

#[test]
fn the_two_profiles_are_two_models() {
    let aaguid = |profile: &str| {
        let home = Home::new();
        let options =
            ["--store", "memory", "--approve", "always", "--tcp", "127.0.0.1:0", "--profile", profile];
        let key = Emulator::start(&home, &options);
        let (_, response) = Client::tcp(key.tcp()).cbor(&[0x04]);
        member(&decode(&response), 0x03).unwrap().as_bytes().unwrap().clone()
    };
    assert_eq!(aaguid("device-bound"), 0x6fb1_8d4c_09f2_4e57_a3c6_51d0_7e94_b218_u128.to_be_bytes());
    assert_eq!(aaguid("synced"), 0xc2e7_5a90_4b1d_4f38_8d06_2fa9_63b7_e5c4_u128.to_be_bytes());
}

#[test]
fn bytes_that_are_no_command_are_refused() {
    let key = Emulator::in_memory();
    let mut client = Client::tcp(key.tcp());
    for command in [0x00, 0x03, 0x33, 0x7F, 0xFF] {
        assert_eq!(client.cbor(&[command]), (INVALID_COMMAND, vec![]), "0x{command:02X}");
    }
    assert_eq!(client.cbor(&[0x04]).0, 0x00);
}
