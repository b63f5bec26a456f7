//! Over what a request came.

/// What carries a request to the key. Where a reset is taken only over some of them, it matters (§6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// CTAPHID, over a HID device or a socket (§11.2).
    Usb,
    /// A smart card reader (§11.3).
    Nfc,
}

impl Transport {
    /// The name in getInfo (`AuthenticatorTransport`, WebAuthn §5.8.4).
    pub fn name(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Nfc => "nfc",
        }
    }
}
