//! CTAPHID from the program's side (CTAP 2.3 §11.2): a channel of a key, and one message at a time on it.

#[cfg(feature = "hidapi")]
mod hidapi;
#[cfg(target_os = "linux")]
mod hidraw;
mod link;

use ctap::hid::{
    Assembler, BROADCAST, Capabilities, Command, Error as HidError, KeepaliveStatus, Message, Packet,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Error, Exchange, Identity, Initialization, Medium, Passed, Tap, Transport, random::random,
    transport::unsupported,
};
use link::Link;

/// Hears what a key is doing while a request is open: computing, or waiting for the person.
pub type Progress = Arc<dyn Fn(KeepaliveStatus) + Send + Sync>;

/// A transport to a key that speaks CTAPHID. Dropping an exchange that is under way takes the request back
/// (CTAPHID_CANCEL); the key can be used on.
pub struct Hid {
    link: Link,
    channel: u32,
    initialization: Initialization,
    progress: Option<Progress>,
    tap: Option<Tap>,
    /// What the key still says to an earlier request may be in the way.
    stale: bool,
    powered: Instant,
}

/// A key that computes says so every 100 ms (§11.2.9.1.7); one that is silent for this long is gone.
const SILENCE: Duration = Duration::from_secs(5);
/// No key waits for its person as long as this; one that says so for longer says it forever.
const PATIENCE: Duration = Duration::from_secs(120);
/// INIT is answered at once.
const INIT_LIMIT: Duration = Duration::from_secs(2);
/// How often a key that is busy with another program is asked again, and after which pause.
const BUSY_TRIES: usize = 10;
const BUSY_PAUSE: Duration = Duration::from_millis(100);

