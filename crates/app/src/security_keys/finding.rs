//! The keys that are there, and ids that stay the same after a replug.

use ctap::get_info;
use security_key::{Found, Medium, Progress};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc};

use super::opening;

/// A key that is there, and what it is called by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// What the bus says of it.
    pub found: Found,
    /// Eight hexadecimal digits, and behind an `@` the port where another key is there that nothing tells from this one.
    pub id: String,
}

impl FoundKey {
    /// Whether another key is there that nothing but the port tells from this one.
    pub fn alike(&self) -> bool {
        self.id.contains('@')
    }
}

/// The keys of this computer, with their ids.
pub(crate) async fn found() -> Vec<FoundKey> {
    let mut keys = Vec::new();
    for key in security_key::found() {
        keys.push(identified(key).await);
    }
    told_apart(keys)
}

/// The key at an address, found or not: nobody finds an emulated one's socket.
pub(crate) async fn at(address: &str) -> FoundKey {
    identified(Found::at(address)).await
}

/// A card has no identity before it is asked: a reader's name is the reader's.
pub(super) async fn identified(found: Found) -> FoundKey {
    let info = match found.medium {
        Medium::Nfc | Medium::Contact => {
            let silent: Progress = Arc::new(|_| ());
            opening::session(&found, &silent).await.ok().map(|(_, info)| info)
        }
        _ => None,
    };
    FoundKey { id: id(&found, info.as_ref()), found }
}

/// Digits of what outlasts a replug: of a USB key its descriptors, of a card its model, of a socket its address.
fn id(found: &Found, info: Option<&get_info::Response>) -> String {
    let hex4 = |number: Option<u16>| number.map(|number| format!("{number:04x}")).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let lasting = match (found.medium, info) {
        (Medium::Usb, _) => vec![
            hex4(found.vendor_id),
            hex4(found.product_id),
            text(&found.serial),
            text(&found.manufacturer),
            found.name.clone(),
        ],
        (_, Some(info)) => vec![hex::encode(info.aaguid), info.versions.join(",")],
        (_, None) => vec![found.address.clone()],
    };
    hex::encode(Sha256::digest(lasting.join("\0"))).chars().take(8).collect()
}

/// Keys of one id get the port behind it.
fn told_apart(mut keys: Vec<FoundKey>) -> Vec<FoundKey> {
    let mut times = HashMap::new();
    for key in &keys {
        *times.entry(key.id.clone()).or_insert(0) += 1;
    }
    for key in &mut keys {
        if times.get(&key.id).is_some_and(|times| *times > 1) {
            let port = key.found.port.as_deref().unwrap_or(&key.found.address);
            key.id = format!("{}@{port}", key.id);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str, name: &str, serial: Option<&str>, port: &str) -> Found {
        Found {
            address: address.to_owned(),
            medium: Medium::Usb,
            name: name.to_owned(),
            vendor_id: Some(0x1209),
            serial: serial.map(str::to_owned),
            port: Some(port.to_owned()),
            ..Found::at("tcp:192.0.2.1:1")
        }
    }

    fn ids(keys: &[Found]) -> Vec<String> {
        let keys = keys.iter().map(|found| FoundKey { id: id(found, None), found: found.clone() });
        told_apart(keys.collect()).into_iter().map(|key| key.id).collect()
    }

    #[test]
    fn an_id_is_the_key_s_and_not_the_place_s() {
        let here = ids(&[key("/dev/hidraw0", "Blue", Some("1"), "1-1")]);
        assert_eq!(here, ids(&[key("/dev/hidraw7", "Blue", Some("1"), "2-4")]), "after a replug");
        for other in
            [key("/dev/hidraw0", "Blue", Some("2"), "1-1"), key("/dev/hidraw0", "Green", Some("1"), "1-1")]
        {
            assert_ne!(here, ids(&[other]));
        }
    }

    #[test]
    fn two_keys_of_one_serial_number_are_told_apart_by_their_ports_while_both_are_there() {
        let [one, two] = ["1-1", "1-2"].map(|port| key("/dev/hidraw0", "Only", Some("1000000000"), port));
        let alone = ids(std::slice::from_ref(&one));
        let both = ids(&[one, two, key("/dev/hidraw3", "Other", None, "1-3")]);
        assert_eq!(both[..2], [format!("{}@1-1", alone[0]), format!("{}@1-2", alone[0])]);
        assert_eq!(both[2].len(), 8);
    }
}
