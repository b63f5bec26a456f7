//! Rules as the suites of others have them: u2f-ref-code `u2f-tests/HID/HIDTest.cc` and fido2-tests
//! `tests/standard/transport/test_hid.py`, by the names of their tests.

mod sharing;

use std::time::Duration;

use proptest::prelude::*;

use super::{
    assembler::{Assembler, TIMEOUT, Violation},
    *,
};

const NOW: Duration = Duration::ZERO;
const ALICE: Client = Client(1);
const BOB: Client = Client(2);
const NONCE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

fn init(channel: u32, command: u8, length: u16, data: &[u8]) -> Report {
    Packet::Init { channel, command, length, data }.report()
}

fn continuation(channel: u32, sequence: u8, data: &[u8]) -> Report {
    Packet::Continuation { channel, sequence, data }.report()
}

fn message(channel: u32, command: Command, payload: &[u8]) -> Message {
    Message::new(channel, command, payload.to_vec()).unwrap()
}

fn reports(channel: u32, command: Command, payload: &[u8]) -> Vec<Report> {
    message(channel, command, payload).reports().collect()
}

/// Compares with an `Option`, as `push` returns it.
fn error(channel: u32, error: Error) -> Option<Event> {
    Event::Reply(Message::error(channel, error)).into()
}

/// A device in a test, and the last thing that it said.
struct Device(Channels, Capabilities);

impl Device {
    fn new() -> Self {
        Self::with(Capabilities::of(true, true))
    }

    fn with(capabilities: Capabilities) -> Self {
        Self(Channels::new(0x0100_0000, [1, 2, 3], capabilities), capabilities)
    }

    fn push(&mut self, client: Client, report: &Report) -> Option<Event> {
        self.0.push(client, report, NOW)
    }

    /// Sends a whole message; what the last report brought about.
    fn send(&mut self, client: Client, channel: u32, command: Command, payload: &[u8]) -> Option<Event> {
        let mut last = None;
        for report in reports(channel, command, payload) {
            assert_eq!(last, None, "answered before the message was whole");
            last = self.push(client, &report);
        }
        last
    }

    fn open(&mut self, client: Client) -> u32 {
        let Some(Event::Reply(reply)) = self.send(client, BROADCAST, Command::Init, &NONCE) else {
            panic!("INIT was not answered")
        };
        assert_eq!((reply.channel(), reply.command()), (BROADCAST, Command::Init));
        assert_eq!(reply.payload()[..8], NONCE);
        assert_eq!(reply.payload()[12..], [2, 1, 2, 3, self.1.0]);
        u32::from_be_bytes(reply.payload()[8..12].try_into().unwrap())
    }

    fn assert_ping(&mut self, client: Client, channel: u32) {
        let ping = message(channel, Command::Ping, b"hello");
        assert_eq!(self.send(client, channel, Command::Ping, b"hello"), Some(Event::Reply(ping)));
    }
}

#[test]
fn a_packet_stands_in_its_report_as_the_specification_draws_it() {
    let payload: Vec<u8> = (0..=255).cycle().take(117).collect();
    let reports = reports(0x0102_0304, Command::Cbor, &payload);
    assert_eq!(reports.len(), 3);
    assert_eq!(reports[0][..7], [1, 2, 3, 4, 0x90, 0, 117]);
    assert_eq!(reports[0][7..], payload[..57]);
    assert_eq!(reports[1][..5], [1, 2, 3, 4, 0]);
    assert_eq!(reports[1][5..], payload[57..116]);
    assert_eq!(reports[2][..6], [1, 2, 3, 4, 1, 116]);
    assert_eq!(reports[2][6..], [0; 58]);
}

// proves: hid-ping
#[test]
fn every_payload_size_is_assembled_as_it_was_split() {
    let payload: Vec<u8> = (0..MAX_PAYLOAD).map(|byte| u8::try_from(byte % 251).unwrap()).collect();
    let mut assembler = Assembler::default();
    for size in 0..=MAX_PAYLOAD {
        let sent = message(7, Command::Ping, &payload[..size]);
        assert_eq!(sent.reports().count(), sent.report_count());
        let mut assembled: Vec<_> =
            sent.reports().map(|report| assembler.push(&report, NOW).unwrap()).collect();
        assert_eq!(assembled.pop().unwrap(), Some(sent), "{size} bytes");
        assert!(assembled.iter().all(Option::is_none), "{size} bytes were whole too early");
        assert_eq!(assembler.deadline(), None);
    }
    assert_eq!(Message::new(7, Command::Ping, vec![0; MAX_PAYLOAD + 1]), Err(TooLong));
}

