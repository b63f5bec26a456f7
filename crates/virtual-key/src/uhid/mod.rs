//! A FIDO HID device, made by /dev/uhid.

mod event;
mod node;
mod pace;

use std::{
    fs::File,
    future::Future,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    select,
};

use crate::{
    Error, Transport,
    link::{Inbox, Input, Outgoing, outbox},
};
use event::{Create, Event, READ_SIZE};
use pace::Pace;

/// A HID device; it goes with this value, because the kernel removes it when the file is closed.
pub(crate) struct Device {
    file: File,
    node: Option<PathBuf>,
}

impl Device {
    /// Makes the device and waits a moment for its node.
    pub(crate) fn create(profile: &str, serial: &str) -> Result<Self, Error> {
        static DEVICES: AtomicU32 = AtomicU32::new(0);
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(open("/dev/uhid", flags, Mode::empty()).map_err(cannot_open)?);
        // Tells this device from every other of this system.
        let phys = format!("latchkey/{}/{}", process::id(), DEVICES.fetch_add(1, Ordering::Relaxed));
        let name = format!("Latchkey {profile}");
        let create = Create { name: &name, phys: &phys, uniq: serial };
        file.write_all(&create.encode()).map_err(|error| failed(&error))?;
        Ok(Self { file, node: node::wait(&phys) })
    }

    /// /dev/hidrawN, where the system made one.
    pub(crate) fn node(&self) -> Option<&Path> {
        self.node.as_deref()
    }

    pub(crate) fn serve(self, inbox: Inbox) -> io::Result<impl Future<Output = ()> + use<>> {
        #[expect(
            deprecated,
            reason = "its successor is an unsafe function; what that asks for, a File keeps: \
                                      it owns one open description until it is dropped"
        )]
        let file = AsyncFd::with_interest(self.file, Interest::READABLE)?;
        Ok(async move {
            if let Err(error) = carry(&file, &inbox).await {
                inbox.tell(Input::Failed(failed(&error))).await;
            }
        })
    }
}

/// Carries reports both ways until the device fails. The kernel keeps 32 events for us and drops what a program
/// writes beyond; nothing here can hold the program back, so events are taken as soon as they come.
async fn carry(file: &AsyncFd<File>, inbox: &Inbox) -> io::Result<()> {
    let (outbox, mut messages) = outbox();
    let mut client = inbox.open(Transport::Uhid, outbox.clone()).await;
    let mut buffer = [0; READ_SIZE];
    let mut pace = Pace::default();
    loop {
        select! {
            ready = file.readable() => {
                let mut ready = ready?;
                let Ok(read) = ready.try_io(|file| file.get_ref().read(&mut buffer)) else { continue };
                match Event::decode(buffer.get(..read?).unwrap_or_default()) {
                    Some(Event::Output(report)) => {
                        pace.all_was_read();
                        inbox.tell(Input::Reports(client, vec![report])).await;
                    }
                    // The last program has closed the device: whoever comes next is somebody else.
                    Some(Event::Close) => {
                        inbox.tell(Input::Closed(client)).await;
                        client = inbox.open(Transport::Uhid, outbox.clone()).await;
                    }
                    Some(Event::GetReport { id }) => write(file, &event::get_report_refused(id))?,
                    Some(Event::SetReport { id }) => write(file, &event::set_report_refused(id))?,
                    None => {}
                }
            }
            Some((to, message)) = messages.recv() => {
                if to == client {
                    send(file, &message, &mut pace).await?;
                }
            }
        }
    }
}

async fn send(file: &AsyncFd<File>, message: &Outgoing, pace: &mut Pace) -> io::Result<()> {
    let reports: Vec<_> = message.reports().collect();
    for report in &reports {
        pace.wait(reports.len()).await;
        write(file, &event::input(report))?;
    }
    Ok(())
}

/// One event is one write; the kernel takes it whole and at once.
fn write(file: &AsyncFd<File>, event: &[u8]) -> io::Result<()> {
    file.get_ref().write_all(event)
}

fn cannot_open(error: Errno) -> Error {
    match error {
        Errno::NOENT | Errno::NODEV | Errno::NXIO => Error::NoUhid,
        Errno::ACCESS | Errno::PERM => Error::NoPermission,
        other => failed(&other.into()),
    }
}

fn failed(error: &io::Error) -> Error {
    Error::Device { reason: error.to_string() }
}
