//! Against the emulated key, by TCP.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use authenticator::{
    MemoryStore, Profile,
    fault::Faults,
    platform::{Answer, AnswerFuture, Platform, Question, User},
    testing::{ManualClock, SeededRng},
};
use ctap::{Status, hid::KeepaliveStatus};
use tokio::sync::Notify;
use virtual_key::{Config, Link as Way, Running, VirtualKey};

use super::*;
use crate::Session;

/// Says yes, or nothing until the question is withdrawn.
struct Person {
    answers: bool,
    withdrawal: Notify,
    withdrawn: Mutex<mpsc::Sender<()>>,
}

impl User for Person {
    fn ask(&self, _: Question, _: Duration) -> AnswerFuture<'_> {
        if self.answers {
            Box::pin(std::future::ready(Answer::Approved { account: 0, verified: true }))
        } else {
            Box::pin(async {
                self.withdrawal.notified().await;
                Answer::Cancelled
            })
        }
    }

    fn withdraw(&self) {
        self.withdrawal.notify_one();
        let _ = self.withdrawn.lock().unwrap().send(());
    }
}

fn key(answers: bool) -> (Running, String, mpsc::Receiver<()>) {
    key_of(Profile::device_bound(), answers)
}

/// A key on TCP whose person answers at once or not at all, and what hears of each question that is withdrawn.
pub(crate) fn key_of(profile: Profile, answers: bool) -> (Running, String, mpsc::Receiver<()>) {
    let (withdrawn, heard) = mpsc::channel();
    let running = VirtualKey::start(Config {
        platform: Platform {
            user: Arc::new(Person { answers, withdrawal: Notify::new(), withdrawn: Mutex::new(withdrawn) }),
            store: Arc::new(MemoryStore::with_capacity(10)),
            clock: Arc::new(ManualClock::default()),
            rng: Arc::new(SeededRng::new(1)),
        },
        profile,
        links: vec![Way::Tcp(([127, 0, 0, 1], 0).into())],
        serial: "test".to_owned(),
        observer: None,
        tap: None,
        allow_remote: false,
        faults: Faults::default(),
    })
    .unwrap();
    let address = running.addresses().first().unwrap().to_string();
    (running, address, heard)
}

#[tokio::test]
async fn a_long_message_goes_there_and_a_longer_one_comes_back() {
    let (_running, address, _) = key(true);
    let mut session = Session::new(Hid::open(&address).await.unwrap());
    let info = session.info().await.unwrap();
    assert!(info.versions.contains(&"FIDO_2_3".to_owned()));
    assert!(session.agree(&info).await.is_ok());
}

#[tokio::test]
async fn waiting_for_the_person_is_told_and_can_be_taken_back() {
    let (_running, address, withdrawn) = key(false);
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let progress: Progress = Arc::new(move |status| {
        let _ = tell.lock().unwrap().send(status);
    });
    let mut hid = Hid::open(&address).await.unwrap().with_progress(progress);
    let selection = hid.exchange(vec![0x0B]);
    assert!(timeout(Duration::from_millis(500), selection).await.is_err(), "nobody answers");
    assert!(told.try_iter().any(|status| status == KeepaliveStatus::UpNeeded));
    withdrawn.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(hid.exchange(vec![0x04]).await.unwrap().first(), Some(&Status::SUCCESS.0), "used on");
}

#[tokio::test]
async fn two_programs_have_channels_of_their_own_and_the_second_waits() {
    let (_running, address, _) = key(false);
    let (mut one, mut other) = (Hid::open(&address).await.unwrap(), Hid::open(&address).await.unwrap());
    let waiting = tokio::spawn(async move { one.exchange(vec![0x0B]).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(other.exchange(vec![0x04]).await, Err(Error::Busy));
    waiting.abort();
}

#[tokio::test]
async fn a_key_that_is_not_there_or_goes_away_is_told() {
    assert!(matches!(Hid::open("tcp:127.0.0.1:1").await, Err(Error::Gone(_))));
    assert!(matches!(Hid::open("/dev/nothing-here").await, Err(Error::Gone(_))));
    let (running, address, _) = key(false);
    let mut hid = Hid::open(&address).await.unwrap();
    running.stop();
    assert!(matches!(hid.exchange(vec![0x04]).await, Err(Error::Gone(_))));
}
