//! Two programs on one key at the same time.

use std::thread;

use super::{
    Client, Request,
    client::{CBOR, ERROR},
    request::{REGISTRATION_HASH, SIGN_IN_HASH},
    signed::Registered,
};
use crate::program::Emulator;

const CHANNEL_BUSY: u8 = 0x06;

#[test]
fn each_gets_its_own_answers_and_both_see_one_key() {
    let key = Emulator::in_memory();
    let programs = ["ada", "bob"].map(|account| {
        let mut client = Client::tcp(key.tcp());
        thread::spawn(move || {
            let made = patient(&mut client, &Request::register(account));
            let made = Registered::checked(&made, &REGISTRATION_HASH);
            for _ in 0..20 {
                let signed = patient(&mut client, &Request::sign_in_with(&made.id));
                made.check_assertion(&signed, &SIGN_IN_HASH);
            }
            made
        })
    });
    let [ada, bob] = programs.map(|program| program.join().unwrap());
    let mut third = Client::tcp(key.tcp());
    for made in [ada, bob] {
        let (_, count) =
            made.check_assertion(&patient(&mut third, &Request::sign_in_with(&made.id)), &SIGN_IN_HASH);
        assert_eq!(
            count,
            made.sign_count + 21,
            "no assertion of the other program's was lost or counted here"
        );
    }
}

/// Sends until the key is not busy with somebody else, as programs do (CTAP 2.3 §11.2.5.1).
fn patient(client: &mut Client, request: &Request) -> Vec<u8> {
    loop {
        let (channel, command, mut answer) = client.transact(CBOR, &request.encode());
        assert_eq!(channel, client.channel);
        if command == ERROR {
            assert_eq!(answer, [CHANNEL_BUSY]);
            thread::yield_now();
            continue;
        }
        assert_eq!((command, answer.remove(0)), (CBOR, 0x00));
        return answer;
    }
}
