//! A card in the virtual reader of pcscd: the driver vpcd listens, and the card connects to it.

use std::{io, net::SocketAddr, time::Duration};

use ctap::hid::Client;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    select,
    sync::mpsc,
    time::sleep,
};

use crate::link::{CardInput, Inbox, Input};

/// How often a reader that is not there is looked for: pcscd may be started later, or started anew.
const RETRY: Duration = Duration::from_millis(500);

/// What vpcd says in a message of one byte; longer ones are APDUs.
mod control {
    pub(super) const OFF: u8 = 0x00;
    pub(super) const ON: u8 = 0x01;
    pub(super) const RESET: u8 = 0x02;
    pub(super) const ATR: u8 = 0x04;
}

/// The answer to reset that a reader makes up for a contactless card (PC/SC part 3 §3.1.3.2.3.1), with what the card
/// says of itself in its historical bytes (ISO 7816-4 §8.1.1): selection by name, chaining, extended lengths.
#[rustfmt::skip]
const ATR: [u8; 19] = [
    0x3B, 0x8E, 0x80, 0x01, // direct convention, 14 historical bytes, T=0 and T=1
    0x80, // historical bytes in compact TLV
    0x73, 0x80, 0x21, 0xC0, // card capabilities
    0x58, b'L', b'a', b't', b'c', b'h', b'k', b'e', b'y', // issuer's data
    0x00, // check byte, see `atr`
];

/// One card for the reader at this address.
pub(crate) struct Link {
    reader: SocketAddr,
}

impl Link {
    pub(crate) fn new(reader: SocketAddr) -> Self {
        Self { reader }
    }

    pub(crate) fn reader(&self) -> SocketAddr {
        self.reader
    }

    /// Puts the card into the reader, and again whenever the reader comes back.
    pub(crate) async fn serve(self, inbox: Inbox) {
        loop {
            if let Ok(stream) = TcpStream::connect(self.reader).await {
                tracing::info!(reader = %self.reader, "the card is in the reader");
                let (outbox, responses) = mpsc::channel(1);
                let client = inbox.open_card(outbox).await;
                let ended = carry(stream, client, &inbox, responses).await;
                tracing::info!(reader = %self.reader, ?ended, "the reader is gone");
                inbox.tell(Input::Closed(client)).await;
            }
            sleep(RETRY).await;
        }
    }
}

async fn carry(
    stream: TcpStream,
    client: Client,
    inbox: &Inbox,
    mut responses: mpsc::Receiver<Vec<u8>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.into_split();
    let (atrs, mut wanted) = mpsc::channel(1);
    let receive = async {
        loop {
            let message = read(&mut reader).await?;
            match message.as_slice() {
                [control::ATR] => drop(atrs.send(atr()).await),
                [control::OFF | control::ON | control::RESET] => {
                    inbox.tell(Input::Card(client, CardInput::Power)).await;
                }
                _ => inbox.tell(Input::Card(client, CardInput::Apdu(message))).await,
            }
        }
    };
    let transmit = async {
        loop {
            let message = select! {
                Some(response) = responses.recv() => response,
                Some(atr) = wanted.recv() => atr,
                else => return Ok(()),
            };
            write(&mut writer, &message).await?;
        }
    };
    select! {
        ended = receive => ended,
        ended = transmit => ended,
    }
}

/// One message behind its length.
async fn read(reader: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let length = reader.read_u16().await?;
    let mut message = vec![0; length.into()];
    reader.read_exact(&mut message).await?;
    Ok(message)
}

async fn write(writer: &mut OwnedWriteHalf, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    writer.write_all(&[&length.to_be_bytes()[..], message].concat()).await
}

/// The last byte makes all but the first cancel out (ISO 7816-3 §8.2.5).
fn atr() -> Vec<u8> {
    let [first, checked @ .., _] = ATR;
    let check = checked.iter().fold(0, |check, byte| check ^ byte);
    [&[first][..], &checked, &[check]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_reset_counts_its_historical_bytes_and_checks() {
        let atr = atr();
        assert_eq!(usize::from(atr[1] & 0x0F), atr.len() - 5);
        assert_eq!(atr[1..].iter().fold(0, |check, byte| check ^ byte), 0);
    }
}
