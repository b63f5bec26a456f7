//! The virtual reader that a card lies on: vpcd's side of its protocol, and APDUs by hand (CTAP 2.3 §11.3).

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

const ON: u8 = 0x01;
const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x06\x47\x2F\x00\x01\x00";
const POLL: &[u8] = b"\x80\x11\x00\x00\x00";
const CANCEL: &[u8] = b"\x80\x11\x11\x00\x00";
const LIMIT: Duration = Duration::from_secs(30);

/// An empty reader.
pub(crate) struct Empty(TcpListener);

/// A reader with a card, whose client asks again while a request runs.
pub(crate) struct Reader(TcpStream);

impl Empty {
    pub(crate) fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// Where the card comes to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Waits for the card, gives it power, and selects its FIDO application.
    pub(crate) fn card(&self) -> Reader {
        let (stream, _) = self.0.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut reader = Reader(stream);
        reader.power_on();
        reader
    }
}

impl Reader {
    /// The card is taken from the reader and put into it again.
    pub(crate) fn power_on(&mut self) {
        self.send(&[ON]);
        assert!(self.transmit(SELECT).ends_with(&[0x90, 0x00]));
    }

    /// Sends a CTAP command and returns its status byte and what follows.
    pub(crate) fn cbor(&mut self, request: &[u8]) -> (u8, Vec<u8>) {
        let response = self.begin(request);
        self.end(response)
    }

    /// Sends a CTAP command in one extended APDU, and returns what comes first.
    pub(crate) fn begin(&mut self, request: &[u8]) -> Vec<u8> {
        let length = u16::try_from(request.len()).unwrap().to_be_bytes();
        self.exchange(&[&[0x80, 0x10, 0x80, 0, 0][..], &length, request, &[0, 0]].concat())
    }

    /// The same in a chain of short ones.
    pub(crate) fn begin_in_parts(&mut self, request: &[u8]) -> Vec<u8> {
        let (parts, last) = request.as_chunks::<64>();
        for part in parts {
            assert_eq!(self.transmit(&[&[0x90, 0x10, 0x80, 0, 64][..], part].concat()), [0x90, 0x00]);
        }
        let length = u8::try_from(last.len()).unwrap();
        self.exchange(&[&[0x80, 0x10, 0x80, 0, length][..], last, &[0]].concat())
    }

    /// Asks how far the request is.
    pub(crate) fn poll(&mut self) -> Vec<u8> {
        self.exchange(POLL)
    }

    /// Takes the request back.
    pub(crate) fn cancel(&mut self) -> (u8, Vec<u8>) {
        let response = self.exchange(CANCEL);
        self.end(response)
    }

    /// Polls until the response is more than a status update.
    pub(crate) fn end(&mut self, mut response: Vec<u8>) -> (u8, Vec<u8>) {
        while let [_, 0x91, 0x00] = response[..] {
            response = self.poll();
        }
        assert!(response.ends_with(&[0x90, 0x00]), "{response:02X?}");
        response.truncate(response.len() - 2);
        (response.remove(0), response)
    }

    /// One command and its response, which comes in parts where it is long.
    fn exchange(&mut self, apdu: &[u8]) -> Vec<u8> {
        let mut response = self.transmit(apdu);
        while let [.., 0x61, more] = response[..] {
            response.truncate(response.len() - 2);
            response.extend(self.transmit(&[0x80, 0xC0, 0, 0, more]));
        }
        response
    }

    fn transmit(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.send(apdu);
        let mut length = [0; 2];
        self.0.read_exact(&mut length).unwrap();
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.0.read_exact(&mut message).unwrap();
        message
    }

    fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).unwrap();
        self.0.write_all(&[&length.to_be_bytes()[..], message].concat()).unwrap();
    }
}
