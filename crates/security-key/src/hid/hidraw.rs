//! Keys of this computer, by the kernel's hidraw nodes.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::Path,
};

use ctap::hid::Report;
use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
};
use tokio::io::{Interest, unix::AsyncFd};

use super::Connected;
use crate::Error;

/// A device node that is open.
pub(super) struct Device(AsyncFd<File>);

/// Usage page 0xF1D0 as the first item of a report descriptor (§11.2.8.2): tag 0x06, two bytes, little-endian.
const FIDO_USAGE_PAGE: [u8; 3] = [0x06, 0xD0, 0xF1];

/// The security keys that are plugged in, by their nodes' names.
///
/// # Errors
/// [`Error::Gone`] where the system does not tell of its devices.
pub fn connected() -> Result<Vec<Connected>, Error> {
    connected_below(Path::new("/sys/class/hidraw")).map_err(|error| Error::Gone(error.to_string()))
}

fn connected_below(class: &Path) -> io::Result<Vec<Connected>> {
    let entries = match fs::read_dir(class) {
        // No driver, no keys.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut keys = Vec::new();
    for entry in entries {
        let entry = entry?;
        let device = entry.path().join("device");
        // A device that goes meanwhile is no key.
        let Ok(descriptor) = fs::read(device.join("report_descriptor")) else { continue };
        if descriptor.starts_with(&FIDO_USAGE_PAGE) {
            let node = entry.file_name();
            let told = fs::read_to_string(device.join("uevent")).unwrap_or_default();
            let name = told.lines().find_map(|line| line.strip_prefix("HID_NAME="));
            keys.push(Connected {
                address: format!("/dev/{}", node.to_string_lossy()),
                name: name.unwrap_or("Security key").to_owned(),
            });
        }
    }
    keys.sort_by(|one, other| one.address.cmp(&other.address));
    Ok(keys)
}

impl Device {
    pub(super) fn open(node: &str) -> Result<Self, Error> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = open(node, flags, Mode::empty()).map_err(|error| match error {
            Errno::ACCESS | Errno::PERM => Error::NoPermission(node.to_owned()),
            other => Error::Gone(format!("{node}: {}", io::Error::from(other))),
        })?;
        #[expect(
            deprecated,
            reason = "its successor is an unsafe function; what that asks for, a File keeps: \
                      it owns one open description until it is dropped"
        )]
        let file = AsyncFd::with_interest(File::from(file), Interest::READABLE | Interest::WRITABLE);
        file.map(Self).map_err(|error| Error::Gone(format!("{node}: {error}")))
    }

    pub(super) async fn read(&self) -> io::Result<Report> {
        let mut report = [0; 64];
        let read = self.0.async_io(Interest::READABLE, |mut file| file.read(&mut report)).await?;
        if read == report.len() { Ok(report) } else { Err(ErrorKind::InvalidData.into()) }
    }

    pub(super) async fn write(&self, report: &Report) -> io::Result<()> {
        self.0.async_io(Interest::WRITABLE, |mut file| file.write_all(&numbered(report))).await
    }

    pub(super) fn write_now(&self, report: &Report) -> io::Result<()> {
        self.0.get_ref().write_all(&numbered(report))
    }
}

/// hidraw wants the report's number in front; a FIDO device has one report, of number 0.
fn numbered(report: &Report) -> [u8; 65] {
    let mut bytes = [0; 65];
    let (_, space) = bytes.split_at_mut(1);
    space.copy_from_slice(report);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_keyboards() {
        let class = tempfile::tempdir().unwrap();
        let add = |node: &str, descriptor: &[u8], uevent: &str| {
            let device = class.path().join(node).join("device");
            fs::create_dir_all(&device).unwrap();
            fs::write(device.join("report_descriptor"), descriptor).unwrap();
            fs::write(device.join("uevent"), uevent).unwrap();
        };
        add("hidraw1", &[0x05, 0x01, 0x09, 0x06], "HID_NAME=A keyboard\n");
        add("hidraw2", &[0x06, 0xD0, 0xF1, 0x09, 0x01], "DRIVER=hid-generic\nHID_NAME=Blue 5C\n");
        add("hidraw0", &[0x06, 0xD0, 0xF1, 0x09, 0x01], "");
        let key = |address: &str, name: &str| Connected { address: address.into(), name: name.into() };
        assert_eq!(
            connected_below(class.path()).unwrap(),
            [key("/dev/hidraw0", "Security key"), key("/dev/hidraw2", "Blue 5C")]
        );
        assert_eq!(connected_below(&class.path().join("none")).unwrap(), []);
    }
}
