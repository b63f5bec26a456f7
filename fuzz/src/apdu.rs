//! A card's side of NFC: command APDUs, and a key behind them.

use authenticator::{Transport, testing::now};
use ctap::{
    apdu::{self, Response},
    hid::KeepaliveStatus,
    nfc::{Applet, Event, Speaks},
};

use crate::invariants;

const BOTH: Speaks = Speaks { u2f: true, ctap2: true };

/// The first byte chooses the profile. Then command APDUs, each behind its length as two big-endian bytes.
pub fn run(input: &[u8]) {
    let Some((&profile, mut rest)) = input.split_first() else { return };
    let mut world = invariants::world(profile);
    world.transport = Transport::Nfc;
    let mut applet = Applet::new(BOTH);
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (command, after) = after.split_at(length);
        rest = after;
        let answer = match applet.push(command) {
            Event::Reply(answer) | Event::Afresh(answer) => answer,
            Event::Ctap { message, polls: false } => {
                let answer = world.send(&message);
                invariants::check(&world, &message, &answer);
                applet.respond(Response::success(answer))
            }
            Event::Ctap { polls: true, .. } | Event::Poll => {
                Applet::status_update(KeepaliveStatus::Processing)
            }
            Event::U2f(message) => {
                let answer = now(world.key.handle_u2f(&message));
                applet.respond(Response::decode(&answer).expect("a status word at the least"))
            }
            Event::Cancel => continue,
        };
        let room = apdu::Command::decode(command).map_or(0, |command| command.room());
        let answer = Response::decode(&answer).expect("a status word at the least");
        assert!(answer.data.len() <= room.max(1), "no more than was asked for: {answer:?}");
    }
}
