//! Keys of this computer, by the kernel's hidraw nodes.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Write},
};

use rustix::{
    fs::{Mode, OFlags, fstat, open},
    io::Errno,
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::{
    Error,
    discovery::{Identity, Reports, usb},
};

/// A device node that is open.
pub(super) struct Device {
    node: AsyncFd<File>,
    reports: Reports,
    /// `None` where the system does not show its devices.
    identity: Option<Identity>,
}

impl Device {
    pub(super) fn open(node: &str) -> Result<Self, Error> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = open(node, flags, Mode::empty()).map_err(|error| match error {
            Errno::ACCESS | Errno::PERM => Error::NoPermission(node.to_owned()),
            other => Error::Gone(format!("{node}: {}", io::Error::from(other))),
        })?;
        let number = fstat(&file).map_err(|error| Error::Gone(format!("{node}: {error}")))?.st_rdev;
        let (identity, reports) = match usb::behind(number) {
            None => (None, Reports::USUAL),
            Some((_, None)) => return Err(Error::Gone(format!("{node} is not a security key"))),
            Some((_, Some(reports))) if !reports.are_possible() => {
                return Err(Error::Unsupported("reports of 8 to 64 bytes without numbers"));
            }
            Some((identity, Some(reports))) => (Some(identity), reports),
        };
        #[expect(
            deprecated,
            reason = "its successor is an unsafe function; what that asks for, a File keeps: \
                      it owns one open description until it is dropped"
        )]
        let file = AsyncFd::with_interest(File::from(file), Interest::READABLE | Interest::WRITABLE);
        let node = file.map_err(|error| Error::Gone(format!("{node}: {error}")))?;
        Ok(Self { node, reports, identity })
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(super) fn report_length(&self) -> usize {
        self.reports.output
    }

    pub(super) async fn read(&self) -> io::Result<Vec<u8>> {
        let mut report = vec![0; self.reports.input];
        let read = self.node.async_io(Interest::READABLE, |mut file| file.read(&mut report)).await?;
        if read == report.len() { Ok(report) } else { Err(ErrorKind::InvalidData.into()) }
    }

    pub(super) async fn write(&self, report: &[u8]) -> io::Result<()> {
        self.node.async_io(Interest::WRITABLE, |mut file| file.write_all(&numbered(report))).await
    }

    pub(super) fn write_now(&self, report: &[u8]) -> io::Result<()> {
        self.node.get_ref().write_all(&numbered(report))
    }
}

/// hidraw wants the report's number in front, which is 0 where reports have none.
fn numbered(report: &[u8]) -> Vec<u8> {
    [&[0], report].concat()
}