#[test]
fn an_error_byte_is_total_and_a_command_survives_its_byte() {
    for byte in 0..=255 {
        assert_eq!(Command::from_byte(byte).map_or(byte, |command| command as u8), byte);
        assert!(!Error(byte).meaning().is_empty());
    }
}

// proves: hid-init
#[test]
fn each_init_on_broadcast_gives_another_channel() {
    let mut device = Device::new();
    let (first, second) = (device.open(ALICE), device.open(ALICE));
    assert_eq!((first, second), (0x0100_0000, 0x0100_0001));
    device.assert_ping(ALICE, first);
    device.assert_ping(ALICE, second);
}

#[test]
fn numbering_leaves_out_the_reserved_channels_and_those_in_use() {
    let capabilities = Capabilities::of(true, true);
    let mut device = Device(Channels::new(BROADCAST - 1, [0; 3], capabilities), capabilities);
    let mut open = || match device.send(ALICE, BROADCAST, Command::Init, &NONCE) {
        Some(Event::Reply(reply)) => u32::from_be_bytes(reply.payload()[8..12].try_into().unwrap()),
        other => panic!("{other:?}"),
    };
    assert_eq!([open(), open(), open()], [BROADCAST - 1, 1, 2]);
}

#[test]
fn only_init_on_broadcast_and_nothing_on_channel_0() {
    let mut device = Device::new();
    for command in [Command::Ping, Command::Cbor, Command::Wink] {
        assert_eq!(
            device.send(ALICE, BROADCAST, command, b"x"),
            error(BROADCAST, Error::INVALID_CHANNEL),
            "{command:?}"
        );
    }
    assert_eq!(device.send(ALICE, 0, Command::Init, &NONCE), error(0, Error::INVALID_CHANNEL));
    assert_eq!(device.send(ALICE, 0, Command::Ping, b""), error(0, Error::INVALID_CHANNEL));
}

#[test]
fn a_channel_that_nobody_or_somebody_else_got_does_not_exist() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    for (client, channel) in [(ALICE, channel + 1), (BOB, channel)] {
        let refused = error(channel, Error::INVALID_CHANNEL);
        assert_eq!(device.send(client, channel, Command::Ping, b""), refused);
        assert_eq!(device.send(client, channel, Command::Cancel, b""), None);
    }
    let refused = error(channel, Error::INVALID_CHANNEL);
    assert_eq!(device.send(BOB, channel, Command::Init, &NONCE), refused);
    device.assert_ping(ALICE, channel);
}

// proves: hid-msg
#[test]
fn what_the_device_does_not_speak_is_no_command() {
    for (u2f, ctap2, flags) in [(true, true, 0x05), (false, true, 0x0D), (true, false, 0x01)] {
        let capabilities = Capabilities::of(u2f, ctap2);
        assert_eq!(capabilities.0, flags);
        let mut device = Device::with(capabilities);
        let channel = device.open(ALICE);
        for (command, spoken) in [(Command::Msg, u2f), (Command::Cbor, ctap2)] {
            let expected = if spoken {
                Some(Event::Request(message(channel, command, &[0, 3, 0, 0])))
            } else {
                error(channel, Error::INVALID_CMD)
            };
            assert_eq!(device.send(ALICE, channel, command, &[0, 3, 0, 0]), expected);
            device.0.finish();
        }
    }
}

#[test]
fn an_unknown_or_unsupported_command_is_refused_at_its_first_report() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    for command in (0..0x80).filter(|command| ![0x01, 0x03, 0x04, 0x06, 0x08, 0x10, 0x11].contains(command)) {
        let refused = error(channel, Error::INVALID_CMD);
        assert_eq!(device.push(ALICE, &init(channel, command, 100, b"")), refused, "{command:#x}");
    }
    device.assert_ping(ALICE, channel);
}

