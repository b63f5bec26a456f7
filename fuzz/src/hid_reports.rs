//! Reports of several clients, good and bad, to the device's side of CTAPHID.

use ctap::hid::{Capabilities, Channels, Client, Event, Report};
use std::time::Duration;

const VERSION: [u8; 3] = [1, 2, 3];

/// A byte says what comes: a report of one of four clients, a request that is done, a client that goes, time that
/// passes, power that goes. A report's own bytes follow; what is missing of it is zero.
pub fn run(input: &[u8]) {
    let mut channels = Channels::new(1, VERSION, Capabilities::of(true, true));
    let mut running = false;
    let mut now = Duration::ZERO;
    let mut rest = input;
    while let Some((&what, after)) = rest.split_first() {
        rest = after;
        let client = Client(u64::from(what & 0x03));
        match what >> 4 {
            0 => {
                channels.finish();
                running = false;
            }
            1 => running &= !channels.release(client),
            2 => {
                now += Duration::from_millis(50 * u64::from(what & 0x0F));
                if let Some((_, message)) = channels.expire(now) {
                    assert_eq!(message.reports().count(), 1, "an error is one report");
                }
            }
            3 => {
                channels.power_cycle();
                running = false;
            }
            _ => {
                let taken = rest.len().min(64);
                let (part, after) = rest.split_at(taken);
                rest = after;
                let mut report: Report = [0; 64];
                report[..taken].copy_from_slice(part);
                match channels.push(client, &report, now) {
                    Some(Event::Request(message)) => {
                        assert!(!running, "one transaction at a time");
                        assert!(!message.payload().is_empty(), "a request has a command");
                        running = true;
                    }
                    Some(Event::Cancel) => assert!(running, "nothing else can be cancelled"),
                    Some(Event::Abort(message)) => {
                        assert!(running, "nothing else can be given up");
                        assert_eq!(message.payload().len(), 17, "the answer to INIT");
                        running = false;
                    }
                    Some(Event::Reply(message) | Event::Wink(message)) => {
                        for report in message.reports() {
                            assert_eq!(report.get(..4), Some(&message.channel().to_be_bytes()[..]));
                        }
                    }
                    None => {}
                }
            }
        }
    }
}
