//! Keys that do not come to an end, in time that the test moves on: a silent one, one that works for ever, one that
//! drips, one that answers to other people's INIT.

use ctap::hid::{Command, KeepaliveStatus, Message};
use security_key::{Error, Hid, Transport};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
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

/// Has a device say one thing every second of a time that stands still but for it.
async fn ticking(
    hid: &mut Hid,
    device: Device,
    say: impl Fn(u64) -> Message + Send + 'static,
) -> (Error, u64) {
    let said = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let (count, end) = (said.clone(), over.clone());
    let mut device = device;
    // Time that stands still goes on by itself once nobody has anything to do: somebody always has.
    let busy = tokio::spawn(async {
        loop {
            tokio::task::yield_now().await;
        }
    });
    let ticker = tokio::spawn(async move {
        device.asked().await.unwrap();
        while !end.load(Ordering::Relaxed) {
            let number = count.fetch_add(1, Ordering::Relaxed);
            device.answer(&say(number)).await;
            // The reader takes what was said before time goes on. Sockets have a time of their own.
            for _ in 0..20 {
                std::thread::sleep(Duration::from_micros(100));
                tokio::task::yield_now().await;
            }
            advance(Duration::from_secs(1)).await;
        }
    });
    pause();
    let error = hid.exchange(vec![0x04]).await.unwrap_err();
    over.store(true, Ordering::Relaxed);
    ticker.abort();
    busy.abort();
    (error, said.load(Ordering::Relaxed))
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
        let (mut hid, device) = met().await;
        let (error, said_so) = ticking(&mut hid, device, move |_| Message::keepalive(CHANNEL, status)).await;
        assert_eq!(error, Error::Endless, "after {said_so} times");
        assert_eq!(said(&error), "The key says that it is working, and comes to no end.");
        assert!((60..180).contains(&said_so), "{said_so} seconds");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_key_that_answers_everything_but_the_question_is_given_up() {
    for command in [Command::Msg, Command::Ping, Command::Init, Command::Wink] {
        let (mut hid, device) = met().await;
        let noise = move |_| Message::new(CHANNEL, command, vec![0; 17]).unwrap();
        let (error, _) = ticking(&mut hid, device, noise).await;
        assert_eq!(error, Error::Endless, "{command:?}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_key_that_talks_on_other_channels_alone_is_silent() {
    let (mut hid, device) = met().await;
    let (error, _) =
        ticking(&mut hid, device, |_| Message::keepalive(CHANNEL + 1, KeepaliveStatus::Processing)).await;
    assert_eq!(said(&error), "The key cannot be reached: it does not answer.");
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
