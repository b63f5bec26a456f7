//! What each fault of CTAPHID does to the reports that a program sees.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use authenticator::{fault::Faults, testing::ScriptedUser};
use virtual_key::{Event, Running, VirtualKey};

use crate::{
    GET_INFO, address,
    client::{CANCEL, CBOR, Client, ERROR, KEEPALIVE, PING, reports},
    config, tcp,
};

type Fired = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

/// A key, its switch, what struck, and a client that has its channel.
fn faulty() -> (Running, Faults, Fired, Client) {
    let mut config = config(Arc::new(ScriptedUser::default()), vec![tcp()]);
    let (faults, fired) = (config.faults.clone(), Fired::default());
    config.observer = Some(Arc::new({
        let fired = fired.clone();
        move |event: Event<'_>| {
            if let Event::Fault(of) = event {
                fired.lock().unwrap().push((of.name, of.command));
            }
        }
    }));
    let running = VirtualKey::start(config).unwrap();
    let client = Client::open(address(&running));
    (running, faults, fired, client)
}

/// The reports that come for a PING of 100 bytes: two when all is well.
fn pinged(fault: &str, count: usize) -> Vec<[u8; 64]> {
    let (_running, faults, fired, mut client) = faulty();
    faults.set(format!("{fault},count=1").parse().unwrap());
    client.send(PING, &ping());
    let came = (0..count).map(|_| client.connection.receive_report().unwrap()).collect();
    let name = fault.split('=').next().unwrap();
    assert_eq!(fired.lock().unwrap().iter().map(|(name, _)| *name).collect::<Vec<_>>(), [name]);
    assert!(faults.list().is_empty(), "its count is used up");
    client.assert_ping();
    came
}

fn ping() -> Vec<u8> {
    (1..=100).collect()
}

/// The reports of that PING on the channel of `came`.
fn sound(came: &[[u8; 64]]) -> Vec<[u8; 64]> {
    let channel = u32::from_be_bytes(came[0][..4].try_into().unwrap());
    reports(channel, PING, &ping())
}

// proves: fault-ctaphid
#[test]
fn reports_are_dropped_repeated_and_exchanged() {
    let came = pinged("duplicate-report=2", 3);
    let sound = sound(&came);
    assert_eq!(came, [sound[0], sound[1], sound[1]]);
    assert_eq!(pinged("duplicate-report", 3)[..2], [sound[0], sound[0]]);
    assert_eq!(pinged("drop-report", 1), [sound[1]]);
    assert_eq!(pinged("drop-report=2", 1), [sound[0]]);
    assert_eq!(pinged("reorder-reports", 2), [sound[1], sound[0]]);
}

// proves: fault-ctaphid
#[test]
fn reports_are_cut_misnumbered_and_sent_to_nobody() {
    let came = pinged("truncate-report=10", 2);
    let sound = sound(&came);
    assert_eq!(came[0], sound[0]);
    assert_eq!(came[1][..10], sound[1][..10]);
    assert_eq!(came[1][10..], [0; 54]);
    let came = pinged("wrong-sequence", 2);
    assert_eq!((came[0], came[1][4], &came[1][5..]), (sound[0], 1, &sound[1][5..]));
    let came = pinged("wrong-channel", 2);
    for (wrong, right) in came.iter().zip(&sound) {
        assert_eq!((wrong[0], &wrong[1..]), (!right[0], &right[1..]));
    }
}

// proves: fault-ctaphid
#[test]
fn reports_come_late_and_in_their_order() {
    let start = Instant::now();
    let came = pinged("delay-report=60", 2);
    assert_eq!(came, sound(&came));
    assert!(start.elapsed() >= Duration::from_millis(120));
}

// proves: fault-ctaphid
#[test]
fn a_key_is_unplugged_with_half_its_message_sent() {
    let (running, faults, _, mut client) = faulty();
    faults.set("unplug-mid-message,count=1".parse().unwrap());
    client.send(PING, &ping());
    assert!(client.connection.receive_report().is_ok());
    let gone = client.connection.receive_report().unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::UnexpectedEof);
    Client::open(address(&running)).assert_ping();
}

// proves: fault-ctaphid, fault-switching
#[test]
fn a_storm_of_busy_ends_after_so_many() {
    let (_running, faults, fired, mut client) = faulty();
    faults.set("busy-storm=3,command=getInfo".parse().unwrap());
    for _ in 0..3 {
        client.assert_ping();
        client.send(CBOR, GET_INFO);
        assert_eq!(client.receive(), (ERROR, vec![0x06]));
    }
    assert_eq!(client.cbor(GET_INFO)[0], 0x00);
    assert_eq!(fired.lock().unwrap()[..], [("busy-storm", "getInfo"); 3]);
}

// proves: fault-ctaphid
#[test]
fn another_nonce_is_answered() {
    let (_running, faults, fired, mut client) = faulty();
    faults.set("wrong-nonce".parse().unwrap());
    client.assert_ping();
    assert!(fired.lock().unwrap().is_empty(), "only INIT has a nonce");
    client.send(0x06, b"12345678");
    let (_, payload) = client.receive();
    assert_eq!((payload[0], &payload[1..8]), (!b'1', &b"2345678"[..]));
}

/// How many KEEPALIVEs said that the key computes, and the answer behind them.
fn patient_answer(client: &mut Client) -> (usize, Vec<u8>) {
    let mut keepalives = 0;
    loop {
        match client.receive_any() {
            (_, KEEPALIVE, status) => assert_eq!(status, [0x01]),
            (_, command, answer) => {
                assert_eq!(command, CBOR);
                return (keepalives, answer);
            }
        }
        keepalives += 1;
    }
}

// proves: fault-ctaphid
#[test]
fn a_slow_key_says_that_it_works_and_an_endless_one_until_it_is_cancelled() {
    let (_running, faults, _, mut client) = faulty();
    faults.set("slow=250,count=1".parse().unwrap());
    let start = Instant::now();
    client.send(CBOR, GET_INFO);
    let (keepalives, answer) = patient_answer(&mut client);
    assert!(keepalives >= 2, "{keepalives}");
    assert_eq!(answer[0], 0x00);
    assert!(start.elapsed() >= Duration::from_millis(250));

    faults.set("endless-keepalive".parse().unwrap());
    client.send(CBOR, GET_INFO);
    for _ in 0..4 {
        let (_, command, status) = client.receive_any();
        assert_eq!((command, status), (KEEPALIVE, vec![0x01]));
    }
    client.send(CANCEL, &[]);
    assert_eq!(patient_answer(&mut client).1, [0x2D]);
    assert_eq!(faults.clear(Some("endless-keepalive")), 1);
    assert_eq!(client.cbor(GET_INFO)[0], 0x00);
}
