//! A device at the level of its reports, behind a TCP address.

use ctap::hid::{Assembler, Command, Message, Packet, Report};
use security_key::{Error, Hid};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The channel that the device gives out.
pub(crate) const CHANNEL: u32 = 7;

/// CTAPHID_WINK, CTAPHID_CBOR and U2F.
const CAPABILITIES: u8 = 0x01 | 0x04;

pub(crate) struct Device(TcpStream);

impl Device {
    /// A device whose connection does what `script` says.
    pub(crate) async fn run<F>(script: impl FnOnce(Self) -> F + Send + 'static) -> (String, JoinHandle<()>)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        let device = tokio::spawn(async move { script(Self(listener.accept().await.unwrap().0)).await });
        (address, device)
    }

    /// The next message of the program; `None` when it is gone.
    pub(crate) async fn asked(&mut self) -> Option<Message> {
        let mut assembler = Assembler::default();
        loop {
            let mut frame = [0; 66];
            self.0.read_exact(&mut frame).await.ok()?;
            let report: Report = frame[2..].try_into().unwrap();
            if let Some(message) = assembler.push(&report, Duration::ZERO).unwrap() {
                return Some(message);
            }
        }
    }

    /// Sends a report as it is; a program that is gone misses it.
    pub(crate) async fn say(&mut self, report: &Report) {
        let _ = self.0.write_all(&[&[0, 64], &report[..]].concat()).await;
    }

    /// Sends bytes that are no report.
    pub(crate) async fn babble(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
    }

    pub(crate) async fn answer(&mut self, message: &Message) {
        for report in message.reports() {
            self.say(&report).await;
        }
    }

    /// Answers with what belongs to `command` on the program's channel.
    pub(crate) async fn tell(&mut self, command: Command, payload: &[u8]) {
        self.answer(&Message::new(CHANNEL, command, payload.to_vec()).unwrap()).await;
    }

    /// Answers INIT, and nothing else yet.
    pub(crate) async fn init(&mut self) {
        let asked = self.asked().await.unwrap();
        assert_eq!(asked.command(), Command::Init);
        self.initialized(&asked).await;
    }

    pub(crate) async fn initialized(&mut self, asked: &Message) {
        let told = [asked.payload(), &CHANNEL.to_be_bytes(), &[2, 1, 2, 3, CAPABILITIES]].concat();
        self.answer(&Message::new(asked.channel(), Command::Init, told).unwrap()).await;
    }

    /// INIT, then the first request.
    pub(crate) async fn request(&mut self) -> Message {
        self.init().await;
        self.asked().await.unwrap()
    }

    /// Says nothing more, and listens until the program is gone.
    pub(crate) async fn silence(mut self) {
        while self.asked().await.is_some() {}
    }
}

/// An initialization packet.
pub(crate) fn first(channel: u32, command: Command, length: u16, data: &[u8]) -> Report {
    let [c0, c1, c2, c3] = channel.to_be_bytes();
    let [high, low] = length.to_be_bytes();
    report(&[c0, c1, c2, c3, command as u8 | 0x80, high, low], data)
}

/// A continuation packet.
pub(crate) fn further(channel: u32, sequence: u8, data: &[u8]) -> Report {
    let [c0, c1, c2, c3] = channel.to_be_bytes();
    report(&[c0, c1, c2, c3, sequence], data)
}

fn report(head: &[u8], data: &[u8]) -> Report {
    let mut report = [0; 64];
    let bytes = head.iter().chain(data);
    report.iter_mut().zip(bytes).for_each(|(space, byte)| *space = *byte);
    assert!(matches!(Packet::parse(&report), Packet::Init { .. }) == (head.len() == 7));
    report
}

/// What one CTAP message comes to with a device that does what `script` says.
pub(crate) async fn exchange<F>(script: impl FnOnce(Device) -> F + Send + 'static) -> Result<Vec<u8>, Error>
where
    F: Future<Output = ()> + Send + 'static,
{
    use security_key::Transport;
    let (address, device) = Device::run(script).await;
    let answer = match Hid::open(&address).await {
        Ok(mut hid) => hid.exchange(vec![0x04]).await,
        Err(error) => Err(error),
    };
    device.abort();
    answer
}
