//! Against a device that answers as each test says, by TCP.

use ctap::hid::report::Report;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;

const CBOR: u8 = Capabilities::CBOR;

struct Device(TcpStream);

impl Device {
    /// A message from the program.
    async fn asked(&mut self) -> Message {
        let mut assembler = Assembler::default();
        loop {
            let mut frame = [0; 66];
            self.0.read_exact(&mut frame).await.unwrap();
            let report: Report = frame[2..].try_into().unwrap();
            if let Some(message) = assembler.push(&report, Duration::ZERO).unwrap() {
                return message;
            }
        }
    }

    async fn say(&mut self, report: &Report) {
        self.0.write_all(&[&[0, 64], &report[..]].concat()).await.unwrap();
    }

    async fn answer(&mut self, message: &Message) {
        for report in message.reports() {
            self.say(&report).await;
        }
    }

    /// Answers INIT: `channel` is the program's from now on.
    async fn init(&mut self, channel: u32, capabilities: u8) {
        let asked = self.asked().await;
        assert_eq!(asked.command(), Command::Init);
        let told = [asked.payload(), &channel.to_be_bytes(), &[2, 5, 4, 3, capabilities]].concat();
        self.answer(&Message::new(asked.channel(), Command::Init, told).unwrap()).await;
    }

    async fn cbor(&mut self, channel: u32) {
        let asked = self.asked().await;
        assert_eq!((asked.channel(), asked.command()), (channel, Command::Cbor));
        self.answer(&Message::new(channel, Command::Cbor, vec![0]).unwrap()).await;
    }
}

/// A key whose device does what `script` says, on channel 7 at first.
async fn key<F>(capabilities: u8, script: impl FnOnce(Device) -> F + Send + 'static) -> Hid
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut device = Device(listener.accept().await.unwrap().0);
        device.init(7, capabilities).await;
        script(device).await;
    });
    Hid::open(&address).await.unwrap()
}

#[tokio::test]
async fn what_the_key_says_of_itself_is_kept_and_believed() {
    let mut key = key(Capabilities::NMSG, |_| std::future::ready(())).await;
    let told = key.initialization().unwrap();
    assert_eq!((told.protocol_version, told.device_version), (2, [5, 4, 3]));
    assert!(matches!(key.exchange(vec![4]).await, Err(Error::Unsupported(_))));
    assert_eq!(key.message(vec![0; 7]).await, Err(Error::Unsupported("U2F")));
    assert_eq!(key.wink().await, Err(Error::Unsupported("winking")));
}

#[tokio::test]
async fn a_channel_that_the_key_forgot_is_asked_for_anew_once() {
    let mut key = key(CBOR, |mut device| async move {
        device.asked().await;
        device.answer(&Message::error(7, HidError::INVALID_CHANNEL)).await;
        device.init(9, CBOR).await;
        device.cbor(9).await;
        device.asked().await;
        device.answer(&Message::error(9, HidError::INVALID_CHANNEL)).await;
        device.init(10, CBOR).await;
        device.asked().await;
        device.answer(&Message::error(10, HidError::INVALID_CHANNEL)).await;
        device.asked().await;
    })
    .await;
    assert_eq!(key.exchange(vec![4]).await, Ok(vec![0]));
    assert_eq!(key.exchange(vec![4]).await, Err(Error::Refused(HidError::INVALID_CHANNEL)));
}

#[tokio::test]
async fn a_key_that_was_busy_is_asked_again() {
    let mut key = key(CBOR, |mut device| async move {
        device.asked().await;
        device.answer(&Message::error(7, HidError::CHANNEL_BUSY)).await;
        device.cbor(7).await;
    })
    .await;
    assert_eq!(key.exchange(vec![4]).await, Ok(vec![0]));
}

#[tokio::test]
async fn others_channels_are_passed_over_and_a_gap_is_told() {
    let mut key = key(CBOR, |mut device| async move {
        let asked = device.asked().await;
        device.answer(&Message::new(8, Command::Cbor, vec![1]).unwrap()).await;
        device.answer(&Message::keepalive(7, KeepaliveStatus::Processing)).await;
        assert_eq!(asked.channel(), 7);
        let long: Vec<_> = Message::new(7, Command::Cbor, vec![0; 200]).unwrap().reports().collect();
        device.say(&long[0]).await;
        device.say(&long[2]).await;
        // Taken back, and begun anew; the rest of the old answer is in the way, and a new one begins.
        assert_eq!(device.asked().await.command(), Command::Cancel);
        device.say(&long[3]).await;
        device.say(&long[0]).await;
        device.init(7, CBOR).await;
        device.cbor(7).await;
    })
    .await;
    assert_eq!(key.exchange(vec![4]).await, Err(Error::Garbled(HidError::INVALID_SEQ)));
    assert_eq!(key.exchange(vec![4]).await, Ok(vec![0]));
}

#[tokio::test]
async fn a_key_that_gives_out_no_channel_is_told() {
    for channel in [0, BROADCAST] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let mut device = Device(listener.accept().await.unwrap().0);
            loop {
                device.init(channel, CBOR).await;
            }
        });
        assert_eq!(Hid::open(&address).await.err(), Some(Error::Garbled(HidError::INVALID_CHANNEL)));
    }
}
