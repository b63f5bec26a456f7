use std::{os::unix::fs::symlink, path::PathBuf};

use super::*;

const FIDO: [u8; 18] = [
    0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x40, 0x09, 0x20, 0x81, 0x02, 0x91, 0x02,
    0xC0,
];

struct Sys(tempfile::TempDir);

impl Sys {
    fn new() -> Self {
        let sys = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(sys.class()).unwrap();
        sys
    }

    fn class(&self) -> PathBuf {
        self.0.path().join("class/hidraw")
    }

    /// A device below `parent`, with its node.
    fn add(&self, node: &str, parent: &str, device: &str, descriptor: &[u8], uevent: &str) -> PathBuf {
        let device = self.0.path().join("devices").join(parent).join(device);
        fs::create_dir_all(device.join("hidraw").join(node)).unwrap();
        fs::write(device.join("report_descriptor"), descriptor).unwrap();
        fs::write(device.join("uevent"), uevent).unwrap();
        symlink(&device, device.join("hidraw").join(node).join("device")).unwrap();
        symlink(device.join("hidraw").join(node), self.class().join(node)).unwrap();
        device
    }
}

#[test]
fn keys_are_told_from_keyboards_and_from_each_other() {
    let sys = Sys::new();
    let keyboard = [0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0];
    sys.add("hidraw1", "usb1/1-1/1-1:1.0", "0003:046D:C31C.0001", &keyboard, "HID_NAME=A keyboard\n");
    let uevent = "DRIVER=hid-generic\nHID_ID=0003:00001050:00000407\nHID_NAME=Maker Blue 5C\n\
                  HID_PHYS=usb-0000:00:14.0-2/input1\nHID_UNIQ=1000000000\n";
    let one = sys.add("hidraw10", "usb1/1-2/1-2:1.1", "0003:1050:0407.0002", &FIDO, uevent);
    fs::write(one.join("../../product"), "Blue 5C\n").unwrap();
    fs::write(one.join("../../manufacturer"), "Maker\n").unwrap();
    let other =
        sys.add("hidraw9", "virtual/misc/uhid", "0003:1050:0407.0003", &FIDO, "HID_UNIQ=1000000000\n");

    let [none, blue] = &below(&sys.class())[..] else { panic!("two keys") };
    let named = Found {
        address: "/dev/hidraw10".to_owned(),
        medium: Medium::Usb,
        name: "Blue 5C".to_owned(),
        manufacturer: Some("Maker".to_owned()),
        vendor_id: Some(0x1050),
        product_id: Some(0x0407),
        serial: Some("1000000000".to_owned()),
        port: Some("usb-0000:00:14.0-2/input1".to_owned()),
        identity: identity(&fs::canonicalize(one).unwrap()),
    };
    assert_eq!(*blue, named);
    assert_eq!((none.address.as_str(), none.name.as_str()), ("/dev/hidraw9", "Security key"));
    assert_eq!(none.identity, identity(&fs::canonicalize(other).unwrap()));
    assert_eq!(none.serial, blue.serial);
    assert_ne!(none.identity, blue.identity, "with the same serial number they are two keys");
}

#[test]
fn a_name_that_is_not_text_does_no_harm() {
    let sys = Sys::new();
    let device = sys.add("hidraw0", "virtual/misc/uhid", "0003:0000:0000.0009", &FIDO, "");
    fs::write(device.join("uevent"), b"HID_NAME=\xFF\xE2\x80\xAEkey\nHID_ID=x:y:z\nHID_PHYS=\n").unwrap();
    let [key] = &below(&sys.class())[..] else { panic!("one key") };
    assert_eq!(key.name, "key");
    assert_eq!((key.vendor_id, &key.port, &key.serial), (None, &None, &None));
}

#[test]
fn without_a_driver_there_are_no_keys() {
    assert_eq!(below(Path::new("/nothing/here")), []);
}
