use super::Command;

/// The capability flags of an INIT response (§11.2.9.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(pub u8);

impl Capabilities {
    /// CAPABILITY_WINK
    pub const WINK: u8 = 0x01;
    /// CAPABILITY_CBOR
    pub const CBOR: u8 = 0x04;
    /// CAPABILITY_NMSG: no CTAPHID_MSG.
    pub const NMSG: u8 = 0x08;

    /// Of a device that winks and speaks U2F, CTAP2, or both.
    pub const fn of(u2f: bool, ctap2: bool) -> Self {
        Self(Self::WINK | if ctap2 { Self::CBOR } else { 0 } | if u2f { 0 } else { Self::NMSG })
    }

    /// Whether the device takes `command`, beside those that every device does.
    pub const fn allow(self, command: Command) -> bool {
        match command {
            Command::Msg => self.0 & Self::NMSG == 0,
            Command::Cbor => self.0 & Self::CBOR != 0,
            Command::Wink => self.0 & Self::WINK != 0,
            _ => true,
        }
    }
}
