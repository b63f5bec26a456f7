//! The kinds of links: what each is found at, refuses, and leaves behind.

use std::{
    fs,
    net::UdpSocket,
    os::unix::{fs::PermissionsExt, net::UnixListener},
    sync::Arc,
};

use authenticator::testing::ScriptedUser;
use virtual_key::{Address, Error, Link, VirtualKey};

use crate::{
    GET_INFO, MAKE_CREDENTIAL, SELECTION, address, approving,
    client::{CBOR, Client, Connection},
    config,
    person::Hesitant,
    tcp,
};

const POWER_CYCLE: &str = "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b\
                           394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc";

fn udp() -> Link {
    Link::Udp("127.0.0.1:0".parse().unwrap())
}

fn start(links: Vec<Link>) -> Result<virtual_key::Running, Error> {
    VirtualKey::start(config(Arc::new(ScriptedUser::default()), links))
}

// proves: transport-udp, transport-tcp, transport-unix, transport-several
#[test]
fn one_key_answers_by_all_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.sock");
    let running = start(vec![udp(), tcp(), Link::Unix(path.clone())]).unwrap();
    assert_eq!(running.addresses()[2].to_string(), format!("unix:{}", path.display()));
    let mut clients: Vec<_> = running.addresses().iter().map(Client::open).collect();
    for client in &mut clients {
        client.assert_ping();
        assert_eq!(client.cbor(GET_INFO)[0], 0);
        assert_eq!(client.cbor(MAKE_CREDENTIAL)[0], 0);
        let long = vec![7; 7609];
        client.send(0x01, &long);
        assert_eq!(client.receive(), (0x01, long));
    }
}

// proves: transport-several
#[test]
fn two_keys_are_two() {
    let (one, two) = (approving(), approving());
    let mut busy = Client::open(address(&one));
    let mut other = Client::open(address(&two));
    busy.connection.send_report(&crate::client::init_packet(busy.channel, 0x01, 200, b""));
    other.assert_ping();
    one.stop();
    other.assert_ping();
}

// proves: transport-udp
#[test]
fn a_power_cycle_by_datagram_forgets_what_ran() {
    let person = Hesitant::new();
    let running = VirtualKey::start(config(person.clone(), vec![udp()])).unwrap();
    let mut client = Client::open(address(&running));
    client.send(CBOR, SELECTION);
    client.assert_asked();
    let magic: Vec<u8> =
        (0..64).map(|at| u8::from_str_radix(&POWER_CYCLE[at * 2..at * 2 + 2], 16).unwrap()).collect();
    client.connection.send_report(&magic.try_into().unwrap());
    while person.is_asked() {
        std::thread::yield_now();
    }
    // The channel stays, and the next answer is not the old request's.
    assert_eq!(client.cbor(GET_INFO)[0], 0);
    assert_eq!(person.withdrawn(), 1);
}

#[test]
fn datagrams_of_another_size_are_ignored_and_peers_kept_apart() {
    let running = start(vec![udp()]).unwrap();
    let mut one = Client::open(address(&running));
    let mut two = Client::open(address(&running));
    let Connection::Udp(socket) = &one.connection else { panic!() };
    for size in [0, 63, 65, 1000] {
        socket.send(&vec![0xFF; size]).unwrap();
    }
    one.assert_ping();
    two.assert_ping();
}

#[test]
fn a_socket_file_is_its_owners_alone_and_goes_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.sock");
    let running = start(vec![Link::Unix(path.clone())]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    Client::open(address(&running)).assert_ping();
    running.stop();
    assert!(!path.exists());
}

#[test]
fn a_socket_file_is_replaced_only_where_nobody_listens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "left behind, as by a program that was killed");
    let running = start(vec![Link::Unix(path.clone())]).unwrap();
    let in_use = Error::AddressInUse { address: path.display().to_string(), option: "--unix" };
    assert_eq!(start(vec![Link::Unix(path.clone())]).err(), Some(in_use));
    Client::open(address(&running)).assert_ping();

    let file = folder.path().join("notes.txt");
    fs::write(&file, "mine").unwrap();
    assert!(matches!(start(vec![Link::Unix(file.clone())]), Err(Error::Socket { option: "--unix", .. })));
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn a_port_in_use_is_named_with_its_option() {
    let running = start(vec![tcp()]).unwrap();
    let Address::Tcp(taken) = *address(&running) else { panic!() };
    let error = start(vec![Link::Tcp(taken)]).err().unwrap();
    assert_eq!(error, Error::AddressInUse { address: taken.to_string(), option: "--tcp" });
    assert!(error.to_string().contains(&taken.to_string()));
    assert!(error.hint().unwrap().contains("--tcp"));

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = socket.local_addr().unwrap();
    let error = start(vec![Link::Udp(taken)]).err();
    assert_eq!(error, Some(Error::AddressInUse { address: taken.to_string(), option: "--udp" }));
}

#[test]
fn other_computers_are_let_in_only_when_said_so() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    for link in [Link::Tcp(everywhere), Link::Udp(everywhere)] {
        assert!(matches!(start(vec![link.clone()]), Err(Error::NotLoopback { .. })));
        let mut config = config(Arc::new(ScriptedUser::default()), vec![link]);
        config.allow_remote = true;
        VirtualKey::start(config).unwrap();
    }
}

#[test]
fn without_uhid_a_key_does_not_start_and_says_why() {
    if std::path::Path::new("/dev/uhid").exists() {
        return;
    }
    let error = start(vec![tcp(), Link::Uhid]).err().unwrap();
    assert_eq!(error, Error::NoUhid);
    assert!(error.hint().unwrap().contains("modprobe uhid"));
}
