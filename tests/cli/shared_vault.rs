//! One vault under several programs, and under a power failure: nothing that was acknowledged is lost.

use std::{collections::BTreeSet, sync::mpsc, thread, time::Duration};

use crate::{
    program::{Emulator, Home},
    wire::{Client, Request},
};

#[test]
fn every_acknowledged_passkey_survives_kill_9() {
    let home = Home::with_vault();
    let mut acknowledged = BTreeSet::new();
    // At three different moments of the stream of registrations.
    for (round, survive) in [20, 55, 90].into_iter().enumerate() {
        let key = Emulator::on_vault(&home, "device-bound");
        let address = key.tcp();
        let (sender, accounts) = mpsc::channel();
        thread::spawn(move || {
            let mut client = Client::tcp(address);
            for number in 0.. {
                let account = format!("round {round}, account {number}");
                // Fails when the key is killed, which is the end of this thread.
                let Ok((status, _)) = client.try_cbor(&Request::register(&account).encode()) else { return };
                assert_eq!(status, 0x00);
                let _ = sender.send(account);
            }
        });
        for _ in 0..survive {
            acknowledged.insert(accounts.recv_timeout(Duration::from_secs(60)).unwrap());
        }
        key.kill();
        acknowledged.extend(accounts.iter());

        let stored = accounts_in(&home);
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "{lost:?} of {}", acknowledged.len());
        // At most the one registration that was under way when it was killed.
        assert!(stored.len() <= acknowledged.len() + round + 1, "{} of {}", stored.len(), acknowledged.len());
    }
}

#[test]
fn two_keys_and_the_command_line_on_one_vault_lose_nothing_to_each_other() {
    const EACH: usize = 25;

    let home = Home::with_vault();
    let keys = ["device-bound", "synced"].map(|profile| (profile, Emulator::on_vault(&home, profile)));
    let running = keys.each_ref().map(|(profile, key)| {
        let (profile, address) = (*profile, key.tcp());
        thread::spawn(move || {
            let mut client = Client::tcp(address);
            for number in 0..EACH {
                let (status, _) = client.cbor(&Request::register(&format!("{profile} {number}")).encode());
                assert_eq!(status, 0x00);
            }
        })
    });
    // The command line reads and deletes meanwhile, and sees what both keys have made.
    let mut deleted = BTreeSet::new();
    while deleted.len() < 3 || !running.iter().all(thread::JoinHandle::is_finished) {
        let Some(passkey) = home.json(&["passkey", "list"]).as_array().unwrap().first().cloned() else {
            continue;
        };
        if deleted.len() < 3 {
            home.json(&["passkey", "delete", passkey["id"].as_str().unwrap(), "--yes"]);
            deleted.insert(passkey["userName"].as_str().unwrap().to_owned());
        }
    }
    for done in running {
        done.join().unwrap();
    }

    let names = ["device-bound", "synced"].into_iter();
    let mut expected: BTreeSet<_> =
        names.flat_map(|profile| (0..EACH).map(move |number| format!("{profile} {number}"))).collect();
    expected.retain(|account| !deleted.contains(account));
    assert_eq!(accounts_in(&home), expected);

    // What the command line deleted is gone for the keys that still run, and what one key made is its own.
    let list = home.json(&["passkey", "list"]);
    for (profile, _) in &keys {
        assert!(list.as_array().unwrap().iter().any(|passkey| passkey["kind"] == *profile), "{profile}");
    }
}

#[test]
fn a_running_key_sees_at_once_what_the_command_line_deletes() {
    let home = Home::with_vault();
    let key = Emulator::on_vault(&home, "device-bound");
    let mut client = Client::tcp(key.tcp());
    assert_eq!(client.cbor(&Request::register("ada").encode()).0, 0x00);
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x00);
    let list = home.json(&["passkey", "list"]);
    assert_eq!((&list[0]["userName"], list[0]["signCount"].as_u64() > Some(0)), (&"ada".into(), true));
    home.json(&["passkey", "delete", list[0]["id"].as_str().unwrap(), "--yes"]);
    assert_eq!(client.cbor(&Request::sign_in().encode()).0, 0x2E, "NO_CREDENTIALS");
}

fn accounts_in(home: &Home) -> BTreeSet<String> {
    let list = home.json(&["passkey", "list"]);
    list.as_array().unwrap().iter().map(|passkey| passkey["userName"].as_str().unwrap().to_owned()).collect()
}
