//! Several programs and transports at one device: channels, BUSY, LOCK.

use super::*;
use crate::hid::channels::MAX_CHANNELS;

/// LOCK's reply, as `push` returns it.
fn locked(channel: u32) -> Option<Event> {
    Event::Reply(message(channel, Command::Lock, b"")).into()
}

// proves: hid-init
#[test]
fn init_takes_a_channel_that_nobody_has() {
    // test_InitOnNonBroadcastEchoesCID
    let mut device = Device::new();
    let alices = device.open(ALICE);
    let Some(Event::Reply(reply)) = device.send(BOB, 0xDEAD_BEEF, Command::Init, &NONCE) else { panic!() };
    assert_eq!((reply.channel(), &reply.payload()[8..12]), (0xDEAD_BEEF, &[0xDE, 0xAD, 0xBE, 0xEF][..]));
    device.assert_ping(BOB, 0xDEAD_BEEF);
    let refused = error(0xDEAD_BEEF, Error::INVALID_CHANNEL);
    assert_eq!(device.send(ALICE, 0xDEAD_BEEF, Command::Init, &NONCE), refused);
    // test_check_busy_interleaved: so it does while another's message comes in.
    let ping = reports(alices, Command::Ping, &[9; 99]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    assert!(matches!(device.send(BOB, 0x1122_3344, Command::Init, &NONCE), Some(Event::Reply(_))));
    let busy = error(0x1122_3344, Error::CHANNEL_BUSY);
    assert_eq!(device.push(BOB, &init(0x1122_3344, Command::Ping as u8, 99, b"")), busy);
    assert!(matches!(device.push(ALICE, &ping[1]), Some(Event::Reply(_))));
}

// proves: hid-busy
#[test]
fn others_are_told_busy_while_a_message_comes_in() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    let ping = reports(one, Command::Ping, &[9; 116]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    // test_Interleave: the other's first report is refused, its second is spurious.
    let other = reports(two, Command::Ping, &[7; 116]);
    assert_eq!(device.push(BOB, &other[0]), error(two, Error::CHANNEL_BUSY));
    assert_eq!(device.push(BOB, &other[1]), None);
    // test_check_busy: so it is on a channel that nobody got.
    assert_eq!(device.send(BOB, 0x1122_3344, Command::Ping, b""), error(0x1122_3344, Error::CHANNEL_BUSY));
    let echo = message(one, Command::Ping, &[9; 116]);
    assert_eq!(device.push(ALICE, &ping[1]), Some(Event::Reply(echo)));
    device.assert_ping(BOB, two);
}

#[test]
fn init_of_another_is_answered_and_aborts_nothing() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    let ping = reports(one, Command::Ping, &[9; 116]);
    assert_eq!(device.push(ALICE, &ping[0]), None);
    device.open(BOB);
    assert!(
        matches!(device.send(BOB, two, Command::Init, &NONCE), Some(Event::Reply(reply)) if reply.channel() == two)
    ); // test_InitOther
    assert!(matches!(device.push(ALICE, &ping[1]), Some(Event::Reply(_))));
}

// proves: hid-cbor, hid-cancel, hid-busy
#[test]
fn a_request_occupies_the_device_until_it_is_finished() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    let request = message(one, Command::Cbor, &[4]);
    assert_eq!(device.send(ALICE, one, Command::Cbor, &[4]), Some(Event::Request(request)));
    assert_eq!(device.send(BOB, two, Command::Cbor, &[4]), error(two, Error::CHANNEL_BUSY));
    assert_eq!(device.send(ALICE, one, Command::Ping, b""), error(one, Error::CHANNEL_BUSY));
    assert_eq!(device.send(BOB, two, Command::Cancel, b""), None, "somebody else's CANCEL");
    assert_eq!(device.send(ALICE, one, Command::Cancel, b""), Some(Event::Cancel));
    device.0.finish();
    assert_eq!(device.send(ALICE, one, Command::Cancel, b""), None, "nothing to cancel");
    device.assert_ping(BOB, two);
}

