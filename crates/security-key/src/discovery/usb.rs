//! Keys on USB, as the kernel tells of its HID devices in /sys/class/hidraw.

use std::{fs, path::Path};

use rustix::fs::{Access, access, major, minor, stat};

use super::{
    Found, Identity,
    descriptor::{Reports, security_key},
    shown,
};
use crate::Medium;

/// The keys that are plugged in, in the order of their nodes' numbers.
pub(crate) fn found() -> Vec<Found> {
    below(Path::new("/sys/class/hidraw"))
}

/// Whether this user may open the node, now: udev sets its permissions after the kernel made it.
pub(super) fn may_be_opened(node: &str) -> bool {
    access(node, Access::READ_OK | Access::WRITE_OK).is_ok()
}

/// The device that a node by another name leads to.
pub(super) fn identity_of(node: &str) -> Option<Identity> {
    Some(behind(stat(node).ok()?.st_rdev)?.0)
}

/// The device behind an open node of this number. As long as the node is open, its number is nobody else's.
pub(crate) fn behind(number: u64) -> Option<(Identity, Option<Reports>)> {
    let device = format!("/sys/dev/char/{}:{}/device", major(number), minor(number));
    let device = fs::canonicalize(device).ok()?;
    let descriptor = fs::read(device.join("report_descriptor")).ok()?;
    Some((identity(&device), security_key(&descriptor)))
}

fn below(class: &Path) -> Vec<Found> {
    // No folder, no driver, no keys.
    let nodes = fs::read_dir(class).into_iter().flatten().flatten();
    let mut keys: Vec<_> = nodes.filter_map(|node| key(&node.path())).collect();
    // hidraw9 before hidraw10.
    keys.sort_by(|one, other| (one.address.len(), &one.address).cmp(&(other.address.len(), &other.address)));
    keys
}

/// The key behind a node; what is no key, and a device that goes meanwhile, is none.
fn key(node: &Path) -> Option<Found> {
    let device = fs::canonicalize(node.join("device")).ok()?;
    security_key(&fs::read(device.join("report_descriptor")).ok()?)?;
    let uevent = text(&device.join("uevent")).unwrap_or_default();
    let told = |name: &str| uevent.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let (vendor_id, product_id) = told("HID_ID").and_then(numbers).unzip();
    // Interface and device above it (1-2:1.0 and 1-2), where the device is on a bus and not made by a program.
    let usb = device.parent().and_then(Path::parent);
    let usb = |name: &str| shown(&text(&usb?.join(name))?);
    Some(Found {
        address: format!("/dev/{}", node.file_name()?.to_str()?),
        medium: Medium::Usb,
        name: usb("product")
            .or_else(|| shown(told("HID_NAME")?))
            .unwrap_or_else(|| "Security key".to_owned()),
        manufacturer: usb("manufacturer"),
        vendor_id,
        product_id,
        serial: told("HID_UNIQ").and_then(shown),
        port: told("HID_PHYS").and_then(shown),
        identity: identity(&device),
    })
}

/// The last part of a HID device's path is its numbers and one that the kernel counts up with every device
/// (`0003:1050:0407.0005`): no two have it the same until the computer is started anew.
fn identity(device: &Path) -> Identity {
    Identity(device.to_string_lossy().into_owned())
}

/// HID_ID: bus, vendor and product in hexadecimal, `0003:00001050:00000407`.
fn numbers(id: &str) -> Option<(u16, u16)> {
    let mut parts = id.trim().split(':').skip(1);
    let mut number = || u16::try_from(u32::from_str_radix(parts.next()?, 16).ok()?).ok();
    Some((number()?, number()?))
}

/// A file of /sys, with what is not UTF-8 replaced.
fn text(file: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&fs::read(file).ok()?).into_owned())
}

#[cfg(test)]
#[path = "usb_tests.rs"]
mod tests;
