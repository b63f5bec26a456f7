//! A raw CTAPHID client over TCP, one request in flight (CTAP 2.3 §11.2), blocking and without a copy too many.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

/// CTAPHID_PING
pub const PING: u8 = 0x01;
/// CTAPHID_CBOR
pub const CBOR: u8 = 0x10;
const INIT: u8 = 0x06;
const KEEPALIVE: u8 = 0x3B;

/// The length in two bytes, then the report.
const FRAME: usize = 2 + 64;

/// One connection with its channel.
pub struct Client {
    stream: TcpStream,
    channel: [u8; 4],
}

impl Client {
    /// Connects and asks for a channel.
    ///
    /// # Panics
    /// Where nobody listens, or the other end does not do as CTAPHID says.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a key");
        stream.set_nodelay(true).expect("a TCP stream");
        let mut client = Self { stream, channel: [0xFF; 4] };
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
        let frames = frames(self.channel, command, payload);
        self.stream.write_all(&frames).expect("a key that listens");
        loop {
            let (answered, payload) = self.receive();
            if answered != KEEPALIVE {
                assert_eq!(answered, command, "{payload:02x?}");
                return payload;
            }
        }
    }

    fn receive(&mut self) -> (u8, Vec<u8>) {
        let mut frame = [0; FRAME];
        self.stream.read_exact(&mut frame).expect("a key that answers");
        let length = usize::from(u16::from_be_bytes([frame[7], frame[8]]));
        let mut payload = frame[9..].to_vec();
        let command = frame[6] & 0x7F;
        while payload.len() < length {
            self.stream.read_exact(&mut frame).expect("a key that answers");
            payload.extend_from_slice(&frame[7..]);
        }
        payload.truncate(length);
        (command, payload)
    }
}

fn frames(channel: [u8; 4], command: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("at most 7609 bytes");
    let (first, rest) = payload.split_at(payload.len().min(57));
    let mut frames = Vec::with_capacity(FRAME * (1 + rest.len().div_ceil(59)));
    let mut push = |head: &[u8], data: &[u8]| {
        let end = frames.len() + FRAME;
        frames.extend_from_slice(&[0, 64]);
        frames.extend_from_slice(&channel);
        frames.extend_from_slice(head);
        frames.extend_from_slice(data);
        frames.resize(end, 0);
    };
    let [high, low] = length.to_be_bytes();
    push(&[command | 0x80, high, low], first);
    for (sequence, data) in (0..).zip(rest.chunks(59)) {
        push(&[sequence], data);
    }
    frames
}