// proves: hid-lock
#[test]
fn a_lock_keeps_others_out_until_it_is_released_or_over() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    assert_eq!(device.send(ALICE, one, Command::Lock, &[3]), locked(one));
    device.assert_ping(ALICE, one);
    let busy = error(two, Error::CHANNEL_BUSY);
    for (command, payload) in [(Command::Ping, &b"x"[..]), (Command::Cbor, &[4]), (Command::Lock, &[0])] {
        assert_eq!(device.send(BOB, two, command, payload), busy, "{command:?}");
    }
    // test_InitUnderLock
    device.open(BOB);
    assert!(matches!(device.send(BOB, two, Command::Init, &NONCE), Some(Event::Reply(_))));
    assert!(!device.0.occupy(NOW), "other transports wait too");
    assert_eq!(device.send(ALICE, one, Command::Lock, &[0]), locked(one));
    device.assert_ping(BOB, two);

    let ping = &reports(two, Command::Ping, b"")[0];
    device.send(ALICE, one, Command::Lock, &[10]);
    let (before, after) = (Duration::from_millis(9999), Duration::from_secs(10));
    assert_eq!(device.0.push(BOB, ping, before), busy);
    assert!(matches!(device.0.push(BOB, ping, after), Some(Event::Reply(pong)) if pong.channel() == two));
}

// proves: hid-lock
#[test]
fn a_lock_is_for_ten_seconds_at_most_and_goes_with_its_owner() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    assert_eq!(device.send(ALICE, one, Command::Lock, &[11]), error(one, Error::INVALID_PAR));
    assert_eq!(device.send(ALICE, one, Command::Lock, &[1, 2]), error(one, Error::INVALID_LEN));
    assert_eq!(device.push(ALICE, &init(one, Command::Lock as u8, 0, b"")), error(one, Error::INVALID_LEN));
    device.assert_ping(BOB, two);
    device.send(ALICE, one, Command::Lock, &[10]);
    device.0.release(ALICE);
    device.assert_ping(BOB, two);
    device.send(BOB, two, Command::Lock, &[10]);
    device.0.power_cycle();
    let one = device.open(ALICE);
    device.assert_ping(ALICE, one);
}

// proves: hid-busy
#[test]
fn a_request_of_another_transport_keeps_every_channel_busy() {
    let mut device = Device::new();
    let channel = device.open(ALICE);
    let ping = reports(channel, Command::Ping, &[9; 99]);
    device.push(ALICE, &ping[0]);
    assert!(!device.0.occupy(NOW), "a message is coming in");
    assert!(matches!(device.push(ALICE, &ping[1]), Some(Event::Reply(_))));
    assert!(device.0.occupy(NOW));
    assert_eq!(device.send(ALICE, channel, Command::Cbor, &[4]), error(channel, Error::CHANNEL_BUSY));
    assert!(matches!(device.send(ALICE, channel, Command::Init, &NONCE), Some(Event::Reply(_))));
    assert_eq!(device.send(ALICE, channel, Command::Cancel, b""), None);
    assert!(!device.0.release(ALICE), "not its request");
    device.0.finish();
    let channel = device.open(ALICE);
    device.assert_ping(ALICE, channel);
}

#[test]
fn a_client_that_goes_takes_its_channels_and_transaction_along() {
    let mut device = Device::new();
    let (one, two) = (device.open(ALICE), device.open(BOB));
    device.push(ALICE, &reports(one, Command::Ping, &[9; 116])[0]);
    assert!(!device.0.release(ALICE));
    device.assert_ping(BOB, two);
    assert_eq!(device.send(ALICE, one, Command::Ping, b""), error(one, Error::INVALID_CHANNEL));

    let one = device.open(ALICE);
    device.send(ALICE, one, Command::Cbor, &[4]);
    assert!(!device.0.release(BOB));
    assert!(device.0.release(ALICE), "its request was running");
    let two = device.open(BOB);
    device.assert_ping(BOB, two);
}

// proves: memory-bounded
#[test]
fn the_channel_longest_unused_makes_room() {
    let mut device = Device::new();
    let (kept, given_up) = (device.open(ALICE), device.open(ALICE));
    for _ in 2..MAX_CHANNELS {
        device.open(BOB);
    }
    device.assert_ping(ALICE, kept);
    let request = message(kept, Command::Cbor, &[4]);
    assert_eq!(device.send(ALICE, kept, Command::Cbor, &[4]), Some(Event::Request(request)));
    for _ in 0..MAX_CHANNELS {
        device.open(BOB);
    }
    device.0.finish();
    device.assert_ping(ALICE, kept);
    assert_eq!(device.send(ALICE, given_up, Command::Ping, b""), error(given_up, Error::INVALID_CHANNEL));
}
