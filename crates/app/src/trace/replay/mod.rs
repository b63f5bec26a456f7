//! A recorded run once more, against a key that is made anew: whoever has the seed sees whether every byte comes
//! back.

mod cards;
mod player;
mod reports;

use ::trace::{Direction, Entry, Trace, view::View};
use serde::Serialize;
use std::{io, path::PathBuf, time::Duration};

use crate::error::{AppError, Code};
use player::Player;

/// How long an answer may take that came at once when it was recorded.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to replay, and with which key.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// The trace.
    pub path: PathBuf,
    /// The seed of the recorded key.
    pub seed: [u8; 32],
    /// Its profile; the one that the trace names where absent.
    pub profile: Option<String>,
}

/// How a replay went.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// Messages of the key that were compared.
    pub messages: u64,
    /// Bytes of the key that were compared.
    pub bytes: u64,
    /// Bytes that could not be, because they are masked in the trace.
    pub masked_bytes: u64,
    /// KEEPALIVEs of the trace, and status updates of a card: they depend on time and are not compared.
    pub keepalives: u64,
    /// The trace ends in half a line, which was not replayed.
    pub truncated: bool,
    /// Where the key first said something else.
    pub difference: Option<Difference>,
}

/// The first byte that differs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Which message of the key, counted from 1; of a card, which response APDU.
    pub message: u64,
    /// Which byte of its packet, counted from 0.
    pub packet_offset: usize,
    /// Which byte of its payload, counted from 0; absent in a report's header.
    pub payload_offset: Option<usize>,
    /// What the trace has there; absent where the key said more than was recorded.
    pub expected: Option<u8>,
    /// What came; absent where nothing did.
    pub got: Option<u8>,
    /// What the recorded message says.
    pub expected_view: Option<View>,
    /// What the message that came says, as far as it came.
    pub got_view: Option<View>,
}

/// Replays a trace.
///
/// # Errors
/// `not-found` and `failed` for the file as in [`super::show`], `usage` for a trace that cannot be replayed.
pub fn replay(options: &ReplayOptions) -> Result<Replay, AppError> {
    let trace = super::open(&options.path)?;
    check(&trace)?;
    Player::start(&trace, options)?.play(&trace).map_err(|error| unreachable(&error))
}

/// A trace holds what replay needs, or replay says what is missing.
fn check(trace: &Trace) -> Result<(), AppError> {
    let usage = |message: String, hint: &str| Err(AppError::new(Code::Usage, message, hint));
    if !trace.header.seeded {
        return usage(
            "The key of this trace had no seed: it cannot be made again.".to_owned(),
            "Record with `latchkey emulate --store memory --seed HEX --trace FILE`.",
        );
    }
    for entry in &trace.entries {
        let Entry::Packet(packet) = entry else { continue };
        if packet.direction == Direction::ToKey && !packet.masked.is_empty() {
            return usage(
                format!(
                    "The packet at {} µs holds a secret that was not recorded, so it cannot be sent.",
                    packet.t
                ),
                "Record with --trace-secrets to replay it.",
            );
        }
    }
    Ok(())
}

/// What the key said where the trace has a packet from it.
struct Heard {
    /// The packet that came, if one did.
    came: Option<Vec<u8>>,
    /// What the recorded message says, and the one that came, where the packet ends them.
    expected: Option<View>,
    got: Option<View>,
    /// Whether the packet ends the recorded message.
    is_whole: bool,
    /// Which report of its message it is, counted from 0, where it is a report.
    place: Option<usize>,
}

/// Whether all was read before the time limit.
fn came_in_time(read: io::Result<()>) -> io::Result<bool> {
    match read {
        Ok(()) => Ok(true),
        Err(error) => match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::UnexpectedEof => Ok(false),
            _ => Err(error),
        },
    }
}

fn unreachable(error: &io::Error) -> AppError {
    AppError::plain(Code::Failed, format!("The replayed key cannot be reached: {error}."))
}