#[test]
fn lengths_that_a_command_does_not_allow_are_refused_at_the_first_report() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let too_long = u16::try_from(MAX_PAYLOAD + 1).unwrap();
    for (channel, command, length) in [
        (channel, Command::Ping, too_long), // test_Limits, test_oversize_packet
        (channel, Command::Ping, u16::MAX),
        (channel, Command::Cbor, too_long),
        (channel, Command::Cbor, 0), // test_cbor_no_payload
        (channel, Command::Msg, 0),
        (channel, Command::Wink, 1),
        (channel, Command::Init, 7),
        (channel, Command::Init, 9),
        (BROADCAST, Command::Init, 0),
    ] {
        let report = init(channel, command as u8, length, b"");
        let refused = error(channel, Error::INVALID_LEN);
        assert_eq!(device.push(ALICE, &report), refused, "{command:?} {length}");
    }
    device.assert_ping(ALICE, channel);
}

// proves: hid-sequence
#[test]
fn a_wrong_sequence_ends_the_message() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let ping = reports(channel, Command::Ping, &[0x44; 200]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    assert_eq!(device.push(ALICE, &ping[1]), None);
    assert_eq!(device.push(ALICE, &ping[3]), error(channel, Error::INVALID_SEQ)); // test_skip_sequence_number
    assert_eq!(device.push(ALICE, &ping[2]), None, "what comes after is spurious");
    device.assert_ping(ALICE, channel);
}

// proves: hid-sequence
#[test]
fn an_initialization_packet_in_the_middle_ends_the_message() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let ping = reports(channel, Command::Ping, &[0; 99]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    assert_eq!(device.push(ALICE, &ping[0]), error(channel, Error::INVALID_SEQ)); // test_NotCont
    assert_eq!(device.0.deadline(), None);
    assert_eq!(device.push(ALICE, &ping[1]), None); // test_NotFirst
    device.assert_ping(ALICE, channel);
}

// proves: hid-timeout
#[test]
fn a_message_that_stops_times_out_and_each_report_buys_time() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let ping = reports(channel, Command::Ping, &[0; 200]);
    device.0.push(ALICE, &ping[0], NOW);
    assert_eq!(device.0.deadline(), Some(TIMEOUT));
    let later = TIMEOUT / 2;
    device.0.push(ALICE, &ping[1], later);
    assert_eq!(device.0.deadline(), Some(later + TIMEOUT));
    assert_eq!(device.0.expire(TIMEOUT), None);
    let timed_out = Message::error(channel, Error::MSG_TIMEOUT);
    assert_eq!(device.0.expire(later + TIMEOUT), Some((ALICE, timed_out)));
    assert_eq!((device.0.deadline(), device.0.expire(TIMEOUT * 9)), (None, None));
    device.assert_ping(ALICE, channel);
}

// proves: hid-init
#[test]
fn init_on_ones_own_channel_starts_afresh() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let ping = reports(channel, Command::Ping, &[9; 116]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    let Some(Event::Reply(reply)) = device.send(ALICE, channel, Command::Init, &NONCE) else { panic!() };
    assert_eq!(reply.channel(), channel);
    assert_eq!(reply.payload()[8..12], channel.to_be_bytes());
    assert_eq!(device.push(ALICE, &ping[1]), None); // test_InitSelfAborts
    device.assert_ping(ALICE, channel);
}

#[test]
fn init_on_the_channel_of_the_request_gives_it_up() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    device.send(ALICE, channel, Command::Cbor, &[4]);
    let aborted = device.send(ALICE, channel, Command::Init, &NONCE);
    assert!(matches!(aborted, Some(Event::Abort(reply)) if reply.command() == Command::Init));
    device.assert_ping(ALICE, channel);
}

// proves: hid-wink
#[test]
fn wink_is_an_event_with_its_echo() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let echo = message(channel, Command::Wink, b"");
    assert_eq!(device.send(ALICE, channel, Command::Wink, b""), Some(Event::Wink(echo)));
}

/// One step of a hostile or broken host.
#[derive(Clone, Debug)]
enum Step {
    Report(u8, Box<Report>),
    Finish,
    Expire,
    Release(u8),
}

