//! The events of /dev/uhid as bytes: `struct uhid_event` of linux/uhid.h, packed, in the computer's own byte
//! order, first the type as a u32. The kernel fills events that are too short with zeros.

use ctap::hid::Report;

/// `sizeof(struct uhid_event)`: the kernel hands over no more at once.
pub(super) const READ_SIZE: usize = 4380;

/// `enum uhid_event_type`
mod kind {
    pub(super) const CLOSE: u32 = 5;
    pub(super) const OUTPUT: u32 = 6;
    pub(super) const GET_REPORT: u32 = 9;
    pub(super) const GET_REPORT_REPLY: u32 = 10;
    pub(super) const CREATE2: u32 = 11;
    pub(super) const INPUT2: u32 = 12;
    pub(super) const SET_REPORT: u32 = 13;
    pub(super) const SET_REPORT_REPLY: u32 = 14;
}

/// UHID_DATA_MAX and HID_MAX_DESCRIPTOR_SIZE
const DATA_MAX: usize = 4096;

const REPORT_SIZE: u16 = 64;
/// EIO
const IO_ERROR: u16 = 5;

/// BUS_USB: libfido2 and browsers pass over what claims to be on another bus.
const BUS: u16 = 0x03;
/// pid.codes, which gives out numbers to open projects, and its number for trying things out: no product that
/// anybody sells has it, and lists of devices show it as "pid.codes Test PID".
const VENDOR: u32 = 0x1209;
const PRODUCT: u32 = 0x0001;
const VERSION: u32 = 0x0001;

const DESCRIPTOR_SIZE: u16 = 34;
/// The report descriptor of a FIDO key (CTAP 2.3 §11.2.8.2).
#[rustfmt::skip]
const DESCRIPTOR: [u8; DESCRIPTOR_SIZE as usize] = [
    0x06, 0xD0, 0xF1, // usage page 0xF1D0: FIDO alliance
    0x09, 0x01,       // usage 1: authenticator
    0xA1, 0x01,       // application collection
    0x09, 0x20,       //   usage 0x20: to the computer
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, // 64 bytes of 0 to 255
    0x81, 0x02,       //   input: data, variable, absolute
    0x09, 0x21,       //   usage 0x21: to the key
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40,
    0x91, 0x02,       //   output: data, variable, absolute
    0xC0,
];

/// `struct uhid_create2_req`: a FIDO key by these names.
pub(super) struct Create<'a> {
    /// At most 127 bytes count.
    pub(super) name: &'a str,
    /// At most 63 bytes count.
    pub(super) phys: &'a str,
    /// At most 63 bytes count.
    pub(super) uniq: &'a str,
}

impl Create<'_> {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(READ_SIZE);
        bytes.extend(kind::CREATE2.to_ne_bytes());
        push_text(&mut bytes, self.name, 128);
        push_text(&mut bytes, self.phys, 64);
        push_text(&mut bytes, self.uniq, 64);
        bytes.extend(DESCRIPTOR_SIZE.to_ne_bytes());
        bytes.extend(BUS.to_ne_bytes());
        for number in [VENDOR, PRODUCT, VERSION, 0] {
            bytes.extend(number.to_ne_bytes());
        }
        bytes.extend(DESCRIPTOR);
        bytes.resize(bytes.len() + DATA_MAX - DESCRIPTOR.len(), 0);
        bytes
    }
}

/// UHID_INPUT2: a report to the computer.
pub(super) fn input(report: &Report) -> [u8; 70] {
    let mut event = [0; 70];
    let (head, data) = event.split_at_mut(6);
    let (kind, size) = head.split_at_mut(4);
    kind.copy_from_slice(&kind::INPUT2.to_ne_bytes());
    size.copy_from_slice(&REPORT_SIZE.to_ne_bytes());
    data.copy_from_slice(report);
    event
}

/// UHID_GET_REPORT_REPLY with EIO: a FIDO key has no feature reports. Unanswered, the asking program hangs.
pub(super) fn get_report_refused(id: u32) -> Vec<u8> {
    refused(kind::GET_REPORT_REPLY, id)
}

/// UHID_SET_REPORT_REPLY with EIO.
pub(super) fn set_report_refused(id: u32) -> Vec<u8> {
    refused(kind::SET_REPORT_REPLY, id)
}

/// An event of the kernel that asks for something.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A report to the key.
    Output(Report),
    /// No program has the device open any more.
    Close,
    /// A program asks for a report and waits.
    GetReport {
        /// To be repeated in the reply.
        id: u32,
    },
    /// A program sets a report and waits.
    SetReport {
        /// To be repeated in the reply.
        id: u32,
    },
}

impl Event {
    /// `None` for the events that ask for nothing, and for reports that are not 64 bytes long.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, event) = split_u32(bytes)?;
        Some(match kind {
            kind::CLOSE => Self::Close,
            kind::OUTPUT => Self::Output(output(event)?),
            kind::GET_REPORT => Self::GetReport { id: split_u32(event)?.0 },
            kind::SET_REPORT => Self::SetReport { id: split_u32(event)?.0 },
            _ => return None,
        })
    }
}

/// `struct uhid_output_req`. What a program writes to a hidraw node begins with the report's number, which is
/// 0 where reports have none.
fn output(event: &[u8]) -> Option<Report> {
    let (data, rest) = event.split_at_checked(DATA_MAX)?;
    let size = u16::from_ne_bytes(*rest.first_chunk()?);
    match data.get(..size.into())? {
        [0, report @ ..] if report.len() == 64 => report.try_into().ok(),
        report => report.try_into().ok(),
    }
}

fn refused(kind: u32, id: u32) -> Vec<u8> {
    [&kind.to_ne_bytes()[..], &id.to_ne_bytes(), &IO_ERROR.to_ne_bytes()].concat()
}

/// Text with at least one zero behind it.
fn push_text(bytes: &mut Vec<u8>, text: &str, size: usize) {
    let end = bytes.len() + size;
    bytes.extend(text.bytes().take(size - 1));
    bytes.resize(end, 0);
}

fn split_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_ne_bytes(*number), rest))
}

#[cfg(test)]
mod tests;
