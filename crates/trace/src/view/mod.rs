//! A message with the specification's names, for a person or a script to read.

mod apdu;
mod auth_data;
mod ctap_message;
mod names;

use ctap::hid::{self, Command};
use serde::Serialize;

use crate::{
    Direction, Entry, Event, Packet, Trace, Transport,
    join::{Joined, Joiner, Message},
};
use ctap_message::detail as cbor_detail;

/// One line of a shown trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Microseconds since the trace began: of the last packet of a message.
    pub t: u64,
    /// Over what, where something passed.
    pub transport: Option<Transport>,
    /// With whom.
    pub client: Option<u64>,
    /// Which way.
    pub direction: Option<Direction>,
    /// CID, where it is CTAPHID.
    pub channel: Option<u32>,
    /// What it says.
    #[serde(flatten)]
    pub view: View,
    /// Some of it is secret and not recorded.
    pub masked: bool,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The command, with the status of a response.
    pub title: String,
    /// What matters most of it; empty where the title says all.
    pub summary: String,
    /// All of it.
    pub details: Vec<Detail>,
}

/// A member, with those inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// Its name in the specification.
    pub name: String,
    /// Its value where it has no members: numbers in decimal, bytes in hexadecimal, text in quotes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Its members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
}

/// A whole trace as lines: messages where their last packet came, and what happened to the key.
pub fn lines(trace: &Trace) -> Vec<Line> {
    let mut joiner = Joiner::default();
    let mut lines = Vec::new();
    for (number, entry) in (0..).zip(&trace.entries) {
        match entry {
            Entry::Packet(packet) if packet.transport == Transport::Nfc => {
                let view = apdu_view(packet, trace.header.secrets);
                lines.push(line(packet, None, view, !packet.masked.is_empty()));
            }
            Entry::Packet(packet) => match joiner.push(number, packet) {
                Joined::Pending => {}
                Joined::Message(message) => {
                    let view = message_view(&message, packet.direction, trace.header.secrets);
                    let masked = message.packets.iter().any(|at| is_masked(trace, *at));
                    lines.push(line(packet, Some(message.channel), view, masked));
                }
                Joined::Stray => {
                    let details = vec![text("bytes", hex::encode(&packet.bytes))];
                    let title = "a packet of no message".to_owned();
                    let view = View { title, summary: String::new(), details };
                    lines.push(line(packet, None, view, !packet.masked.is_empty()));
                }
            },
            Entry::Event { t, event } => {
                if let Event::Closed { client } = event {
                    joiner.close(*client);
                }
                lines.push(event_line(*t, event));
            }
        }
    }
    lines
}

/// What an APDU of a reader says.
pub fn apdu_view(packet: &Packet, secrets: bool) -> View {
    apdu::view(packet.direction, &packet.bytes, secrets)
}

/// What a CTAPHID message says.
pub fn message_view(message: &Message, direction: Direction, secrets: bool) -> View {
    let payload = message.payload.as_slice();
    let named = |title: &str, summary: String| View { title: title.to_owned(), summary, details: Vec::new() };
    match (Command::from_byte(message.command), message.ctap) {
        (Some(Command::Cbor), Some(command)) => ctap_message::view(command, direction, payload, secrets),
        (Some(Command::Cbor), None) => named("CBOR", hex::encode(payload)),
        (Some(Command::Msg), _) => apdu::message(direction, payload, secrets),
        (Some(Command::Ping), _) => named("PING", format!("{} bytes", payload.len())),
        (Some(Command::Init), _) => init(payload),
        (Some(Command::Lock), _) => {
            named("LOCK", payload.first().map_or_else(String::new, |seconds| format!("{seconds} s")))
        }
        (Some(Command::Wink), _) => named("WINK", String::new()),
        (Some(Command::Cancel), _) => named("CANCEL", String::new()),
        (Some(Command::Keepalive), _) => named("KEEPALIVE", keepalive(payload)),
        (Some(Command::Error), _) => named(
            "ERROR",
            payload.first().map_or_else(String::new, |byte| format!("{:?}", hid::Error(*byte))),
        ),
        (None, _) => named(&format!("CTAPHID command 0x{:02X}", message.command), hex::encode(payload)),
    }
}

/// INIT and its response (CTAP 2.3 §11.2.9.1.3).
fn init(payload: &[u8]) -> View {
    let part = |range: std::ops::Range<usize>| payload.get(range).unwrap_or_default();
    let mut details = vec![text("nonce", hex::encode(part(0..8)))];
    let mut summary = String::new();
    if payload.len() >= 17 {
        summary = format!("channel {}", hex::encode(part(8..12)));
        details.push(text("channel", hex::encode(part(8..12))));
        details.push(text("protocol version", hex::encode(part(12..13))));
        details.push(text("device version", hex::encode(part(13..16))));
        details.push(text("capabilities", hex::encode(part(16..17))));
    }
    View { title: "INIT".to_owned(), summary, details }
}

fn keepalive(payload: &[u8]) -> String {
    match payload.first() {
        Some(1) => "processing".to_owned(),
        Some(2) => "user presence needed".to_owned(),
        Some(other) => format!("status 0x{other:02X}"),
        None => String::new(),
    }
}

fn line(packet: &Packet, channel: Option<u32>, view: View, masked: bool) -> Line {
    Line {
        t: packet.t,
        transport: Some(packet.transport),
        client: Some(packet.client),
        direction: Some(packet.direction),
        channel,
        view,
        masked,
    }
}

fn event_line(t: u64, event: &Event) -> Line {
    let (title, summary) = match event {
        Event::PowerCycle { client: None } => ("power cycle", String::new()),
        Event::PowerCycle { client: Some(client) } => {
            ("power cycle", format!("by the reader, client {client}"))
        }
        Event::CardReset { client } => ("card reset", format!("by the reader, client {client}")),
        Event::Closed { client } => ("closed", format!("client {client}")),
        Event::Fault { name, command } => {
            ("fault", command.as_ref().map_or_else(|| name.clone(), |command| format!("{name} in {command}")))
        }
        Event::FaultSet { fault } => ("fault on", fault.clone()),
        Event::FaultCleared { fault } => ("fault off", fault.clone()),
        Event::Touched { finger } => ("touched", finger.clone()),
        Event::Lifted => ("lifted", String::new()),
    };
    let view = View { title: title.to_owned(), summary, details: Vec::new() };
    Line { t, transport: None, client: None, direction: None, channel: None, view, masked: false }
}

fn is_masked(trace: &Trace, number: u64) -> bool {
    let entry = usize::try_from(number).ok().and_then(|number| trace.entries.get(number));
    matches!(entry, Some(Entry::Packet(packet)) if !packet.masked.is_empty())
}

fn text(name: &str, value: String) -> Detail {
    Detail { name: name.to_owned(), value, details: Vec::new() }
}
