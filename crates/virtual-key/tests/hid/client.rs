//! A client that knows CTAP 2.3 §11.2.4 and nothing of the key's code.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream, UdpSocket},
    os::unix::net::UnixStream,
    time::Duration,
};

use virtual_key::Address;

pub(crate) const BROADCAST: u32 = 0xFFFF_FFFF;
pub(crate) const PING: u8 = 0x01;
pub(crate) const MSG: u8 = 0x03;
pub(crate) const LOCK: u8 = 0x04;
pub(crate) const INIT: u8 = 0x06;
pub(crate) const WINK: u8 = 0x08;
pub(crate) const CBOR: u8 = 0x10;
pub(crate) const CANCEL: u8 = 0x11;
pub(crate) const KEEPALIVE: u8 = 0x3B;
pub(crate) const ERROR: u8 = 0x3F;

/// Far longer than any answer takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) enum Connection {
    Tcp(TcpStream),
    Unix(UnixStream),
    Udp(UdpSocket),
}

impl Connection {
    pub(crate) fn open(address: &Address) -> Self {
        match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                Self::Tcp(stream)
            }
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                Self::Unix(stream)
            }
            Address::Udp(address) => {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.connect(address).unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                Self::Udp(socket)
            }
            Address::Uhid(_) | Address::Nfc(_) => panic!("no client for devices here"),
        }
    }

    pub(crate) fn send_report(&mut self, report: &[u8; 64]) {
        let framed = [&[0, 64][..], report].concat();
        match self {
            Self::Tcp(stream) => stream.write_all(&framed).unwrap(),
            Self::Unix(stream) => stream.write_all(&framed).unwrap(),
            Self::Udp(socket) => assert_eq!(socket.send(report).unwrap(), 64),
        }
    }

    pub(crate) fn receive_report(&mut self) -> io::Result<[u8; 64]> {
        let mut framed = [0; 66];
        match self {
            Self::Tcp(stream) => stream.read_exact(&mut framed)?,
            Self::Unix(stream) => stream.read_exact(&mut framed)?,
            Self::Udp(socket) => {
                framed[1] = 64;
                assert_eq!(socket.recv(&mut framed[2..])?, 64);
            }
        }
        assert_eq!(framed[..2], [0, 64]);
        Ok(framed[2..].try_into().unwrap())
    }

    /// Nothing more is sent; a stream only.
    pub(crate) fn shut(&self) {
        match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both).unwrap(),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both).unwrap(),
            Self::Udp(_) => panic!("datagrams have no end"),
        }
    }
}

/// One connection with its channel.
pub(crate) struct Client {
    pub(crate) connection: Connection,
    pub(crate) channel: u32,
    pub(crate) capabilities: u8,
}

impl Client {
    pub(crate) fn open(address: &Address) -> Self {
        let mut client = Self { connection: Connection::open(address), channel: BROADCAST, capabilities: 0 };
        client.channel = client.init();
        client
    }

    /// INIT on the channel; the channel that it gives.
    pub(crate) fn init(&mut self) -> u32 {
        let nonce = [9, 8, 7, 6, 5, 4, 3, 2];
        self.send(INIT, &nonce);
        let (command, reply) = self.receive();
        assert_eq!((command, reply.len(), &reply[..8]), (INIT, 17, &nonce[..]), "{reply:?}");
        assert_eq!(reply[12], 2, "protocol version");
        self.capabilities = reply[16];
        u32::from_be_bytes(reply[8..12].try_into().unwrap())
    }

    pub(crate) fn send(&mut self, command: u8, payload: &[u8]) {
        for report in reports(self.channel, command, payload) {
            self.connection.send_report(&report);
        }
    }

    /// The next message on any channel of this connection: channel, command, payload.
    pub(crate) fn receive_any(&mut self) -> (u32, u8, Vec<u8>) {
        let first = self.connection.receive_report().unwrap();
        assert!(first[4] & 0x80 != 0, "an initialization packet was due");
        let length = usize::from(u16::from_be_bytes([first[5], first[6]]));
        let mut payload = first[7..].to_vec();
        for sequence in 0.. {
            if payload.len() >= length {
                break;
            }
            let next = self.connection.receive_report().unwrap();
            assert_eq!((&next[..4], next[4]), (&first[..4], sequence));
            payload.extend(&next[5..]);
        }
        payload.truncate(length);
        (u32::from_be_bytes(first[..4].try_into().unwrap()), first[4] & 0x7F, payload)
    }

    pub(crate) fn receive(&mut self) -> (u8, Vec<u8>) {
        let (channel, command, payload) = self.receive_any();
        assert_eq!(channel, self.channel);
        (command, payload)
    }

    /// A CBOR exchange that asks nobody, or somebody who answers at once.
    pub(crate) fn cbor(&mut self, request: &[u8]) -> Vec<u8> {
        self.send(CBOR, request);
        let (command, response) = self.receive();
        assert_eq!(command, CBOR, "{response:?}");
        response
    }

    pub(crate) fn assert_ping(&mut self) {
        self.send(PING, b"are you there?");
        assert_eq!(self.receive(), (PING, b"are you there?".to_vec()));
    }

    pub(crate) fn assert_error(&mut self, error: u8) {
        assert_eq!(self.receive(), (ERROR, vec![error]));
    }

    /// Waits until a keepalive says that a person is asked.
    pub(crate) fn assert_asked(&mut self) {
        assert_eq!(self.receive(), (KEEPALIVE, vec![0x02]));
    }

    /// What the request is answered with, and how many keepalives came before.
    pub(crate) fn answer(&mut self) -> (usize, Vec<u8>) {
        let mut keepalives = 0;
        loop {
            match self.receive() {
                (KEEPALIVE, status) => {
                    assert_eq!(status, [0x02]);
                    keepalives += 1;
                }
                (CBOR, response) => return (keepalives, response),
                other => panic!("{other:?}"),
            }
        }
    }
}

pub(crate) fn init_packet(channel: u32, command: u8, length: u16, data: &[u8]) -> [u8; 64] {
    let mut report = [0; 64];
    report[..4].copy_from_slice(&channel.to_be_bytes());
    report[4] = command | 0x80;
    report[5..7].copy_from_slice(&length.to_be_bytes());
    report[7..7 + data.len()].copy_from_slice(data);
    report
}

pub(crate) fn continuation_packet(channel: u32, sequence: u8, data: &[u8]) -> [u8; 64] {
    let mut report = [0; 64];
    report[..4].copy_from_slice(&channel.to_be_bytes());
    report[4] = sequence;
    report[5..5 + data.len()].copy_from_slice(data);
    report
}

pub(crate) fn reports(channel: u32, command: u8, payload: &[u8]) -> Vec<[u8; 64]> {
    let (start, rest) = payload.split_at(payload.len().min(57));
    let mut reports = vec![init_packet(channel, command, payload.len().try_into().unwrap(), start)];
    for (sequence, data) in (0..).zip(rest.chunks(59)) {
        reports.push(continuation_packet(channel, sequence, data));
    }
    reports
}
