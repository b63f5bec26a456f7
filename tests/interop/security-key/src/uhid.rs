//! A HID device of FIDO's usage page behind /dev/uhid: `struct uhid_event` of linux/uhid.h, packed, in the computer's
//! own byte order.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
};

/// What passes over the bus at once.
pub type Report = [u8; 64];

/// `sizeof(struct uhid_event)`
const EVENT: usize = 4380;
const DESTROY: u32 = 1;
const OUTPUT: u32 = 6;
const CREATE2: u32 = 11;
const INPUT2: u32 = 12;
/// UHID_DATA_MAX and HID_MAX_DESCRIPTOR_SIZE
const DATA: usize = 4096;
const USB: u16 = 3;

/// CTAP 2.3 §11.2.8.2: usage page 0xF1D0, usage 1, an input and an output report of 64 bytes.
const DESCRIPTOR: [u8; 34] = [
    0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95,
    0x40, 0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0,
];

/// The device; it leaves the bus when the last of its handles is closed.
pub struct Device {
    file: File,
    /// What makes it.
    creation: Vec<u8>,
}

impl Device {
    /// A device by this name and these numbers.
    ///
    /// # Errors
    /// Those of /dev/uhid.
    pub fn create(name: &str, serial: &str, vendor: u32, product: u32) -> io::Result<Self> {
        let mut event = Vec::with_capacity(EVENT);
        event.extend(CREATE2.to_ne_bytes());
        for (text, size) in [(name, 128), ("", 64), (serial, 64)] {
            event.extend(text.bytes().chain(std::iter::repeat(0)).take(size));
        }
        event.extend((DESCRIPTOR.len() as u16).to_ne_bytes());
        event.extend(USB.to_ne_bytes());
        for number in [vendor, product, 1, 0] {
            event.extend(number.to_ne_bytes());
        }
        event.extend(DESCRIPTOR);
        event.resize(event.len() + DATA - DESCRIPTOR.len(), 0);
        let file = OpenOptions::new().read(true).write(true).open("/dev/uhid")?;
        let mut device = Self { file, creation: event };
        device.plug_in()?;
        Ok(device)
    }

    /// Puts it on the bus.
    ///
    /// # Errors
    /// Those of /dev/uhid.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.file.write_all(&self.creation)
    }

    /// Takes it off the bus; the program goes on.
    ///
    /// # Errors
    /// Those of /dev/uhid.
    #[allow(dead_code, reason = "one of the two programs is unplugged by its end")]
    pub fn unplug(&mut self) -> io::Result<()> {
        self.file.write_all(&DESTROY.to_ne_bytes())
    }

    /// A second handle, for another thread.
    ///
    /// # Errors
    /// Where the program has too many files open.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self { file: self.file.try_clone()?, creation: self.creation.clone() })
    }

    /// The next report from the computer; waits for it.
    ///
    /// # Errors
    /// Those of /dev/uhid.
    pub fn read(&mut self) -> io::Result<Report> {
        let mut event = [0; EVENT];
        loop {
            let read = self.file.read(&mut event)?;
            let kind = event.first_chunk().map_or(0, |kind| u32::from_ne_bytes(*kind));
            // What a program writes begins with the report's number, which is 0 here.
            if read > 4
                && kind == OUTPUT
                && event[4] == 0
                && event[4 + DATA..4 + DATA + 2] == 65u16.to_ne_bytes()
            {
                return Ok(event[5..69].try_into().expect("64 bytes"));
            }
        }
    }

    /// A report to the computer.
    ///
    /// # Errors
    /// Those of /dev/uhid.
    pub fn write(&mut self, report: &[u8]) -> io::Result<()> {
        let mut event = Vec::from(INPUT2.to_ne_bytes());
        event.extend((report.len() as u16).to_ne_bytes());
        event.extend(report);
        self.file.write_all(&event)
    }
}
