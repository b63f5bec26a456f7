use ctap::get_info;

use crate::Found;

/// What a key is known again by when it comes back, wherever it is plugged in then. Two keys of one make that nobody set
/// up differently may still be alike; the touch decides between them.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyMark {
    vendor_id: Option<u16>,
    product_id: Option<u16>,
    serial: Option<String>,
    info: get_info::Response,
}

impl KeyMark {
    /// Of a key that is there.
    pub fn of(found: &Found, info: &get_info::Response) -> Self {
        Self {
            vendor_id: found.vendor_id,
            product_id: found.product_id,
            serial: found.serial.clone(),
            // The first two are sealed anew at every call, the third one begins again with the power (§6.4).
            info: get_info::Response {
                enc_identifier: None,
                enc_cred_store_state: None,
                uv_count_since_last_pin_entry: None,
                ..info.clone()
            },
        }
    }
}