fn steps() -> impl Strategy<Value = Step> {
    let any_report = prop::array::uniform(any::<u8>());
    // Channels and commands that exist, so that garbage gets past the first check.
    let likely = (0..6_u32, 0..0x20_u8, 0..200_u16, any::<bool>(), 0..4_u8).prop_map(
        |(channel, command, length, first, sequence)| {
            if first {
                init(channel.wrapping_sub(1), command, length, &[8; 57])
            } else {
                continuation(channel, sequence, &[8; 59])
            }
        },
    );
    prop_oneof![
        2 => (0..3_u8, any_report).prop_map(|(client, report)| Step::Report(client, Box::new(report))),
        8 => (0..3_u8, likely).prop_map(|(client, report)| Step::Report(client, Box::new(report))),
        1 => Just(Step::Finish),
        1 => Just(Step::Expire),
        1 => (0..3_u8).prop_map(Step::Release),
    ]
}

proptest! {
    #[test]
    fn split_then_assemble_is_identity(channel: u32, payload in prop::collection::vec(any::<u8>(), 0..=MAX_PAYLOAD)) {
        let sent = message(channel, Command::Cbor, &payload);
        let mut assembler = Assembler::default();
        let assembled: Vec<_> = sent.reports().filter_map(|report| assembler.push(&report, NOW).unwrap()).collect();
        prop_assert_eq!(assembled, [sent]);
    }

    #[test]
    fn split_then_assemble_is_identity_in_reports_of_any_length(
        length in 0..=64_usize,
        payload in prop::collection::vec(any::<u8>(), 0..=1024),
    ) {
        let sent = message(7, Command::Cbor, &payload);
        let Ok(reports) = sent.reports_of(length) else {
            prop_assert!(length < 8 || payload.len() > length - 7 + 128 * (length - 5));
            return Ok(());
        };
        let mut assembler = Assembler::default();
        let assembled: Vec<_> = reports
            .filter_map(|report| assembler.take(Packet::of_any_length(&report).unwrap(), NOW).unwrap())
            .collect();
        prop_assert_eq!(assembled, [sent]);
    }

    /// Two messages whose reports are mixed in any way: the first to begin arrives whole, the other is told
    /// BUSY for its first report and nothing for the rest.
    #[test]
    fn an_interleaved_message_does_not_disturb(
        sizes in (58..=2000_usize, 58..=2000_usize),
        order in prop::collection::vec(any::<bool>(), 200),
    ) {
        let first = message(1, Command::Ping, &vec![1; sizes.0]);
        let mut one = first.reports();
        let other = reports(2, Command::Ping, &vec![2; sizes.1]);
        let mut two = other.iter();
        let mut assembler = Assembler::default();
        prop_assert_eq!(assembler.push(&one.next().unwrap(), NOW), Ok(None));
        let busy = Err(Violation { channel: 2, error: Error::CHANNEL_BUSY });
        prop_assert_eq!(assembler.push(two.next().unwrap(), NOW), busy);
        let mut order = order.into_iter().cycle();
        let mut assembled = None;
        while assembled.is_none() {
            if order.next() == Some(true) {
                assembled = assembler.push(&one.next().unwrap(), NOW).unwrap();
            } else if let Some(report) = two.next() {
                prop_assert_eq!(assembler.push(report, NOW), Ok(None));
            } else {
                order = vec![true].into_iter().cycle();
            }
        }
        prop_assert_eq!(assembled.as_ref(), Some(&first));
    }

    #[test]
    fn no_report_panics_and_init_is_always_answered(steps in prop::collection::vec(steps(), 0..200)) {
        let mut device = Device::new();
        for (at, step) in (0..).zip(steps) {
            let now = Duration::from_millis(at * 10);
            match step {
                Step::Report(client, report) => drop(device.0.push(Client(client.into()), &report, now)),
                Step::Finish => device.0.finish(),
                Step::Expire => drop(device.0.expire(now)),
                Step::Release(client) => drop(device.0.release(Client(client.into()))),
            }
            device.open(Client(9));
        }
        device.0.finish();
        device.0.expire(Duration::MAX);
        let channel = device.open(Client(9));
        device.assert_ping(Client(9), channel);
    }
}