impl Hid {
    /// Opens the key at an address and gets a channel: a device node as [`found`](crate::found) tells it, or, of an
    /// emulated key, `tcp:ADDRESS` or `unix:PATH`.
    ///
    /// # Errors
    /// [`Error::Gone`], [`Error::NoPermission`], [`Error::Busy`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        Self::over(Link::open(address).await?).await
    }

    /// Opens this key, and no other that stands at its address by now.
    pub(crate) async fn open_exactly(address: &str, identity: &Identity) -> Result<Self, Error> {
        let link = Link::open(address).await?;
        if link.identity().is_some_and(|other| other != identity) {
            return Err(Error::Gone(format!("another key is at {address} now")));
        }
        Self::over(link).await
    }

    async fn over(link: Link) -> Result<Self, Error> {
        let initialization =
            Initialization { protocol_version: 0, device_version: [0; 3], capabilities: Capabilities(0) };
        let mut key = Self {
            link,
            channel: BROADCAST,
            initialization,
            progress: None,
            tap: None,
            stale: true,
            powered: Instant::now(),
        };
        key.init().await?;
        Ok(key)
    }

    /// Has `progress` hear what the key is doing.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// A channel of one's own, or a fresh start on it (§11.2.9.1.3).
    async fn init(&mut self) -> Result<(), Error> {
        let mut refused = Error::Busy;
        for _ in 0..BUSY_TRIES {
            refused = match timeout(INIT_LIMIT, self.try_init()).await {
                Ok(Err(error @ (Error::Busy | Error::Refused(_) | Error::Garbled(_)))) => error,
                Ok(done) => return done,
                Err(_) => return Err(silent()),
            };
            if refused == Error::Refused(HidError::INVALID_CHANNEL) {
                self.channel = BROADCAST;
            }
            sleep(BUSY_PAUSE).await;
        }
        Err(refused)
    }

    async fn try_init(&mut self) -> Result<(), Error> {
        let nonce: [u8; 8] = random()?;
        self.write(&message(self.channel, Command::Init, nonce.to_vec())?).await?;
        loop {
            let answer = self.read().await?;
            match (answer.command(), answer.payload().split_first_chunk::<8>()) {
                (Command::Error, _) => return Err(refusal(answer.payload())),
                // What others asked on the broadcast channel has other nonces.
                (Command::Init, Some((theirs, rest))) if *theirs == nonce => return self.begin(rest),
                _ => {}
            }
        }
    }

    /// CID, version of the protocol, version of the device, capabilities; what a later version adds comes behind.
    fn begin(&mut self, told: &[u8]) -> Result<(), Error> {
        let Some(([c0, c1, c2, c3, protocol_version, major, minor, build, capabilities], _)) =
            told.split_first_chunk()
        else {
            return Err(Error::Garbled(HidError::INVALID_LEN));
        };
        let channel = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
        if matches!(channel, 0 | BROADCAST) {
            return Err(Error::Garbled(HidError::INVALID_CHANNEL));
        }
        self.channel = channel;
        self.stale = false;
        self.initialization = Initialization {
            protocol_version: *protocol_version,
            device_version: [*major, *minor, *build],
            capabilities: Capabilities(*capabilities),
        };
        Ok(())
    }

    /// A request and its answer; once more on a new channel where the key forgot this one, and a few times where it is
    /// busy: in both cases it did not begin.
    async fn transact(&mut self, command: Command, request: Vec<u8>) -> Result<Vec<u8>, Error> {
        let mut forgotten = false;
        for _ in 0..BUSY_TRIES {
            if self.stale {
                self.init().await?;
            }
            match self.once(command, request.clone()).await {
                Err(Error::Busy) => sleep(BUSY_PAUSE).await,
                Err(Error::Refused(HidError::INVALID_CHANNEL)) if !forgotten => {
                    forgotten = true;
                    self.channel = BROADCAST;
                    self.stale = true;
                }
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    async fn once(&mut self, command: Command, request: Vec<u8>) -> Result<Vec<u8>, Error> {
        let request = message(self.channel, command, request)?;
        // Until the answer is whole: whoever drops this future leaves an open request behind.
        let mut open = OpenRequest { key: self, answered: false };
        let answer = open.key.ask(&request).await;
        open.answered = matches!(answer, Ok(_) | Err(Error::Busy | Error::Refused(_)));
        answer
    }

    async fn ask(&mut self, request: &Message) -> Result<Vec<u8>, Error> {
        let asked = Instant::now();
        self.write(request).await?;
        while asked.elapsed() < PATIENCE {
            let answer = timeout(SILENCE, self.read()).await.map_err(|_| silent())??;
            match answer.command() {
                command if command == request.command() => return Ok(answer.into_payload()),
                Command::Error => return Err(refusal(answer.payload())),
                Command::Keepalive => self.tell(answer.payload()),
                _ => {}
            }
        }
        Err(Error::Endless)
    }

    fn tell(&self, status: &[u8]) {
        let status = match status {
            [2, ..] => KeepaliveStatus::UpNeeded,
            _ => KeepaliveStatus::Processing,
        };
        if let Some(progress) = &self.progress {
            progress(status);
        }
    }

    fn passed(&self, packet: Passed<'_>) {
        if let Some(tap) = &self.tap {
            tap(packet);
        }
    }

    async fn write(&mut self, message: &Message) -> Result<(), Error> {
        let reports = message.reports_of(self.link.report_length()).map_err(|_| too_long())?;
        for report in reports {
            self.passed(Passed::ToKey(&report));
            timeout(SILENCE, self.link.write(&report)).await.map_err(|_| silent())?.map_err(gone)?;
        }
        Ok(())
    }

    /// The next whole message on this channel.
    async fn read(&mut self) -> Result<Message, Error> {
        let mut assembler = Assembler::default();
        loop {
            let report = self.link.read().await.map_err(gone)?;
            let Some(packet) =
                Packet::of_any_length(&report).filter(|packet| packet.channel() == self.channel)
            else {
                continue;
            };
            self.passed(Passed::FromKey(&report));
            // The answer to INIT may come into the middle of one to an earlier request.
            if self.stale && matches!(packet, Packet::Init { .. }) {
                assembler.abort();
            }
            match assembler.take(packet, self.powered.elapsed()) {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(violation) => return Err(Error::Garbled(violation.error)),
            }
        }
    }

    /// Whether the key says that it takes such messages: one that does not would not answer, or worse.
    fn takes(&self, command: Command) -> bool {
        self.initialization.capabilities.allow(command)
    }
}

impl Transport for Hid {
    fn exchange(&mut self, request: Vec<u8>) -> Exchange<'_> {
        if !self.takes(Command::Cbor) {
            return unsupported("CTAP2, it speaks U2F alone");
        }
        Box::pin(self.transact(Command::Cbor, request))
    }

    fn message(&mut self, command: Vec<u8>) -> Exchange<'_> {
        if !self.takes(Command::Msg) {
            return unsupported("U2F");
        }
        Box::pin(self.transact(Command::Msg, command))
    }

    fn wink(&mut self) -> Exchange<'_> {
        if !self.takes(Command::Wink) {
            return unsupported("winking");
        }
        Box::pin(self.transact(Command::Wink, Vec::new()))
    }

    fn medium(&self) -> Medium {
        self.link.medium()
    }

    fn initialization(&self) -> Option<Initialization> {
        Some(self.initialization)
    }

    fn tap(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }
}

/// A request that the key works on. What does not end by the key's own word is taken back.
struct OpenRequest<'a> {
    key: &'a mut Hid,
    answered: bool,
}

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        self.key.stale = true;
        let cancel = Message::new(self.key.channel, Command::Cancel, Vec::new());
        let reports =
            cancel.iter().filter_map(|cancel| cancel.reports_of(self.key.link.report_length()).ok());
        for report in reports.flatten() {
            self.key.passed(Passed::ToKey(&report));
            self.key.link.write_now(&report);
        }
    }
}

fn message(channel: u32, command: Command, payload: Vec<u8>) -> Result<Message, Error> {
    Message::new(channel, command, payload).map_err(|_| too_long())
}

fn too_long() -> Error {
    Error::Refused(HidError::INVALID_LEN)
}

fn refusal(payload: &[u8]) -> Error {
    match payload {
        [byte, ..] if HidError(*byte) == HidError::CHANNEL_BUSY => Error::Busy,
        [byte, ..] => Error::Refused(HidError(*byte)),
        [] => Error::Refused(HidError::OTHER),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn gone(error: std::io::Error) -> Error {
    Error::Gone(error.to_string())
}

fn silent() -> Error {
    Error::Gone("it does not answer".to_owned())
}

#[cfg(test)]
mod scripted_tests;
#[cfg(test)]
pub(crate) mod tests;
