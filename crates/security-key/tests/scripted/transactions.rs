//! Keys that do not come to an end, in time that the test moves on: a silent one, one that works for ever, one that
//! drips, one that answers to other people's INIT.

use ctap::hid::{Command, KeepaliveStatus, Message};
use security_key::{Error, Hid, Transport};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, advance, pause, timeout};

use crate::{
    device::{CHANNEL, Device, first, further},
    sentence::said,
};

/// Nobody waits longer than this for a key, its person included.
const LIMIT: Duration = Duration::from_secs(180);

/// What a message comes to, and after which time, where time goes on as soon as nobody has anything to do.
async fn outlast(hid: &mut Hid) -> (Error, Duration) {
    let begun = Instant::now();
    let error = timeout(LIMIT, hid.exchange(vec![0x04])).await.expect("it comes to an end").unwrap_err();
    (error, begun.elapsed())
}

#[tokio::test]
async fn a_silent_key_is_given_up_in_seconds() {
    let (address, device) = Device::run(|mut device| async move {
        device.init().await;
        device.silence().await;
    })
    .await;
    let mut hid = Hid::open(&address).await.unwrap();
    pause();
    let (error, after) = outlast(&mut hid).await;
    assert_eq!(said(&error), "The key cannot be reached: it does not answer.");
    assert!(after < Duration::from_secs(30), "{after:?}");
    device.abort();
}

#[tokio::test]
async fn a_key_that_never_answers_init_is_given_up_in_seconds() {
    let (address, device) = Device::run(Device::silence).await;
    pause();
    let begun = Instant::now();
    let error = timeout(LIMIT, Hid::open(&address)).await.expect("it comes to an end").err().unwrap();
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    device.abort();
}

#[tokio::test]
async fn a_key_that_stops_in_the_middle_of_its_answer_is_given_up_in_seconds() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        device.say(&first(CHANNEL, Command::Cbor, 500, &[0; 57])).await;
        device.silence().await;
    })
    .await;
    let mut hid = Hid::open(&address).await.unwrap();
    pause();
    let (error, after) = outlast(&mut hid).await;
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
    assert!(after < Duration::from_secs(30), "{after:?}");
    device.abort();
}

/// Has a device say `noise`, and then that it is at `work`, every half second of a time that stands still but for it,
/// and only goes on when the program has heard the latter: sockets have a time of their own. How it ended, and after how
/// many half seconds.
async fn ticking(work: KeepaliveStatus, noise: Option<Message>) -> (Error, u64) {
    let (hid, mut device) = met().await;
    let heard = Arc::new(AtomicU64::new(0));
    let (hears, listens) = (heard.clone(), heard.clone());
    let mut hid = hid.with_progress(Arc::new(move |status| {
        assert_eq!(status, work);
        hears.fetch_add(1, Ordering::Relaxed);
    }));
    // Time that stands still goes on by itself once nobody has anything to do; here somebody always has.
    let ticker = tokio::spawn(async move {
        loop {
            let before = listens.load(Ordering::Relaxed);
            for message in noise.iter().chain([&Message::keepalive(CHANNEL, work)]) {
                device.answer(message).await;
            }
            while listens.load(Ordering::Relaxed) == before {
                tokio::task::yield_now().await;
            }
            advance(Duration::from_millis(500)).await;
        }
    });
    pause();
    let error = hid.exchange(vec![0x04]).await.unwrap_err();
    ticker.abort();
    tokio::time::resume();
    (error, heard.load(Ordering::Relaxed))
}

/// A key and its device, behind INIT.
async fn met() -> (Hid, Device) {
    let (give, take) = tokio::sync::oneshot::channel();
    let (address, _) = Device::run(|mut device| async move {
        device.init().await;
        let _ = give.send(device);
    })
    .await;
    let hid = Hid::open(&address).await.unwrap();
    (hid, take.await.unwrap_or_else(|_| panic!("the device is there")))
}

#[tokio::test]
async fn a_key_that_waits_for_its_person_for_ever_is_given_up_in_minutes() {
    for status in [KeepaliveStatus::UpNeeded, KeepaliveStatus::Processing] {
        let (error, after) = ticking(status, None).await;
        assert_eq!(error, Error::Endless);
        assert_eq!(said(&error), "The key says that it is working, and comes to no end.");
        assert!((120..360).contains(&after), "{after} half seconds");
    }
}

#[tokio::test]
async fn a_key_that_answers_everything_but_the_question_is_given_up() {
    for command in [Command::Msg, Command::Ping, Command::Init, Command::Wink] {
        let noise = Message::new(CHANNEL, command, vec![0; 17]).unwrap();
        let (error, _) = ticking(KeepaliveStatus::Processing, Some(noise)).await;
        assert_eq!(error, Error::Endless, "{command:?}");
    }
}

