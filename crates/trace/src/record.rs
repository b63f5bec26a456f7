//! Writes a trace or a capture while it grows.

use std::io::{self, Write};

use crate::{Entry, Header, mask::Masker, pcapng};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// docs/formats/trace.md
    Trace,
    /// For Wireshark.
    Pcapng,
}

/// Writes entries as they come. Each call leaves whole lines behind, so that a crash costs the last message at
/// most.
pub struct Recorder<W: Write> {
    sink: Sink<W>,
    masker: Option<Masker>,
}

enum Sink<W: Write> {
    Trace(W),
    Pcapng(Box<pcapng::Writer<W>>),
}

impl<W: Write> Recorder<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// Where `to` cannot be written.
    pub fn new(mut to: W, format: Format, header: &Header) -> io::Result<Self> {
        let masker = (!header.secrets).then(Masker::default);
        let sink = match format {
            Format::Trace => {
                line(&mut to, header)?;
                Sink::Trace(to)
            }
            Format::Pcapng => Sink::Pcapng(Box::new(pcapng::Writer::new(to, header)?)),
        };
        Ok(Self { sink, masker })
    }

    /// Writes an entry, or holds it back until its message is whole and its secrets are taken out.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn record(&mut self, entry: Entry) -> io::Result<()> {
        match &mut self.masker {
            None => self.sink.write(&entry),
            Some(masker) => masker.push(entry).iter().try_for_each(|entry| self.sink.write(entry)),
        }
    }

    /// Writes what is held back.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        let held = self.masker.as_mut().map(Masker::finish).unwrap_or_default();
        held.iter().try_for_each(|entry| self.sink.write(entry))
    }
}

impl<W: Write> Sink<W> {
    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        match self {
            Self::Trace(to) => line(to, entry),
            Self::Pcapng(writer) => writer.write(entry),
        }
    }
}

/// One write and one flush for each line.
fn line(to: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    to.write_all(&text)?;
    to.flush()
}
