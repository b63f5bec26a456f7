//! Keys on USB where the system is neither Linux nor tells of its devices by files: ctap-hid-fido2 says what is a
//! security key, hidapi underneath what else is known of it.

use ::hidapi::HidApi;
use ctap_hid_fido2::{HidParam, get_fidokey_devices};

use super::{Found, Identity, shown};
use crate::Medium;

/// What stands before a path of hidapi's in an address.
pub(crate) const SCHEME: &str = "hidapi:";

/// The keys that hidapi sees.
pub fn found_by_hidapi() -> Vec<Found> {
    // The listing below panics where there is no hidapi to be had.
    let Ok(devices) = HidApi::new() else { return Vec::new() };
    let keys = get_fidokey_devices().into_iter().filter_map(|key| {
        let HidParam::Path(path) = key.param else { return None };
        let device = devices.device_list().find(|device| device.path().to_str() == Ok(path.as_str()));
        Some(Found {
            address: format!("{SCHEME}{path}"),
            medium: Medium::Usb,
            name: shown(&key.product_string).unwrap_or_else(|| "Security key".to_owned()),
            manufacturer: device.and_then(|device| shown(device.manufacturer_string()?)),
            vendor_id: Some(key.vid),
            product_id: Some(key.pid),
            serial: device.and_then(|device| shown(device.serial_number()?)),
            port: None,
            identity: Identity(path),
        })
    });
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by(|one, other| one.address.cmp(&other.address));
    keys
}

/// Looks every now and then: hidapi does not tell when a device comes.
#[cfg(not(target_os = "linux"))]
pub(super) async fn watch(tell: tokio::sync::mpsc::UnboundedSender<super::Event>) {
    let mut told = super::told::Told::default();
    while let Ok(keys) = tokio::task::spawn_blocking(found_by_hidapi).await {
        if told.tell(keys, &tell).is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
}