#[tokio::test]
async fn a_key_that_talks_on_other_channels_alone_is_silent() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        loop {
            device.answer(&Message::keepalive(CHANNEL + 1, KeepaliveStatus::Processing)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    let mut hid = Hid::open(&address).await.unwrap();
    pause();
    let (error, after) = outlast(&mut hid).await;
    assert_eq!(said(&error), "The key cannot be reached: it does not answer.");
    assert!(after < Duration::from_secs(30), "{after:?}");
    device.abort();
}

/// An answer of 129 reports, one each minute.
#[tokio::test]
async fn a_key_that_drips_its_answer_is_given_up() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        device.say(&first(CHANNEL, Command::Cbor, 7609, &[0; 57])).await;
        for sequence in 0..128 {
            tokio::time::sleep(Duration::from_secs(60)).await;
            device.say(&further(CHANNEL, sequence, &[0; 59])).await;
        }
    })
    .await;
    let mut hid = Hid::open(&address).await.unwrap();
    pause();
    let (error, after) = outlast(&mut hid).await;
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
    assert!(after < Duration::from_secs(120), "{after:?}");
    device.abort();
}

#[tokio::test]
async fn an_init_with_another_s_nonce_is_not_ours() {
    let (address, device) = Device::run(|mut device| async move {
        let asked = device.asked().await.unwrap();
        let mut others = asked.payload().to_vec();
        others[0] ^= 1;
        let told = [&others[..], &9_u32.to_be_bytes(), &[2, 0, 0, 0, 4]].concat();
        device.answer(&Message::new(asked.channel(), Command::Init, told).unwrap()).await;
        device.initialized(&asked).await;
        let request = device.asked().await.unwrap();
        assert_eq!(request.channel(), CHANNEL);
        device.tell(Command::Cbor, &[0x30]).await;
        device.silence().await;
    })
    .await;
    assert_eq!(Hid::open(&address).await.unwrap().exchange(vec![0x04]).await, Ok(vec![0x30]));
    device.abort();
}

#[tokio::test]
async fn an_init_that_never_has_our_nonce_is_given_up() {
    let (address, device) = Device::run(|mut device| async move {
        while let Some(asked) = device.asked().await {
            let told = [&[0xEE; 8][..], &CHANNEL.to_be_bytes(), &[2, 0, 0, 0, 4]].concat();
            device.answer(&Message::new(asked.channel(), Command::Init, told).unwrap()).await;
        }
    })
    .await;
    let begun = std::time::Instant::now();
    let error = Hid::open(&address).await.err().unwrap();
    assert!(said(&error).starts_with("The key cannot be reached: "), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    device.abort();
}

#[tokio::test]
async fn an_init_that_says_too_little_or_gives_no_channel_is_told() {
    for told in [
        vec![],
        vec![0, 0, 0],
        vec![0, 0, 0, 7, 2],
        [&u32::MAX.to_be_bytes()[..], &[2, 0, 0, 0, 4]].concat(),
        vec![0; 9],
    ] {
        let (address, device) = Device::run(|mut device| async move {
            while let Some(asked) = device.asked().await {
                let told = [asked.payload(), &told].concat();
                device.answer(&Message::new(asked.channel(), Command::Init, told).unwrap()).await;
            }
        })
        .await;
        let error = timeout(LIMIT, Hid::open(&address)).await.expect("it comes to an end").err().unwrap();
        assert!(matches!(error, Error::Garbled(_)), "{error:?}");
        said(&error);
        device.abort();
    }
}

/// Whoever waits can stop waiting: the key is told, and what it says late is not taken for the next answer.
#[tokio::test]
async fn a_wait_that_is_given_up_leaves_no_answer_behind() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        device.tell(Command::Keepalive, &[2]).await;
        assert_eq!(device.asked().await.map(|asked| asked.command()), Some(Command::Cancel));
        device.tell(Command::Cbor, &[0x2D]).await;
        let again = device.asked().await.unwrap();
        assert_eq!(again.command(), Command::Init);
        device.initialized(&again).await;
        device.asked().await.unwrap();
        device.tell(Command::Cbor, &[0x36]).await;
        device.silence().await;
    })
    .await;
    let mut hid = Hid::open(&address).await.unwrap();
    assert!(timeout(Duration::from_millis(300), hid.exchange(vec![0x0B])).await.is_err());
    assert_eq!(hid.exchange(vec![0x04]).await, Ok(vec![0x36]));
    device.abort();
}
