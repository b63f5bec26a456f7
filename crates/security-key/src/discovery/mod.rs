//! Which keys are there, what tells them apart, and which of them the person means.
//!
//! | Where | What |
//! |---|---|
//! | [`found`] | the keys that are there now |
//! | [`watch()`] | hears of keys that come and go |
//! | `told` | what listeners were told of already |
//! | [`touched`] | which of them the person means |
//! | `usb` | the system's HID devices, from /sys |
//! | `hidapi` | the HID devices of macOS and Windows |
//! | `descriptor` | what a HID device says of its reports |
//! | `usb_events` | those of them that come and go |
//! | `uevent` | what the kernel and udev say of devices, as they say it |

#[cfg(any(target_os = "linux", feature = "hidapi"))]
mod descriptor;
#[cfg(feature = "hidapi")]
mod hidapi;
#[cfg(any(target_os = "linux", feature = "hidapi"))]
mod told;
mod touched;
#[cfg(target_os = "linux")]
mod uevent;
#[cfg(target_os = "linux")]
pub(crate) mod usb;
#[cfg(target_os = "linux")]
mod usb_events;
mod watch;

#[cfg(any(target_os = "linux", feature = "hidapi"))]
pub(crate) use descriptor::Reports;
#[cfg(feature = "hidapi")]
pub(crate) use descriptor::security_key;
#[cfg(feature = "hidapi")]
pub(crate) use hidapi::SCHEME as HIDAPI;
#[cfg(feature = "hidapi")]
pub use hidapi::found_by_hidapi;
pub use touched::{Touched, touched};
pub use watch::{Event, Watch, watch};

use crate::{Error, Hid, Key, Medium, Nfc, Progress, Session, nfc};

/// A key that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is: what [`open()`](crate::open()) takes. Another key may be there tomorrow.
    pub address: String,
    /// What messages to it pass through.
    pub medium: Medium,
    /// What the key, or the reader, calls itself.
    pub name: String,
    /// Who made it, as it says.
    pub manufacturer: Option<String>,
    /// The maker's number, of the USB Implementers Forum.
    pub vendor_id: Option<u16>,
    /// The maker's number for the product.
    pub product_id: Option<u16>,
    /// The serial number that it shows to every program. Few keys have one, and there are makers who give all of theirs
    /// the same.
    pub serial: Option<String>,
    /// The port that it is plugged into, as the system names it: of two keys that are alike, which is which.
    pub port: Option<String>,
    /// What only this key has, from when it was plugged in until it is unplugged.
    pub identity: Identity,
}

/// One key, plugged in once. Whatever stands at its address next has another one, the same key plugged in again too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub(crate) String);

/// The keys that are there now, those on USB first, then those on smart card readers. A card that another program has
/// taken, or that is slow, holds this up for two seconds.
pub fn found() -> Vec<Found> {
    #[cfg(target_os = "linux")]
    let mut keys = usb::found();
    #[cfg(all(not(target_os = "linux"), feature = "hidapi"))]
    let mut keys = found_by_hidapi();
    #[cfg(not(any(target_os = "linux", feature = "hidapi")))]
    let mut keys = Vec::new();
    keys.extend(nfc::found());
    keys
}

impl Found {
    /// Whatever is at an address: one of the keys found, or, of a key that nobody finds (an emulated one, by socket),
    /// what the address alone tells.
    pub fn at(address: &str) -> Self {
        let medium = match address.split_once(':') {
            Some(("tcp" | "unix", _)) => Medium::Socket,
            Some(("pcsc", _)) => Medium::Nfc,
            _ => Medium::Usb,
        };
        let there = match medium {
            Medium::Nfc => nfc::found(),
            #[cfg(target_os = "linux")]
            Medium::Usb => usb::found(),
            _ => Vec::new(),
        };
        if let Some(key) = there.into_iter().find(|key| key.address == address) {
            return key;
        }
        let address_alone = Identity(address.to_owned());
        #[cfg(target_os = "linux")]
        let identity = usb::identity_of(address).unwrap_or(address_alone);
        #[cfg(not(target_os = "linux"))]
        let identity = address_alone;
        Self {
            address: address.to_owned(),
            medium,
            name: address.to_owned(),
            manufacturer: None,
            vendor_id: None,
            product_id: None,
            serial: None,
            port: None,
            identity,
        }
    }

    /// Opens this very key. `progress` hears what it is doing while a request is open.
    ///
    /// # Errors
    /// [`Error::Gone`], also where another key stands at its address by now; [`Error::NoPermission`], [`Error::Busy`];
    /// [`Error::Reader`], [`Error::NotAKey`].
    pub async fn open(&self, progress: Progress) -> Result<Key, Error> {
        if let Some(reader) = self.address.strip_prefix(nfc::SCHEME) {
            let key = Nfc::open_exactly(reader, &self.identity).await?;
            return Ok(Session::new(Box::new(key.with_progress(progress))));
        }
        if self.medium != Medium::Usb {
            return crate::open(&self.address, progress).await;
        }
        let key = Hid::open_exactly(&self.address, &self.identity).await?;
        Ok(Session::new(Box::new(key.with_progress(progress))))
    }
}

/// Text of a device, fit to be shown: without what would change the order or the look of the text around it.
pub(crate) fn shown(text: &str) -> Option<String> {
    const LONGEST: usize = 128;
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
            || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}')
    };
    let text: String = text.chars().filter(|c| !hidden(*c)).take(LONGEST).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_nobody_finds_is_a_key_all_the_same() {
        let at = |address| (Found::at(address).medium, Found::at(address).name);
        assert_eq!(at("tcp:127.0.0.1:1"), (Medium::Socket, "tcp:127.0.0.1:1".to_owned()));
        assert_eq!(at("/dev/nothing"), (Medium::Usb, "/dev/nothing".to_owned()));
        assert_ne!(Found::at("unix:/a").identity, Found::at("unix:/b").identity);
    }

    #[test]
    fn what_a_device_calls_itself_cannot_disturb_the_line_it_stands_in() {
        assert_eq!(shown("Blue\u{202E}lanigiro\u{200B} 5\n"), Some("Bluelanigiro 5".to_owned()));
        assert_eq!(shown(" \u{FEFF}\u{1B} "), None);
        assert_eq!(shown(&"k".repeat(1000)).map(|text| text.len()), Some(128));
        assert_eq!(shown("Schlüssel 鍵"), Some("Schlüssel 鍵".to_owned()));
    }
}
