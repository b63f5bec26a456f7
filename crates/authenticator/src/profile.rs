//! What a key claims to be.

use std::time::Duration;

/// The two kinds of passkeys (WebAuthn §6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// BE 0: lives in one place.
    DeviceBound,
    /// BE 1: may be copied.
    Synced,
}

/// What a key claims to be and how it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Short name: `device-bound` or `synced`.
    pub name: String,
    /// What the credentials are.
    pub kind: Kind,
    /// The model; the two shipped profiles have one each.
    pub aaguid: [u8; 16],
    /// COSE identifiers, preferred first.
    pub algorithms: Vec<i64>,
    /// Wire names, such as `usb`.
    pub transports: Vec<String>,
    /// `firmwareVersion`.
    pub firmware_version: u64,
    /// How many discoverable credentials fit.
    pub capacity: u64,
    /// Verify the person by the key's own question (`uv` option).
    pub built_in_verification: bool,
    /// Ask "which account?" itself and set `userSelected`.
    pub account_chooser: bool,
    /// Attestation statement formats, the default first: `packed` (self attestation), `none`.
    pub attestation_formats: Vec<String>,
    /// How long a question to the person stays open.
    pub time_limit: Duration,
}

impl Profile {
    /// BE 0, counting.
    pub fn device_bound() -> Self {
        Self {
            name: "device-bound".to_owned(),
            kind: Kind::DeviceBound,
            aaguid: 0x6fb1_8d4c_09f2_4e57_a3c6_51d0_7e94_b218_u128.to_be_bytes(),
            algorithms: vec![ctap::cose::ES256, ctap::cose::EDDSA],
            transports: vec!["usb".to_owned()],
            firmware_version: 1,
            capacity: 1000,
            built_in_verification: true,
            account_chooser: true,
            attestation_formats: vec!["packed".to_owned(), "none".to_owned()],
            time_limit: Duration::from_secs(60),
        }
    }

    /// BE 1, BS as the store says, counter 0.
    pub fn synced() -> Self {
        Self {
            name: "synced".to_owned(),
            kind: Kind::Synced,
            aaguid: 0xc2e7_5a90_4b1d_4f38_8d06_2fa9_63b7_e5c4_u128.to_be_bytes(),
            ..Self::device_bound()
        }
    }
}
