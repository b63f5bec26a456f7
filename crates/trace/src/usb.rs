//! A FIDO key as a USB device: its descriptors, and transfers as Linux' `usbmon` records them
//! (LINKTYPE_USB_LINUX_MMAPPED: a header of 64 bytes, little-endian, then the data).

use std::time::Duration;

/// Interrupt endpoints, as keys have them.
const OUT: u8 = 0x01;
const IN: u8 = 0x81;
/// What a report descriptor says of a FIDO device (CTAP 2.3 §11.2.8.1): usage page 0xF1D0, usage 0x01, one input
/// and one output report of 64 bytes.
const REPORT_DESCRIPTOR: [u8; 34] = [
    0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95,
    0x40, 0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0,
];
/// Device descriptor (USB 2.0 §9.6.1), with the numbers of the device that /dev/uhid makes.
const DEVICE: [u8; 18] = [18, 1, 0x00, 0x02, 0, 0, 0, 64, 0x09, 0x12, 0x01, 0x00, 0x01, 0x00, 0, 0, 0, 1];
/// Configuration, interface (class HID), HID and endpoint descriptors (USB 2.0 §9.6.3, HID 1.11 §6.2.1).
#[rustfmt::skip]
const CONFIGURATION: [u8; 41] = [
    9, 2, 41, 0, 1, 1, 0, 0x80, 50,
    9, 4, 0, 0, 2, 3, 0, 0, 0,
    9, 0x21, 0x11, 0x01, 0, 1, 0x22, 34, 0,
    7, 5, IN, 3, 64, 0, 5,
    7, 5, OUT, 3, 64, 0, 5,
];

/// The control transfers of a host that meets the device: the set-up packet and what is answered.
pub(crate) fn enumeration() -> [([u8; 8], Vec<u8>); 4] {
    [
        ([0x80, 6, 0, 1, 0, 0, 18, 0], DEVICE.to_vec()),
        ([0x80, 6, 0, 2, 0, 0, 41, 0], CONFIGURATION.to_vec()),
        ([0x00, 9, 1, 0, 0, 0, 0, 0], Vec::new()),
        ([0x81, 6, 0, 0x22, 0, 0, 34, 0], REPORT_DESCRIPTOR.to_vec()),
    ]
}

/// One transfer: an id that joins its two packets, when, and with which device.
pub(crate) struct Urb {
    pub(crate) id: u64,
    pub(crate) time: Duration,
    pub(crate) device: u8,
}

#[derive(Clone, Copy)]
enum Stage {
    Submit,
    Complete,
}

struct Transfer<'a> {
    kind: u8,
    endpoint: u8,
    setup: Option<[u8; 8]>,
    length: usize,
    data: &'a [u8],
}

const INTERRUPT: u8 = 1;
const CONTROL: u8 = 2;
/// -EINPROGRESS, the status of what was only submitted.
const IN_PROGRESS: i32 = -115;

impl Urb {
    /// A report on its endpoint.
    pub(crate) fn interrupt(&self, from_key: bool, report: &[u8]) -> [Vec<u8>; 2] {
        let endpoint = if from_key { IN } else { OUT };
        let transfer = |data| Transfer { kind: INTERRUPT, endpoint, setup: None, length: report.len(), data };
        let (submitted, completed): (&[u8], &[u8]) = if from_key { (&[], report) } else { (report, &[]) };
        [self.packet(Stage::Submit, &transfer(submitted)), self.packet(Stage::Complete, &transfer(completed))]
    }

    /// A request on endpoint 0 and its answer.
    pub(crate) fn control(&self, setup: [u8; 8], answer: &[u8]) -> [Vec<u8>; 2] {
        let endpoint = setup.first().map_or(0, |kind| kind & 0x80);
        let transfer = |setup, data| Transfer { kind: CONTROL, endpoint, setup, length: answer.len(), data };
        [
            self.packet(Stage::Submit, &transfer(Some(setup), &[])),
            self.packet(Stage::Complete, &transfer(None, answer)),
        ]
    }

    fn packet(&self, stage: Stage, transfer: &Transfer<'_>) -> Vec<u8> {
        let (stage, status) = match stage {
            Stage::Submit => (b'S', IN_PROGRESS),
            Stage::Complete => (b'C', 0),
        };
        let no_data = if transfer.endpoint & 0x80 == 0 { b'>' } else { b'<' };
        let mut packet = self.id.to_le_bytes().to_vec();
        packet.extend([stage, transfer.kind, transfer.endpoint, self.device]);
        packet.extend(1_u16.to_le_bytes());
        packet.push(if transfer.setup.is_some() { 0 } else { b'-' });
        packet.push(if transfer.data.is_empty() { no_data } else { 0 });
        packet.extend(self.time.as_secs().to_le_bytes());
        packet.extend(self.time.subsec_micros().to_le_bytes());
        packet.extend(status.to_le_bytes());
        packet.extend(number(transfer.length));
        packet.extend(number(transfer.data.len()));
        packet.extend(transfer.setup.unwrap_or_default());
        // Interval, start frame, flags, number of ISO descriptors.
        packet.extend([0; 16]);
        packet.extend(transfer.data);
        packet
    }
}

fn number(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
