//! Every refusal that a key can answer with, by CTAP and by CTAPHID.

use ctap::{Status, hid, hid::Command};
use security_key::{Error, Hid, Session};

use crate::{
    device::{Device, exchange},
    sentence::said,
};

#[tokio::test]
async fn every_status_is_told_as_itself() {
    let (address, device) = Device::run(|mut device| async move {
        device.init().await;
        for status in 1..=u8::MAX {
            device.asked().await.unwrap();
            device.tell(Command::Cbor, &[status]).await;
        }
    })
    .await;
    let mut session = Session::new(Hid::open(&address).await.unwrap());
    for status in 1..=u8::MAX {
        let refused = session.info().await.unwrap_err();
        assert_eq!(refused, Error::Status(Status(status)));
        let told = said(&refused);
        assert!(told.contains(&format!("0x{status:02X}")), "{told}");
        match Status(status).name() {
            Some(_) => assert!(told.contains(Status(status).meaning()), "{told}"),
            None => assert!(told.contains("a status this program does not know"), "{told}"),
        }
    }
    device.await.unwrap();
}

#[tokio::test]
async fn what_a_person_can_do_about_a_status_is_said() {
    for (status, word) in [
        (Status::PIN_INVALID, "again"),
        (Status::PIN_AUTH_BLOCKED, "Unplug"),
        (Status::PIN_BLOCKED, "reset"),
        (Status::PIN_NOT_SET, "Set a PIN"),
        (Status::UV_BLOCKED, "PIN"),
        (Status::KEY_STORE_FULL, "Delete"),
        (Status::USER_ACTION_TIMEOUT, "touch"),
    ] {
        let hint = Error::Status(status).hint().unwrap_or_default();
        assert!(hint.contains(word), "{status:?}: {hint}");
    }
}

/// Behind a status of refusal nothing is read: a key may say what it likes there.
#[tokio::test]
async fn a_refusal_with_words_behind_it_is_a_refusal() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        device.tell(Command::Cbor, &[[0x36].as_slice(), &[0xFF; 700]].concat()).await;
    })
    .await;
    let refused = Session::new(Hid::open(&address).await.unwrap()).info().await.unwrap_err();
    assert_eq!(refused, Error::Status(Status::PUAT_REQUIRED));
    device.await.unwrap();
}

#[tokio::test]
async fn every_error_of_the_channel_is_told() {
    for byte in (0..=u8::MAX).filter(|byte| hid::Error(*byte) != hid::Error::CHANNEL_BUSY) {
        let refused = exchange(move |mut device| async move {
            device.init().await;
            while let Some(asked) = device.asked().await {
                match asked.command() {
                    Command::Init => device.initialized(&asked).await,
                    _ => device.tell(Command::Error, &[byte]).await,
                }
            }
        })
        .await
        .unwrap_err();
        assert_eq!(refused, Error::Refused(hid::Error(byte)), "{byte:02X}");
        assert!(said(&refused).contains(hid::Error(byte).meaning()), "{refused}");
        assert!(refused.hint().is_some());
    }
}

#[tokio::test]
async fn an_error_of_the_channel_without_a_byte_is_told() {
    let refused = exchange(|mut device| async move {
        device.request().await;
        device.tell(Command::Error, &[]).await;
        device.silence().await;
    })
    .await
    .unwrap_err();
    assert_eq!(said(&refused), "The key did not take the message: the key could not do it.");
}

#[tokio::test]
async fn a_key_that_is_busy_for_ever_is_given_up() {
    let refused = exchange(|mut device| async move {
        device.init().await;
        while let Some(asked) = device.asked().await {
            match asked.command() {
                Command::Init => device.initialized(&asked).await,
                _ => device.tell(Command::Error, &[hid::Error::CHANNEL_BUSY.0]).await,
            }
        }
    })
    .await
    .unwrap_err();
    assert_eq!(said(&refused), "Another program is using the key.");
    assert!(refused.hint().unwrap_or_default().starts_with("Wait"));
}
