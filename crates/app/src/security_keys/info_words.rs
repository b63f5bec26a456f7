//! What a key says of itself, in words: the values of getInfo's members.

use ctap::get_info::Response;

use super::info::Told;

pub(super) fn stated(info: &Response, option: &str) -> Option<bool> {
    info.options.iter().find(|(id, _)| id == option).map(|(_, set)| *set)
}

pub(super) fn option(info: &Response, option: &str) -> (Told, String) {
    truth(stated(info, option), "not known to the key")
}

pub(super) fn truth(told: Option<bool>, absent: &str) -> (Told, String) {
    match told {
        Some(true) => (Told::Yes, "yes".to_owned()),
        Some(false) => (Told::No, "no".to_owned()),
        None => (Told::Unknown, absent.to_owned()),
    }
}

pub(super) fn value(text: String) -> (Told, String) {
    (Told::Value, text)
}

pub(super) fn silent() -> (Told, String) {
    (Told::Unknown, "the key does not say".to_owned())
}

pub(super) fn optional(told: Option<u64>, in_words: impl Fn(u64) -> String) -> (Told, String) {
    told.map_or_else(silent, |told| value(in_words(told)))
}

pub(super) fn sealed(told: Option<&Vec<u8>>) -> (Told, String) {
    told.map_or_else(silent, |told| value(format!("{}, encrypted", bytes(told.len() as u64))))
}

pub(super) fn list(items: &[String]) -> (Told, String) {
    if items.is_empty() { silent() } else { value(super::naming::plain(&items.join(", "))) }
}

pub(super) fn bytes(count: u64) -> String {
    format!("{count} bytes")
}

pub(super) fn characters(count: u64) -> String {
    format!("{count} characters")
}

/// By the COSE registry.
pub(super) fn algorithm(alg: i64) -> String {
    let name = match alg {
        -7 => "ES256",
        -8 => "EdDSA",
        -19 => "Ed25519",
        -9 => "ESP256",
        -35 => "ES384",
        -36 => "ES512",
        -37 => "PS256",
        -47 => "ES256K",
        -48 => "ML-DSA-44",
        -49 => "ML-DSA-65",
        -50 => "ML-DSA-87",
        -257 => "RS256",
        -65535 => "RS1",
        other => return format!("COSE {other}"),
    };
    format!("{name} ({alg})")
}

/// §6.11
pub(super) fn config_command(number: u64) -> String {
    match number {
        0x01 => "enterprise attestation".to_owned(),
        0x02 => "always verify".to_owned(),
        0x03 => "PIN policy".to_owned(),
        0x04 => "long touch for reset".to_owned(),
        0xFF => "the maker's own".to_owned(),
        other => format!("0x{other:02X}"),
    }
}

/// The bits of the FIDO registry of predefined values §3.1.
pub(super) fn modalities(bits: u64) -> String {
    const NAMES: [(u64, &str); 12] = [
        (0x0001, "touch"),
        (0x0002, "fingerprint"),
        (0x0004, "PIN typed on the key"),
        (0x0008, "voice"),
        (0x0010, "face"),
        (0x0020, "place"),
        (0x0040, "eye"),
        (0x0080, "pattern drawn on the key"),
        (0x0100, "hand"),
        (0x0800, "PIN typed elsewhere"),
        (0x1000, "pattern drawn elsewhere"),
        (0x0400, "all of them together"),
    ];
    let named: Vec<_> = NAMES.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    if named.is_empty() { format!("0x{bits:X}") } else { named.join(", ") }
}
