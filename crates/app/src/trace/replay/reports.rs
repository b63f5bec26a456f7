use ::trace::{
    Direction, Packet,
    join::{Joined, Joiner, Message},
    view::{View, message_view},
};
use ctap::hid::{
    Command,
    report::{CONTINUATION_DATA, INIT_DATA},
};
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::{Heard, PATIENCE};

/// The framing of the key's streams: each report behind its length.
const LENGTH: [u8; 2] = [0, 64];

/// The trace's programs that speak CTAPHID, each on a stream of its own.
pub(super) struct Reports {
    key: Option<SocketAddr>,
    streams: HashMap<u64, TcpStream>,
    expected: Joiner,
    got: Joiner,
    /// How many reports of the message that comes now have come, for each client and channel.
    places: HashMap<(u64, [u8; 4]), usize>,
}

impl Reports {
    pub(super) fn to(key: Option<SocketAddr>) -> Self {
        Self {
            key,
            streams: HashMap::new(),
            expected: Joiner::default(),
            got: Joiner::default(),
            places: HashMap::new(),
        }
    }

    pub(super) fn send(&mut self, packet: &Packet) -> io::Result<()> {
        for joiner in [&mut self.expected, &mut self.got] {
            joiner.push(0, packet);
        }
        let framed = [&LENGTH[..], &packet.bytes].concat();
        self.stream(packet.client)?.write_all(&framed)
    }

    /// What the key says where the trace has this report; `None` for a KEEPALIVE.
    pub(super) fn hear(&mut self, number: u64, packet: &Packet) -> io::Result<Option<Heard>> {
        if is_keepalive(&packet.bytes) {
            return Ok(None);
        }
        let place = self.count(packet);
        let came = receive(self.stream(packet.client)?, PATIENCE)?;
        let expected = joined(self.expected.push(number, packet));
        let got = came.as_ref().and_then(|bytes| joined(self.got.push(number, &with(packet, bytes))));
        Ok(Some(Heard {
            came,
            expected: expected.as_ref().map(view),
            got: got.as_ref().map(view),
            is_whole: expected.is_some(),
            place: Some(place),
        }))
    }

    /// Whether the key says more than was recorded.
    pub(super) fn more(&mut self, patience: Duration) -> Option<Vec<u8>> {
        self.streams.values_mut().find_map(|stream| receive(stream, patience).ok()?)
    }

    pub(super) fn close(&mut self, client: u64) {
        self.streams.remove(&client);
        self.expected.close(client);
        self.got.close(client);
    }

    fn stream(&mut self, client: u64) -> io::Result<&mut TcpStream> {
        match self.streams.entry(client) {
            std::collections::hash_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let stream = TcpStream::connect(self.key.ok_or(io::ErrorKind::NotConnected)?)?;
                stream.set_nodelay(true)?;
                Ok(entry.insert(stream))
            }
        }
    }

    /// Which report of its message this is, counted from 0.
    fn count(&mut self, packet: &Packet) -> usize {
        let [a, b, c, d, kind, ..] = *packet.bytes.as_slice() else { return 0 };
        let place = self.places.entry((packet.client, [a, b, c, d])).or_default();
        *place = if kind & 0x80 == 0 { *place + 1 } else { 0 };
        *place
    }
}

/// Where a byte of report `report` stands in the message's payload (CTAP 2.3 §11.2.4).
pub(super) fn payload_offset(report: usize, at: usize) -> Option<usize> {
    match report.checked_sub(1) {
        None => at.checked_sub(64 - INIT_DATA),
        Some(before) => {
            Some(INIT_DATA + before * CONTINUATION_DATA + at.checked_sub(64 - CONTINUATION_DATA)?)
        }
    }
}

/// The next report that is no KEEPALIVE; `None` where none comes in time.
fn receive(stream: &mut TcpStream, patience: Duration) -> io::Result<Option<Vec<u8>>> {
    stream.set_read_timeout(Some(patience))?;
    loop {
        let mut framed = [0; 66];
        if !super::came_in_time(stream.read_exact(&mut framed))? {
            return Ok(None);
        }
        let (_, report) = framed.split_at(LENGTH.len());
        if !is_keepalive(report) {
            return Ok(Some(report.to_vec()));
        }
    }
}

fn is_keepalive(report: &[u8]) -> bool {
    report.get(4) == Some(&(Command::Keepalive as u8 | 0x80))
}

fn view(message: &Message) -> View {
    message_view(message, Direction::FromKey, true)
}

fn joined(joined: Joined) -> Option<Message> {
    match joined {
        Joined::Message(message) => Some(message),
        Joined::Pending | Joined::Stray => None,
    }
}

fn with(packet: &Packet, bytes: &[u8]) -> Packet {
    Packet { bytes: bytes.to_vec(), masked: Vec::new(), ..packet.clone() }
}
