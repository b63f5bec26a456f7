//! Reports in a stream: each is prefixed by its length as two big-endian bytes.

use ctap::hid::Report;
use tokio::{
    io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    select,
};

use crate::{
    Transport,
    link::{Inbox, Input, Messages, Outgoing, outbox},
};

/// The prefix of every report.
const LENGTH: [u8; 2] = [0, 64];
/// Holds the longest message: 129 reports.
const BUFFER: usize = 129 * 66;

/// Serves one connection until either side ends it.
pub(crate) async fn serve(
    transport: Transport,
    reader: impl AsyncRead + Unpin,
    writer: impl AsyncWrite + Unpin,
    inbox: &Inbox,
) {
    let (outbox, messages) = outbox();
    let client = inbox.open(transport, outbox).await;
    let mut reader = BufReader::with_capacity(BUFFER, reader);
    let receive = async {
        loop {
            inbox.tell(Input::Report(client, read(&mut reader).await?)).await;
        }
    };
    let ended: io::Result<()> = select! {
        ended = receive => ended,
        ended = transmit(writer, messages) => ended,
    };
    tracing::debug!(client = client.0, ?ended, "connection ended");
    inbox.tell(Input::Closed(client)).await;
}

/// One report. Another length means that the peer speaks another protocol: nothing after it can be trusted.
async fn read(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Report> {
    let mut length = [0; 2];
    reader.read_exact(&mut length).await?;
    if length != LENGTH {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a report that is not 64 bytes long"));
    }
    let mut report = [0; 64];
    reader.read_exact(&mut report).await?;
    Ok(report)
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
    for report in message.reports() {
        buffer.extend_from_slice(&LENGTH);
        buffer.extend_from_slice(&report);
    }
}
