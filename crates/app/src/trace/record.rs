use ::trace::{Direction, Entry, Event, Format, Header, Packet, Recorder, Transport};
use authenticator::Profile;
use security_key::{Medium, Passed};
use std::{
    fs::File,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use super::{private, unwritable};
use crate::{
    app::lock,
    error::AppError,
    keys::{Approval, KeyConfig, KeyStore},
};

/// Where and how to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// The file, which is written anew.
    pub path: PathBuf,
    /// What is written.
    pub format: TraceFormat,
    /// With PIN material, tokens, blobs and their keys.
    pub secrets: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFormat {
    /// docs/formats/trace.md: can be shown, exported and replayed.
    Trace,
    /// For Wireshark.
    Pcapng,
}

/// A trace that grows as long as its key runs.
pub(crate) struct Recording {
    path: PathBuf,
    started: Instant,
    recorder: Mutex<Recorder<File>>,
    failure: Mutex<Option<AppError>>,
}

impl Recording {
    /// Begins now.
    pub(crate) fn start(
        options: &TraceOptions,
        profile: &Profile,
        config: &KeyConfig,
    ) -> Result<Arc<Self>, AppError> {
        Self::with_header(options, &header(options, profile, config))
    }

    /// Begins now, of what passes to and from a security key called `name`.
    pub(crate) fn of_security_key(options: &TraceOptions, name: &str) -> Result<Arc<Self>, AppError> {
        let (started, started_unix) = now();
        let header = Header {
            format: Header::FORMAT.to_owned(),
            version: Header::VERSION,
            latchkey: env!("CARGO_PKG_VERSION").to_owned(),
            profile: name.to_owned(),
            seeded: false,
            approval: "ask".to_owned(),
            secrets: options.secrets,
            faults: Vec::new(),
            started,
            started_unix,
        };
        Self::with_header(options, &header)
    }

    fn with_header(options: &TraceOptions, header: &Header) -> Result<Arc<Self>, AppError> {
        let format = match options.format {
            TraceFormat::Trace => Format::Trace,
            TraceFormat::Pcapng => Format::Pcapng,
        };
        let recorder = private(&options.path).and_then(|file| Recorder::new(file, format, header));
        let recorder = recorder.map_err(|error| unwritable(&options.path, &error))?;
        Ok(Arc::new(Self {
            path: options.path.clone(),
            started: Instant::now(),
            recorder: Mutex::new(recorder),
            failure: Mutex::default(),
        }))
    }

    /// Hears every packet.
    pub(crate) fn tap(self: &Arc<Self>) -> virtual_key::Tap {
        let recording = Arc::clone(self);
        Arc::new(move |packet: virtual_key::Packet<'_>| {
            recording.record(|t| Entry::Packet(entry(t, packet)));
        })
    }

    /// Hears every packet to and from a security key, over what lies between.
    pub(crate) fn tap_security_key(self: &Arc<Self>, medium: Medium) -> security_key::Tap {
        let recording = Arc::clone(self);
        let transport = match medium {
            Medium::Usb => Transport::Uhid,
            Medium::Nfc | Medium::Contact => Transport::Nfc,
            Medium::Socket | Medium::InProcess => Transport::Tcp,
        };
        Arc::new(move |passed| {
            let (direction, bytes) = match passed {
                Passed::ToKey(bytes) => (Direction::ToKey, bytes.to_vec()),
                Passed::FromKey(bytes) => (Direction::FromKey, bytes.to_vec()),
            };
            recording.record(|t| {
                Entry::Packet(Packet { t, transport, client: 0, direction, bytes, masked: Vec::new() })
            });
        })
    }

    /// Hears what happens to the key.
    pub(crate) fn hear(&self, event: virtual_key::Event<'_>) {
        let event = match event {
            virtual_key::Event::PowerCycle { reader } => Event::PowerCycle { client: reader },
            virtual_key::Event::CardReset { reader } => Event::CardReset { client: reader },
            virtual_key::Event::Closed { client } => Event::Closed { client },
            virtual_key::Event::Fault(fired) => {
                Event::Fault { name: fired.name.to_owned(), command: Some(fired.command.to_owned()) }
            }
            _ => return,
        };
        self.event(event);
    }

    /// Notes an event of now.
    pub(crate) fn event(&self, event: Event) {
        self.record(|t| Entry::Event { t, event });
    }

    /// Why it does not go on, where it does not.
    pub(crate) fn failure(&self) -> Option<AppError> {
        lock(&self.failure).clone()
    }

    fn record(&self, entry: impl FnOnce(u64) -> Entry) {
        // Taken first, so that times in the file never go back.
        let mut recorder = lock(&self.recorder);
        let t = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.note(recorder.record(entry(t)));
    }

    /// A trace that cannot be written does not stop the key; the first reason is kept.
    fn note(&self, done: io::Result<()>) {
        if let Err(error) = done {
            lock(&self.failure).get_or_insert_with(|| unwritable(&self.path, &error));
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let done = lock(&self.recorder).finish();
        self.note(done);
    }
}

fn header(options: &TraceOptions, profile: &Profile, config: &KeyConfig) -> Header {
    let (started, started_unix) = now();
    let approval = match config.approval {
        Approval::Ask => "ask",
        Approval::Always => "always",
        Approval::Never => "never",
        Approval::Touch => "touch",
    };
    Header {
        format: Header::FORMAT.to_owned(),
        version: Header::VERSION,
        latchkey: env!("CARGO_PKG_VERSION").to_owned(),
        profile: profile.name.clone(),
        seeded: matches!(config.store, KeyStore::Memory { seed: Some(_) }),
        approval: approval.to_owned(),
        secrets: options.secrets,
        faults: config.faults.list().iter().map(ToString::to_string).collect(),
        started,
        started_unix,
    }
}

/// In RFC 3339, and in seconds since 1970.
fn now() -> (String, u64) {
    let now = SystemTime::now();
    let text = jiff::Timestamp::try_from(now).map_or_else(|_| String::new(), |time| time.to_string());
    (text, now.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
}

fn entry(t: u64, packet: virtual_key::Packet<'_>) -> Packet {
    let transport = match packet.transport {
        virtual_key::Transport::Uhid => Transport::Uhid,
        virtual_key::Transport::Udp => Transport::Udp,
        virtual_key::Transport::Tcp => Transport::Tcp,
        virtual_key::Transport::Unix => Transport::Unix,
        virtual_key::Transport::Nfc => Transport::Nfc,
    };
    let direction = match packet.direction {
        virtual_key::Direction::ToKey => Direction::ToKey,
        virtual_key::Direction::FromKey => Direction::FromKey,
    };
    let bytes = packet.bytes.to_vec();
    Packet { t, transport, client: packet.client, direction, bytes, masked: Vec::new() }
}
