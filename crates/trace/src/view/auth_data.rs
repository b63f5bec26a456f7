//! Authenticator data, taken apart (WebAuthn §6.1).

use ctap::auth_data::{AuthenticatorData, Flags};

use super::{Detail, cbor_detail, names, text};

const FLAGS: [(u8, &str); 6] = [
    (Flags::UP, "UP"),
    (Flags::UV, "UV"),
    (Flags::BE, "BE"),
    (Flags::BS, "BS"),
    (Flags::AT, "AT"),
    (Flags::ED, "ED"),
];

/// What stands in authenticator data; the bytes where it cannot be read.
pub(super) fn details(name: &str, bytes: &[u8], secrets: bool) -> Detail {
    let Ok(data) = AuthenticatorData::decode(bytes) else {
        return text(name, format!("cannot be read: {}", hex::encode(bytes)));
    };
    let mut details = vec![
        text("rpIdHash", hex::encode(data.rp_id_hash)),
        text("flags", flags(data.flags)),
        text("signCount", data.sign_count.to_string()),
    ];
    if let Some(attested) = &data.attested {
        details.push(text("aaguid", hex::encode(attested.aaguid)));
        details.push(text("credentialId", hex::encode(&attested.credential_id)));
        let key = names::Kind::Map(names::COSE_KEY);
        details.push(cbor_detail("credentialPublicKey", &attested.public_key, key, secrets));
    }
    if let Some(extensions) = &data.extensions {
        details.push(cbor_detail("extensions", extensions, names::Kind::Extensions, secrets));
    }
    Detail { name: name.to_owned(), value: format!("{} bytes", bytes.len()), details }
}

/// Flags by their names, such as `UP UV AT`.
fn flags(flags: Flags) -> String {
    let set: Vec<_> = FLAGS.iter().filter(|(mask, _)| flags.has(*mask)).map(|(_, name)| *name).collect();
    format!("{} (0x{:02X})", if set.is_empty() { "none".to_owned() } else { set.join(" ") }, flags.0)
}

/// The flags and the counter, for a summary.
pub(super) fn summary(bytes: &[u8]) -> Option<String> {
    let data = AuthenticatorData::decode(bytes).ok()?;
    Some(format!("{}, counter {}", flags(data.flags), data.sign_count))
}
