use ctap::hid::Report;
use std::io::{self, ErrorKind};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use crate::{Error, Identity, Medium};

/// What carries reports, of 64 bytes but for a few keys. Reading loses nothing where it is dropped half-way.
pub(super) enum Link {
    #[cfg(target_os = "linux")]
    Hidraw(super::hidraw::Device),
    #[cfg(feature = "hidapi")]
    Hidapi(super::hidapi::Device),
    Tcp(TcpStream, Partial),
    #[cfg(unix)]
    Unix(UnixStream, Partial),
}

/// What came of a report behind its length, two big-endian bytes.
pub(super) struct Partial {
    bytes: [u8; 66],
    filled: usize,
}

impl Default for Partial {
    fn default() -> Self {
        Self { bytes: [0; 66], filled: 0 }
    }
}

impl Link {
    pub(super) async fn open(address: &str) -> Result<Self, Error> {
        let gone = |error: io::Error| Error::Gone(format!("{address}: {error}"));
        if let Some(address) = address.strip_prefix("tcp:") {
            return Ok(Self::Tcp(TcpStream::connect(address).await.map_err(gone)?, Partial::default()));
        }
        #[cfg(unix)]
        if let Some(path) = address.strip_prefix("unix:") {
            return Ok(Self::Unix(UnixStream::connect(path).await.map_err(gone)?, Partial::default()));
        }
        #[cfg(feature = "hidapi")]
        if let Some(path) = address.strip_prefix(crate::discovery::HIDAPI) {
            return super::hidapi::Device::open(path).await.map(Self::Hidapi);
        }
        #[cfg(target_os = "linux")]
        return super::hidraw::Device::open(address).map(Self::Hidraw);
        #[cfg(not(target_os = "linux"))]
        Err(gone(ErrorKind::Unsupported.into()))
    }

    /// The key at the other end, where the system tells.
    pub(super) fn identity(&self) -> Option<&Identity> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(device) => device.identity(),
            #[cfg(feature = "hidapi")]
            Self::Hidapi(device) => Some(device.identity()),
            Self::Tcp(..) => None,
            #[cfg(unix)]
            Self::Unix(..) => None,
        }
    }

    pub(super) fn medium(&self) -> Medium {
        match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(_) => Medium::Usb,
            #[cfg(feature = "hidapi")]
            Self::Hidapi(_) => Medium::Usb,
            Self::Tcp(..) => Medium::Socket,
            #[cfg(unix)]
            Self::Unix(..) => Medium::Socket,
        }
    }

    /// How many bytes a report to the key has.
    pub(super) fn report_length(&self) -> usize {
        match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(device) => device.report_length(),
            #[cfg(feature = "hidapi")]
            Self::Hidapi(device) => device.report_length(),
            Self::Tcp(..) => 64,
            #[cfg(unix)]
            Self::Unix(..) => 64,
        }
    }

    pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(device) => device.read().await,
            #[cfg(feature = "hidapi")]
            Self::Hidapi(device) => device.read().await,
            Self::Tcp(stream, partial) => loop {
                stream.readable().await?;
                if let Some(report) = partial.fill(|space| stream.try_read(space))? {
                    return Ok(report.to_vec());
                }
            },
            #[cfg(unix)]
            Self::Unix(stream, partial) => loop {
                stream.readable().await?;
                if let Some(report) = partial.fill(|space| stream.try_read(space))? {
                    return Ok(report.to_vec());
                }
            },
        }
    }

    pub(super) async fn write(&mut self, report: &[u8]) -> io::Result<()> {
        use tokio::io::AsyncWriteExt;
        match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(device) => device.write(report).await,
            #[cfg(feature = "hidapi")]
            Self::Hidapi(device) => device.write(report),
            Self::Tcp(stream, _) => stream.write_all(&framed(report)).await,
            #[cfg(unix)]
            Self::Unix(stream, _) => stream.write_all(&framed(report)).await,
        }
    }

    /// Writes if that is possible at once.
    pub(super) fn write_now(&self, report: &[u8]) {
        // A key that takes nothing now ends its request by its own time limit.
        let _ = match self {
            #[cfg(target_os = "linux")]
            Self::Hidraw(device) => device.write_now(report),
            #[cfg(feature = "hidapi")]
            Self::Hidapi(device) => device.write(report),
            Self::Tcp(stream, _) => stream.try_write(&framed(report)).map(drop),
            #[cfg(unix)]
            Self::Unix(stream, _) => stream.try_write(&framed(report)).map(drop),
        };
    }
}

impl Partial {
    /// Takes what is there; a report where one is whole.
    fn fill(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<Option<Report>> {
        let space = self.bytes.get_mut(self.filled..).unwrap_or_default();
        match read(space) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => self.filled += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        if self.filled < self.bytes.len() {
            return Ok(None);
        }
        self.filled = 0;
        match self.bytes {
            [0, 64, ref report @ ..] => Ok(Some(*report)),
            // Nothing after it could be trusted.
            _ => Err(io::Error::new(ErrorKind::InvalidData, "a report that is not 64 bytes long")),
        }
    }
}

fn framed(report: &[u8]) -> Vec<u8> {
    [&[0, 64], report].concat()
}
