//! A raw CTAPHID client, one request in flight (CTAP 2.3 §11.2), blocking and without a copy too many.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
};

/// CTAPHID_PING
pub const PING: u8 = 0x01;
/// CTAPHID_CBOR
pub const CBOR: u8 = 0x10;
const INIT: u8 = 0x06;
const KEEPALIVE: u8 = 0x3B;

/// What a report is.
pub type Report = [u8; 64];

/// What carries reports.
pub trait Wire {
    /// Sends the reports of one message.
    fn send(&mut self, reports: &[Report]);

    /// Waits for a report.
    fn receive(&mut self) -> Report;
}

/// A stream of reports, each behind its length in two bytes.
pub struct Tcp(TcpStream);

impl Tcp {
    /// Connects.
    ///
    /// # Panics
    /// Where nobody listens.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a key");
        stream.set_nodelay(true).expect("a TCP stream");
        Self(stream)
    }
}

impl Wire for Tcp {
    fn send(&mut self, reports: &[Report]) {
        let frames: Vec<u8> = reports.iter().flat_map(|report| [&[0, 64], &report[..]].concat()).collect();
        self.0.write_all(&frames).expect("a key that listens");
    }

    fn receive(&mut self) -> Report {
        let mut frame = [0; 2 + 64];
        self.0.read_exact(&mut frame).expect("a key that answers");
        *frame.last_chunk().expect("64 bytes")
    }
}

/// A hidraw node of the kernel.
pub struct Hidraw(File);

impl Hidraw {
    /// Opens the node.
    ///
    /// # Panics
    /// Where that fails.
    pub fn open(node: &Path) -> Self {
        Self(OpenOptions::new().read(true).write(true).open(node).expect("a hidraw node"))
    }
}

impl Wire for Hidraw {
    fn send(&mut self, reports: &[Report]) {
        for report in reports {
            // The number of the report comes first; this device has but one, without a number.
            self.0.write_all(&[&[0], &report[..]].concat()).expect("a key that listens");
        }
    }

    fn receive(&mut self) -> Report {
        let mut report = [0; 64];
        self.0.read_exact(&mut report).expect("a key that answers");
        report
    }
}

/// One connection with its channel.
pub struct Client<W> {
    wire: W,
    channel: [u8; 4],
}

impl<W: Wire> Client<W> {
    /// Asks for a channel.
    ///
    /// # Panics
    /// Where the other end does not do as CTAPHID says.
    pub fn new(wire: W) -> Self {
        let mut client = Self { wire, channel: [0xFF; 4] };
        let init = client.transact(INIT, b"8 bytes.");
        client.channel.copy_from_slice(&init[8..12]);
        client
    }

    /// Sends a CTAP command that must succeed and returns the response with its status byte.
    ///
    /// # Panics
    /// Where it does not succeed.
    pub fn cbor(&mut self, request: &[u8]) -> Vec<u8> {
        let response = self.transact(CBOR, request);
        assert_eq!(response[0], 0x00, "{response:02x?}");
        response
    }

    /// Sends a message and returns the payload of the one that answers it.
    ///
    /// # Panics
    /// Where another command answers, or none.
    pub fn transact(&mut self, command: u8, payload: &[u8]) -> Vec<u8> {
        self.wire.send(&reports(self.channel, command, payload));
        loop {
            let (answered, payload) = self.receive();
            if answered != KEEPALIVE {
                assert_eq!(answered, command, "{payload:02x?}");
                return payload;
            }
        }
    }

    fn receive(&mut self) -> (u8, Vec<u8>) {
        let first = self.wire.receive();
        let length = usize::from(u16::from_be_bytes([first[5], first[6]]));
        let mut payload = first[7..].to_vec();
        while payload.len() < length {
            payload.extend_from_slice(&self.wire.receive()[5..]);
        }
        payload.truncate(length);
        (first[4] & 0x7F, payload)
    }
}

fn reports(channel: [u8; 4], command: u8, payload: &[u8]) -> Vec<Report> {
    let length = u16::try_from(payload.len()).expect("at most 7609 bytes");
    let (first, rest) = payload.split_at(payload.len().min(57));
    let report = |head: &[u8], data: &[u8]| {
        let mut report = [0; 64];
        let used = [&channel, head, data].concat();
        report[..used.len()].copy_from_slice(&used);
        report
    };
    let [high, low] = length.to_be_bytes();
    let mut reports = vec![report(&[command | 0x80, high, low], first)];
    reports.extend((0..).zip(rest.chunks(59)).map(|(sequence, data)| report(&[sequence], data)));
    reports
}
