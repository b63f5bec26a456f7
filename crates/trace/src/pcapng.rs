//! A capture that Wireshark opens: the key as a USB HID device as `usbmon` would see it, and APDUs as ISO 14443.
//!
//! The capture begins with the descriptors that a host reads when a device is plugged in, because they are how
//! Wireshark knows that the interrupt transfers behind them are HID. Each report is submitted and completed.

use std::{
    borrow::Cow,
    io::{self, Write},
    time::Duration,
};

use pcap_file::{
    DataLink, Endianness, PcapError,
    pcapng::{
        PcapNgWriter,
        blocks::{
            enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption},
            interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption},
        },
    },
};

use crate::{Direction, Entry, Event, Header, Packet, Trace, Transport, usb};

/// Longer than every packet.
const SNAP_LENGTH: u32 = 1 << 18;

/// Writes packets of a trace as a capture.
pub struct Writer<W: Write> {
    file: PcapNgWriter<W>,
    started: Duration,
    interfaces: Vec<Interface>,
    urb: u64,
    /// The ISO 14443-4 block number, which alternates.
    block: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Interface {
    Usb(Transport),
    Nfc,
}

impl<W: Write> Writer<W> {
    /// Begins a capture.
    ///
    /// # Errors
    /// Where `to` cannot be written.
    pub fn new(to: W, header: &Header) -> io::Result<Self> {
        let file = PcapNgWriter::with_endianness(to, Endianness::Little).map_err(other)?;
        let started = Duration::from_secs(header.started_unix);
        Ok(Self { file, started, interfaces: Vec::new(), urb: 0, block: 0 })
    }

    /// Writes an entry; events of the key have no place in a capture but as a comment on the next packet, and are
    /// left out.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        match entry {
            Entry::Packet(packet) if packet.transport == Transport::Nfc => self.apdu(packet),
            Entry::Packet(packet) => self.report(packet),
            Entry::Event { t, event: Event::PowerCycle { .. } } => {
                let usb: Vec<_> =
                    self.interfaces.iter().copied().filter(|of| *of != Interface::Nfc).collect();
                usb.into_iter().try_for_each(|interface| self.enumerate(interface, *t))
            }
            Entry::Event { .. } => Ok(()),
        }
    }

    /// What was written to, once the capture is whole.
    pub fn into_inner(self) -> W {
        self.file.into_inner()
    }

    fn report(&mut self, packet: &Packet) -> io::Result<()> {
        let interface = Interface::Usb(packet.transport);
        self.open(interface, packet.t)?;
        self.urb += 1;
        let urb = usb::Urb { id: self.urb, time: self.time(packet.t), device: device(packet.transport) };
        for transfer in urb.interrupt(packet.direction == Direction::FromKey, &packet.bytes) {
            self.packet(interface, packet, transfer)?;
        }
        Ok(())
    }

    /// An I-block of ISO 14443-4 without its CRC, behind Wireshark's pseudo-header (LINKTYPE_ISO_14443).
    fn apdu(&mut self, packet: &Packet) -> io::Result<()> {
        const TO_CARD: u8 = 0xFA;
        const FROM_CARD: u8 = 0xFB;
        self.open(Interface::Nfc, packet.t)?;
        let event = if packet.direction == Direction::ToKey { TO_CARD } else { FROM_CARD };
        let length = u16::try_from(packet.bytes.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
        let mut data = vec![0, event];
        data.extend(length);
        data.push(0x02 | self.block);
        data.extend(&packet.bytes);
        if packet.direction == Direction::FromKey {
            self.block ^= 1;
        }
        self.packet(Interface::Nfc, packet, data)
    }

    /// Describes an interface when it is first needed; a USB device is plugged in then.
    fn open(&mut self, interface: Interface, t: u64) -> io::Result<()> {
        if self.interfaces.contains(&interface) {
            return Ok(());
        }
        let (link, name) = match interface {
            Interface::Usb(transport) => (DataLink::USB_LINUX_MMAPPED, name(transport)),
            Interface::Nfc => (DataLink::ISO_14443, "nfc"),
        };
        let mut block = InterfaceDescriptionBlock::new(link, SNAP_LENGTH);
        block.options.push(InterfaceDescriptionOption::IfName(Cow::Borrowed(name)));
        self.file.write_pcapng_block(block).map_err(other)?;
        self.interfaces.push(interface);
        match interface {
            Interface::Usb(_) => self.enumerate(interface, t),
            Interface::Nfc => Ok(()),
        }
    }

    fn enumerate(&mut self, interface: Interface, t: u64) -> io::Result<()> {
        let Interface::Usb(transport) = interface else { return Ok(()) };
        for (setup, answer) in usb::enumeration() {
            self.urb += 1;
            let urb = usb::Urb { id: self.urb, time: self.time(t), device: device(transport) };
            for transfer in urb.control(setup, &answer) {
                self.block(interface, t, transfer, Vec::new())?;
            }
        }
        Ok(())
    }

    fn packet(&mut self, interface: Interface, packet: &Packet, data: Vec<u8>) -> io::Result<()> {
        let mut comment = format!("client {}", packet.client);
        if !packet.masked.is_empty() {
            comment.push_str(", secrets not recorded");
        }
        self.block(interface, packet.t, data, vec![EnhancedPacketOption::Comment(comment.into())])
    }

    fn block(
        &mut self,
        interface: Interface,
        t: u64,
        data: Vec<u8>,
        options: Vec<EnhancedPacketOption<'_>>,
    ) -> io::Result<()> {
        let number = self.interfaces.iter().position(|known| *known == interface).unwrap_or_default();
        let mut block = EnhancedPacketBlock::default();
        block.interface_id = u32::try_from(number).unwrap_or(u32::MAX);
        block.timestamp = self.time(t);
        block.original_len = u32::try_from(data.len()).unwrap_or(u32::MAX);
        block.data = Cow::Owned(data);
        block.options = options;
        self.file.write_pcapng_block(block).map_err(other)?;
        self.file.get_mut().flush()
    }

    fn time(&self, t: u64) -> Duration {
        self.started + Duration::from_micros(t)
    }
}

/// Writes a whole trace as a capture.
///
/// # Errors
/// Where `to` cannot be written.
pub fn export<W: Write>(trace: &Trace, to: W) -> io::Result<W> {
    let mut writer = Writer::new(to, &trace.header)?;
    trace.entries.iter().try_for_each(|entry| writer.write(entry))?;
    Ok(writer.into_inner())
}

/// A number for each device on the imagined bus.
fn device(transport: Transport) -> u8 {
    match transport {
        Transport::Uhid => 1,
        Transport::Udp => 2,
        Transport::Tcp => 3,
        Transport::Unix => 4,
        Transport::Nfc => 5,
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Uhid => "uhid",
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
        Transport::Unix => "unix",
        Transport::Nfc => "nfc",
    }
}

fn other(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        error => io::Error::other(error),
    }
}
