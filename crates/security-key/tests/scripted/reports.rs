//! Reports that are not what a message is made of.

use ctap::hid::{Command, MAX_PAYLOAD, Message};
use security_key::{Error, Session};

use crate::{
    device::{CHANNEL, Device, exchange, first, further},
    sentence::said,
};

/// The words for what came, of an answer that is no answer.
async fn garbled<F>(script: impl FnOnce(Device) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let error = exchange(script).await.unwrap_err();
    assert!(matches!(error, Error::Garbled(_)), "{error:?}");
    assert!(error.hint().unwrap_or_default().starts_with("Unplug the key"));
    said(&error)
}

#[tokio::test]
async fn what_comes_on_another_channel_is_of_another_program() {
    let answer = exchange(|mut device| async move {
        device.request().await;
        for other in [CHANNEL + 1, 0, u32::MAX] {
            device.answer(&Message::new(other, Command::Cbor, vec![0x31; 300]).unwrap()).await;
        }
        device.say(&first(CHANNEL, Command::Cbor, 58, &[0; 57])).await;
        device.say(&further(CHANNEL + 1, 0, &[9; 59])).await;
        device.say(&further(CHANNEL, 0, &[1])).await;
        device.silence().await;
    })
    .await;
    assert_eq!(answer, Ok([vec![0; 57], vec![1]].concat()));
}

#[tokio::test]
async fn an_answer_to_another_command_is_passed_over() {
    let answer = exchange(|mut device| async move {
        device.request().await;
        device.tell(Command::Msg, &[0x90, 0]).await;
        device.tell(Command::Ping, &[0; 100]).await;
        device.tell(Command::Wink, &[]).await;
        device.tell(Command::Cbor, &[0x30]).await;
        device.silence().await;
    })
    .await;
    assert_eq!(answer, Ok(vec![0x30]));
}

#[tokio::test]
async fn a_gap_and_a_repetition_in_the_sequence_are_told() {
    for sequences in [[1, 2], [0, 0], [0, 2], [0, 0x7F]] {
        let told = garbled(move |mut device| async move {
            device.request().await;
            device.say(&first(CHANNEL, Command::Cbor, 500, &[0; 57])).await;
            for sequence in sequences {
                device.say(&further(CHANNEL, sequence, &[0; 59])).await;
            }
            device.silence().await;
        })
        .await;
        assert_eq!(told, "The key's answer came garbled: a packet came out of sequence.");
    }
}

#[tokio::test]
async fn an_answer_that_begins_in_the_middle_of_another_is_told() {
    garbled(|mut device| async move {
        device.request().await;
        device.say(&first(CHANNEL, Command::Cbor, 500, &[0; 57])).await;
        device.tell(Command::Cbor, &[0]).await;
        device.silence().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_longer_than_a_message_can_be_is_told() {
    for length in [7610, 0x8000, u16::MAX] {
        let told = garbled(move |mut device| async move {
            device.request().await;
            device.say(&first(CHANNEL, Command::Cbor, length, &[0; 57])).await;
            device.silence().await;
        })
        .await;
        assert!(told.contains("length"), "{told}");
    }
    let longest = exchange(|mut device| async move {
        device.request().await;
        device.tell(Command::Cbor, &vec![0xAB; MAX_PAYLOAD]).await;
        device.silence().await;
    });
    assert_eq!(longest.await.map(|answer| answer.len()), Ok(MAX_PAYLOAD));
}

#[tokio::test]
async fn an_empty_answer_is_told() {
    let (address, device) = Device::run(|mut device| async move {
        device.request().await;
        device.tell(Command::Cbor, &[]).await;
        device.silence().await;
    })
    .await;
    let hid = security_key::Hid::open(&address).await.unwrap();
    let error = Session::new(hid).info().await.unwrap_err();
    assert_eq!(
        said(&error),
        "The key's answer to GetInfo is not as CTAP says: the message or a member has the wrong length (CTAP status \
         0x03)."
    );
    device.abort();
}

#[tokio::test]
async fn bytes_that_are_no_report_end_the_connection() {
    for bytes in
        [&[0xFF; 66][..], b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n......"]
    {
        let error = exchange(move |mut device| async move {
            device.request().await;
            device.babble(bytes).await;
            device.silence().await;
        })
        .await
        .unwrap_err();
        assert!(said(&error).starts_with("The key cannot be reached: "), "{error}");
    }
}

#[tokio::test]
async fn a_key_that_is_unplugged_while_it_answers_is_told() {
    for reports in 0..3 {
        let error = exchange(move |mut device| async move {
            device.request().await;
            if reports > 0 {
                device.say(&first(CHANNEL, Command::Cbor, 500, &[0; 57])).await;
            }
            for sequence in 1..reports {
                device.say(&further(CHANNEL, sequence - 1, &[0; 59])).await;
            }
        })
        .await
        .unwrap_err();
        assert!(said(&error).starts_with("The key cannot be reached: "), "{error}");
        assert!(
            error.hint().unwrap_or_default().contains("nplug")
                || error.hint().unwrap_or_default().contains("Plug")
        );
    }
}

#[tokio::test]
async fn a_key_that_is_unplugged_in_the_middle_of_a_report_is_told() {
    let error = exchange(|mut device| async move {
        device.request().await;
        device.babble(&[0, 64, 0, 0]).await;
    })
    .await
    .unwrap_err();
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
}
