//! KeePass databases, in which KeePassXC, KeePassDX and Strongbox keep a passkey as fields of an entry.
//!
//! Written by the crate `keepass`; read by hand, because what opening costs has to be bounded before anything is
//! derived, and what comes out of it before it is unpacked: docs/decisions/0009.
//!
//! | Where | What |
//! |---|---|
//! | `bytes` | taking integers and lengths off a slice |
//! | `header` | the outer header, versions 3 and 4, with the bounds of its cost |
//! | `key` | password and key file to the transformed key |
//! | `payload` | blocks, ciphers, compression, the inner header |
//! | `xml` | entries with their fields |
//! | `entry` | an entry's fields to passkeys |
//! | `write` | passkeys to a database |

mod bytes;
mod entry;
mod header;
mod key;
mod payload;
mod write;
mod xml;

pub(crate) use write::write;

use crate::{document::Document, error::Error, format::Format, read::Unlock};
use header::Header;

const SIGNATURE: [u8; 4] = [0x03, 0xD9, 0xA2, 0x9A];

/// Fields of a passkey begin so.
const PREFIX: &str = "KPEX_PASSKEY_";
const USERNAME: &str = "KPEX_PASSKEY_USERNAME";
const CREDENTIAL_ID: &str = "KPEX_PASSKEY_CREDENTIAL_ID";
const PRIVATE_KEY_PEM: &str = "KPEX_PASSKEY_PRIVATE_KEY_PEM";
const RELYING_PARTY: &str = "KPEX_PASSKEY_RELYING_PARTY";
const USER_HANDLE: &str = "KPEX_PASSKEY_USER_HANDLE";
const FLAG_BE: &str = "KPEX_PASSKEY_FLAG_BE";
const FLAG_BS: &str = "KPEX_PASSKEY_FLAG_BS";
const PRF: &str = "KPEX_PASSKEY_PRF";
/// As early test versions of KeePassXC and Strongbox write them.
const LEGACY_USERNAME: &str = "KPXC_PASSKEY_USERNAME";
const LEGACY_CREDENTIAL_ID: &str = "KPEX_PASSKEY_GENERATED_USER_ID";

/// The tag that KeePassXC puts on entries with a passkey.
const TAG: &str = "Passkey";

/// Names of members in [`Unknown`](crate::Unknown).
const UNKNOWN: &str = "kdbx:";

pub(crate) const LOSES: &[&str] = &[
    "KeePassXC signs by ES256, EdDSA and RS256; passkeys of other algorithms stay out.",
    "It has no place for credBlob, largeBlob, payments, the signature counter, the seed of hmac-secret for users \
     that are not verified, the authenticator's model and the site's name.",
];

pub(crate) fn is_kdbx(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

pub(crate) fn read(bytes: &[u8], unlock: Unlock<'_>) -> Result<Document, Error> {
    let header = Header::read(bytes)?;
    header.check(bytes)?;
    if unlock.password.is_none() && unlock.key_file.is_none() {
        return Err(Error::PasswordMissing(Format::Kdbx));
    }
    let transformed = key::transformed(unlock, &header.kdf)?;
    let payload = payload::open(bytes, &header, &transformed)?;
    Ok(entry::document(xml::read(payload)?))
}
