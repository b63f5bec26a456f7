//! The recorder and the reader, entry by entry.

use ctap::{
    auth_data::{AuthenticatorData, Flags},
    hid::{self, Message},
};
use std::{fs, process::Command};
use trace::{
    Direction, Entry, Event, Format, Header, Packet, Recorder, Trace, Transport, pcapng, read, secrets,
};

const CHANNEL: u32 = 0x0102_0304;

fn header(secrets: bool) -> Header {
    Header {
        format: Header::FORMAT.to_owned(),
        version: Header::VERSION,
        latchkey: "0.1.0".to_owned(),
        profile: "device-bound".to_owned(),
        seeded: true,
        approval: "always".to_owned(),
        secrets,
        faults: Vec::new(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        started_unix: 1_767_225_600,
    }
}

fn packet(transport: Transport, direction: Direction, bytes: &[u8]) -> Entry {
    Entry::Packet(Packet { t: 1, transport, client: 0, direction, bytes: bytes.to_vec(), masked: Vec::new() })
}

fn reports(direction: Direction, payload: &[u8]) -> Vec<Entry> {
    let message = Message::new(CHANNEL, hid::Command::Cbor, payload.to_vec()).unwrap();
    message.reports().map(|report| packet(Transport::Tcp, direction, &report)).collect()
}

/// What a recorder without secrets makes of these entries.
fn recorded(entries: &[Entry]) -> Trace {
    let mut file = Vec::new();
    let mut recorder = Recorder::new(&mut file, Format::Trace, &header(false)).unwrap();
    for entry in entries {
        recorder.record(entry.clone()).unwrap();
    }
    recorder.finish().unwrap();
    drop(recorder);
    read(file.as_slice()).unwrap()
}

/// setPIN whose newPinEnc lies across two reports.
fn set_pin() -> Vec<u8> {
    let head = b"\x06\xA4\x01\x02\x02\x03\x04\x58\x20";
    [&head[..], &[0x11; 32], b"\x05\x58\x40", &[0xA5; 64]].concat()
}

// proves: trace-file
#[test]
fn a_secret_across_reports_is_zero_in_each_and_the_rest_is_whole() {
    let sent = reports(Direction::ToKey, &set_pin());
    let trace = recorded(&sent);
    assert_eq!(trace.entries.len(), sent.len());
    for (masked, whole) in trace.entries.iter().zip(&sent) {
        let (Entry::Packet(masked), Entry::Packet(whole)) = (masked, whole) else { panic!() };
        assert!(!masked.bytes.contains(&0xA5));
        for (at, (byte, original)) in masked.bytes.iter().zip(&whole.bytes).enumerate() {
            let hidden = masked.masked.iter().any(|range| range.contains(&at));
            assert_eq!(hidden, *original == 0xA5, "{at}");
            assert!(hidden || byte == original, "{at}");
        }
    }
}

// proves: trace-file
#[test]
fn what_was_never_finished_or_cannot_be_read_is_masked_whole() {
    let mut unfinished = reports(Direction::ToKey, &set_pin());
    unfinished.pop();
    unfinished.push(Entry::Event { t: 2, event: Event::Closed { client: 0 } });
    let broken = reports(Direction::ToKey, &[&[0x06, 0xA4, 0x05, 0x58, 0xFF][..], &[0xA5; 40]].concat());
    for entries in [unfinished, broken] {
        let trace = recorded(&entries);
        assert_eq!(trace.entries.len(), entries.len());
        let shown = format!("{:?}", trace.entries);
        assert!(!shown.contains("165"), "{shown}");
    }
}

// proves: trace-file
#[test]
fn a_message_that_stops_does_not_hold_up_what_comes_after_it() {
    let mut file = Vec::new();
    let mut recorder = Recorder::new(&mut file, Format::Trace, &header(false)).unwrap();
    recorder.record(reports(Direction::ToKey, &set_pin())[0].clone()).unwrap();
    recorder.record(Entry::Event { t: 1_000_000, event: Event::PowerCycle { client: None } }).unwrap();
    recorder.record(Entry::Event { t: 3_000_000, event: Event::PowerCycle { client: None } }).unwrap();
    // Not finished: what a crash would leave.
    drop(recorder);
    let trace = read(file.as_slice()).unwrap();
    assert_eq!(trace.entries.len(), 3);
    assert!(!format!("{:?}", trace.entries[0]).contains("165"));
}

// proves: trace-file
#[test]
fn packets_keep_their_order_behind_one_that_waits() {
    let long = reports(Direction::ToKey, &set_pin());
    let event = Entry::Event { t: 2, event: Event::PowerCycle { client: None } };
    let mut entries = vec![long[0].clone(), event.clone()];
    entries.extend(long[1..].iter().cloned());
    let trace = recorded(&entries);
    assert_eq!(trace.entries[1], event);
    assert_eq!(trace.entries.len(), entries.len());
}

// proves: trace-file
#[test]
fn blobs_keys_and_outputs_are_found_where_they_stand() {
    let found = |command, direction, message: &[u8]| -> Vec<Vec<u8>> {
        secrets::ranges(command, direction, message)
            .into_iter()
            .map(|range| message[range].to_vec())
            .collect()
    };
    let data = AuthenticatorData {
        rp_id_hash: [1; 32],
        flags: Flags(Flags::UP),
        sign_count: 1,
        attested: None,
        extensions: Some(b"\xA2\x68credBlob\x42\xB1\xB2\x6Bhmac-secret\x42\xC1\xC2".to_vec()),
    }
    .encode();
    let length = u8::try_from(data.len()).unwrap();
    let blob = b"\x07\x42\xD1\xD2\x08\xA1\x69largeBlob\xA1\x64blob\x42\xE1\xE2";
    let message = [&[0x00, 0xA3, 0x02, 0x58, length][..], &data, blob].concat();
    let secret = found(0x02, Direction::FromKey, &message);
    for expected in [[0xB1, 0xB2], [0xC1, 0xC2], [0xD1, 0xD2], [0xE1, 0xE2]] {
        assert!(secret.contains(&expected.to_vec()), "{expected:02x?} in {secret:02x?}");
    }
    assert_eq!(secret.len(), 4);
    assert_eq!(found(0x0C, Direction::FromKey, b"\x00\xA1\x01\x43abc"), [b"abc"]);
    assert_eq!(found(0x04, Direction::FromKey, b"\x00\xA1\x01\x43abc"), Vec::<Vec<u8>>::new());
}

// proves: trace-file
#[test]
fn every_prefix_of_a_trace_is_read_as_far_as_its_lines_are_whole() {
    let mut file = Vec::new();
    let mut recorder = Recorder::new(&mut file, Format::Trace, &header(true)).unwrap();
    for entry in reports(Direction::ToKey, &set_pin()) {
        recorder.record(entry).unwrap();
    }
    drop(recorder);
    let header_length = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in header_length..=file.len() {
        let trace = read(&file[..length]).unwrap();
        let whole = file[header_length..length].split(|byte| *byte == b'\n').count() - 1;
        assert!(trace.entries.len() == whole || (trace.entries.len() == whole + 1 && !trace.truncated));
    }
}

// proves: trace-pcapng
#[test]
fn wireshark_reads_apdus_as_iso_14443() {
    let select = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x06\x47\x2F\x00\x01\x00";
    let entries = vec![
        packet(Transport::Nfc, Direction::ToKey, select),
        packet(Transport::Nfc, Direction::FromKey, b"FIDO_2_0\x90\x00"),
    ];
    let trace = Trace { header: header(true), entries, truncated: false };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.pcapng");
    fs::write(&path, pcapng::export(&trace, Vec::new()).unwrap()).unwrap();
    let output = Command::new("tshark").arg("-V").arg("-r").arg(&path).output();
    let output = output.expect("tshark is installed: `cargo xtask setup tests` installs it");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !text.contains("Malformed"), "{text}");
    assert!(text.contains("ISO/IEC 14443") || text.contains("ISO 14443"), "{text}");
    assert!(text.contains("I-block"), "{text}");
}
