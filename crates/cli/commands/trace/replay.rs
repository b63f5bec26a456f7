use app::{
    AppError, Code,
    trace::{Difference, Replay, ReplayOptions, View, replay},
};
use std::path::Path;

use super::{Context, show::details};
use crate::{
    commands::emulate,
    output::{bold, print_json, say},
};

pub(super) fn run(
    context: &Context,
    file: &Path,
    seed: &str,
    profile: Option<String>,
) -> Result<(), AppError> {
    let options = ReplayOptions { path: file.to_owned(), seed: emulate::seed(seed)?, profile };
    let replay = replay(&options)?;
    if context.json {
        print_json(&replay)?;
    } else {
        print(&replay);
    }
    match &replay.difference {
        None => Ok(()),
        Some(difference) => Err(AppError::new(
            Code::VerificationFailed,
            format!("Message {} of the key differs from the trace.", difference.message),
            "Check the seed and the profile; a run that was not approved by itself, or had secrets left out, \
             cannot come back byte for byte.",
        )),
    }
}

fn print(replay: &Replay) {
    if replay.truncated {
        say!("The trace ends in half a line, which was not replayed.");
    }
    match &replay.difference {
        Some(difference) => print_difference(difference),
        None => say!("Identical: {} messages, {} bytes.", replay.messages, replay.bytes),
    }
    if replay.masked_bytes > 0 {
        say!("{} bytes were not recorded, and are not compared.", replay.masked_bytes);
    }
    if replay.keepalives > 0 {
        say!("{} KEEPALIVEs or status updates depend on time, and are not compared.", replay.keepalives);
    }
}

fn print_difference(difference: &Difference) {
    let byte = |byte: Option<u8>| byte.map_or_else(|| "nothing".to_owned(), |byte| format!("0x{byte:02x}"));
    let place = difference.payload_offset.map_or_else(
        || format!("byte {} of its report's header", difference.packet_offset),
        |offset| format!("byte {offset} of its payload"),
    );
    say!(
        "Message {} differs at {place}: the trace has {}, the key said {}.",
        difference.message,
        byte(difference.expected),
        byte(difference.got)
    );
    print_view("The trace", difference.expected_view.as_ref());
    print_view("The key", difference.got_view.as_ref());
}

fn print_view(whose: &str, view: Option<&View>) {
    if let Some(view) = view {
        say!("{whose}: {} {}", bold(&view.title), view.summary);
        details(&view.details, 2);
    }
}
