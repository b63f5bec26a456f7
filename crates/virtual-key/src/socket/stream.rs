//! Reports in a stream: each is prefixed by its length as two big-endian bytes.

use ctap::hid::Report;
use tokio::{
    io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    select,
};

use crate::{
    Transport,
    link::{Inbox, Input, Messages, Outgoing, outbox},
};

/// The prefix of every report.
const LENGTH: [u8; 2] = [0, 64];
/// A report behind its prefix.
const FRAME: usize = 66;
/// Holds the longest message: 129 reports.
const BUFFER: usize = 129 * FRAME;

/// Serves one connection until either side ends it.
pub(crate) async fn serve(
    transport: Transport,
    mut reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin,
    inbox: &Inbox,
) {
    let (outbox, messages) = outbox();
    let client = inbox.open(transport, outbox).await;
    let receive = async {
        let mut received = Vec::with_capacity(BUFFER);
        while reader.read_buf(&mut received).await? > 0 {
            // One word to the loop for all that came with one read.
            let reports = take_reports(&mut received);
            if !reports.is_empty() {
                inbox.tell(Input::Reports(client, reports)).await;
            }
            check(&received)?;
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    };
    let ended: io::Result<()> = select! {
        ended = receive => ended,
        ended = transmit(writer, messages) => ended,
    };
    tracing::debug!(client = client.0, ?ended, "connection ended");
    inbox.tell(Input::Closed(client)).await;
}

/// The whole reports at the beginning; what is behind them stays.
fn take_reports(received: &mut Vec<u8>) -> Vec<Report> {
    let mut reports = Vec::with_capacity(received.len() / FRAME);
    let frames = received.chunks_exact(FRAME);
    reports.extend(frames.map_while(|frame| Report::try_from(frame.strip_prefix(&LENGTH)?).ok()));
    received.drain(..reports.len() * FRAME);
    reports
}

/// Another length means that the peer speaks another protocol: nothing after it can be trusted.
fn check(next: &[u8]) -> io::Result<()> {
    if next.iter().zip(LENGTH).all(|(byte, expected)| *byte == expected) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "a report that is not 64 bytes long"))
}

/// All that waits goes out in one write.
async fn transmit(mut writer: impl AsyncWrite + Unpin, mut messages: Messages) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER);
    while let Some((_, message)) = messages.recv().await {
        buffer.clear();
        encode(&message, &mut buffer);
        while let Ok((_, message)) = messages.try_recv() {
            encode(&message, &mut buffer);
        }
        writer.write_all(&buffer).await?;
    }
    Ok(())
}

fn encode(message: &Outgoing, buffer: &mut Vec<u8>) {
    message.reports().for_each(|report| {
        buffer.extend_from_slice(&LENGTH);
        buffer.extend_from_slice(&report);
    });
}
