//! A raw CTAPHID client (CTAP 2.3 §11.2): reports by hand, over any of the emulator's sockets.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

pub(crate) const BROADCAST: u32 = 0xFFFF_FFFF;

pub(crate) const PING: u8 = 0x01;
pub(crate) const INIT: u8 = 0x06;
pub(crate) const CBOR: u8 = 0x10;
pub(crate) const CANCEL: u8 = 0x11;
pub(crate) const ERROR: u8 = 0x3F;
pub(crate) const KEEPALIVE: u8 = 0x3B;

const REPORT: usize = 64;
const LIMIT: Duration = Duration::from_secs(30);

/// A message as it came: channel, command without its high bit, payload.
pub(crate) type Message = (u32, u8, Vec<u8>);

/// One connection and its channel.
pub(crate) struct Client {
    link: Link,
    pub(crate) channel: u32,
}

enum Link {
    Tcp(TcpStream),
    Unix(UnixStream),
    Udp(UdpSocket),
}

impl Client {
    pub(crate) fn tcp(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Self::over(Link::Tcp(stream))
    }

    pub(crate) fn unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Self::over(Link::Unix(stream))
    }

    pub(crate) fn udp(address: SocketAddr) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect(address).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        Self::over(Link::Udp(socket))
    }

    fn over(link: Link) -> Self {
        let mut client = Self { link, channel: BROADCAST };
        client.channel = client.init();
        client
    }

    /// INIT on this client's channel: the channel that it gives out, or gives again.
    pub(crate) fn init(&mut self) -> u32 {
        let nonce = *b"8 bytes.";
        let (_, command, answer) = self.transact(INIT, &nonce);
        assert_eq!((command, answer.len()), (INIT, 17), "{answer:02x?}");
        assert_eq!(answer[..8], nonce);
        u32::from_be_bytes(answer[8..12].try_into().unwrap())
    }

    /// Sends a CTAP command and returns its status byte and what follows.
    pub(crate) fn cbor(&mut self, request: &[u8]) -> (u8, Vec<u8>) {
        self.try_cbor(request).unwrap()
    }

    /// The same for a key that may be killed meanwhile.
    pub(crate) fn try_cbor(&mut self, request: &[u8]) -> io::Result<(u8, Vec<u8>)> {
        let (channel, command, mut answer) = self.try_transact(CBOR, request)?;
        assert_eq!((channel, command), (self.channel, CBOR), "{answer:02x?}");
        let status = answer.remove(0);
        Ok((status, answer))
    }

    /// PING, which shows that the loop lives.
    pub(crate) fn ping(&mut self, payload: &[u8]) {
        assert_eq!(self.transact(PING, payload), (self.channel, PING, payload.to_vec()));
    }

    /// Sends a message whole and returns the next that comes.
    pub(crate) fn transact(&mut self, command: u8, payload: &[u8]) -> Message {
        self.try_transact(command, payload).unwrap()
    }

    /// Sends one report, or over UDP any datagram.
    pub(crate) fn send(&mut self, report: &[u8]) {
        self.write(report).unwrap();
    }

    /// The next message that is no KEEPALIVE.
    pub(crate) fn receive(&mut self) -> Message {
        self.try_receive().unwrap()
    }

    /// The next message, also a KEEPALIVE.
    pub(crate) fn hear(&mut self) -> Message {
        self.read_message().unwrap()
    }

    fn try_transact(&mut self, command: u8, payload: &[u8]) -> io::Result<Message> {
        for report in reports(self.channel, command, payload) {
            self.write(&report)?;
        }
        self.try_receive()
    }

    fn try_receive(&mut self) -> io::Result<Message> {
        loop {
            let message = self.read_message()?;
            if message.1 != KEEPALIVE {
                return Ok(message);
            }
        }
    }

    fn read_message(&mut self) -> io::Result<Message> {
        let first = self.read()?;
        assert_eq!(first[4] & 0x80, 0x80, "an initialization packet: {first:02x?}");
        let channel = u32::from_be_bytes(first[..4].try_into().unwrap());
        let length = usize::from(u16::from_be_bytes([first[5], first[6]]));
        let mut payload = first[7..].to_vec();
        for sequence in 0.. {
            if payload.len() >= length {
                break;
            }
            let next = self.read()?;
            assert_eq!((&next[..4], next[4]), (&first[..4], sequence), "the next continuation packet");
            payload.extend_from_slice(&next[5..]);
        }
        assert!(payload[length..].iter().all(|byte| *byte == 0), "a report is filled up with zeros");
        payload.truncate(length);
        Ok((channel, first[4] & 0x7F, payload))
    }

    fn write(&mut self, report: &[u8]) -> io::Result<()> {
        match &mut self.link {
            Link::Tcp(stream) => stream.write_all(&framed(report)),
            Link::Unix(stream) => stream.write_all(&framed(report)),
            Link::Udp(socket) => socket.send(report).map(|sent| assert_eq!(sent, report.len())),
        }
    }

    fn read(&mut self) -> io::Result<[u8; REPORT]> {
        let mut report = [0; REPORT];
        match &mut self.link {
            Link::Tcp(stream) => read_framed(stream, &mut report)?,
            Link::Unix(stream) => read_framed(stream, &mut report)?,
            Link::Udp(socket) => assert_eq!(socket.recv(&mut report)?, REPORT),
        }
        Ok(report)
    }
}

/// A message as reports.
pub(crate) fn reports(channel: u32, command: u8, payload: &[u8]) -> Vec<[u8; REPORT]> {
    let length = u16::try_from(payload.len()).unwrap();
    let (first, rest) = payload.split_at(payload.len().min(57));
    let mut reports = vec![init_packet(channel, command, length, first)];
    for (sequence, part) in (0..).zip(rest.chunks(59)) {
        reports.push(continuation_packet(channel, sequence, part));
    }
    reports
}

pub(crate) fn init_packet(channel: u32, command: u8, length: u16, data: &[u8]) -> [u8; REPORT] {
    let head = [&channel.to_be_bytes()[..], &[command | 0x80], &length.to_be_bytes()].concat();
    filled(&head, data)
}

pub(crate) fn continuation_packet(channel: u32, sequence: u8, data: &[u8]) -> [u8; REPORT] {
    filled(&[&channel.to_be_bytes()[..], &[sequence]].concat(), data)
}

fn filled(head: &[u8], data: &[u8]) -> [u8; REPORT] {
    let mut report = [0; REPORT];
    report[..head.len()].copy_from_slice(head);
    report[head.len()..head.len() + data.len()].copy_from_slice(data);
    report
}

/// The framing of the streams: the report's length, two bytes big-endian, before each.
fn framed(report: &[u8]) -> Vec<u8> {
    [&u16::try_from(report.len()).unwrap().to_be_bytes()[..], report].concat()
}

fn read_framed(stream: &mut impl Read, report: &mut [u8; REPORT]) -> io::Result<()> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    assert_eq!(usize::from(u16::from_be_bytes(length)), REPORT);
    stream.read_exact(report)
}
