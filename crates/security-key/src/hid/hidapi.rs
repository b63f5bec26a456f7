//! Keys by hidapi. Its calls block, so that a thread has the device and passes reports on.

use std::{
    ffi::CString,
    io::{self, ErrorKind},
    sync::mpsc as threads,
    thread,
};

use ::hidapi::{HidApi, HidDevice, MAX_REPORT_DESCRIPTOR_SIZE};
use tokio::sync::{mpsc, oneshot};

use crate::{
    Error,
    discovery::{Identity, Reports, security_key},
};

/// A device that is open, until this is dropped.
pub(super) struct Device {
    identity: Identity,
    reports: Reports,
    to_key: threads::Sender<Vec<u8>>,
    from_key: mpsc::Receiver<io::Result<Vec<u8>>>,
}

/// How long the thread waits for a report before it looks for one to send, in milliseconds.
const TURN: i32 = 2;
/// How many reports of a key wait to be read, as many as a system's own drivers keep at least; others are lost.
const KEPT: usize = 256;

impl Device {
    /// Opens the device of a path as hidapi writes it.
    pub(super) async fn open(path: &str) -> Result<Self, Error> {
        let gone = |what: String| Error::Gone(format!("{path}: {what}"));
        let (to_key, orders) = threads::channel();
        let (answers, from_key) = mpsc::channel(KEPT);
        let (opened, open) = oneshot::channel();
        let of_thread = path.to_owned();
        let run = move || match self::open(&of_thread) {
            Ok((device, reports)) => {
                if opened.send(Ok(reports)).is_ok() {
                    pass_on(&device, reports, &orders, &answers);
                }
            }
            Err(error) => drop(opened.send(Err(error))),
        };
        let started = thread::Builder::new().name("security key".to_owned()).spawn(run);
        started.map_err(|error| gone(error.to_string()))?;
        let reports = open.await.map_err(|_| gone("it cannot be opened".to_owned()))?.map_err(gone)?;
        if !reports.are_possible() {
            return Err(Error::Unsupported("reports of 8 to 64 bytes without numbers"));
        }
        Ok(Self { identity: Identity(path.to_owned()), reports, to_key, from_key })
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn report_length(&self) -> usize {
        self.reports.output
    }

    pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
        self.from_key.recv().await.unwrap_or_else(|| Err(ErrorKind::BrokenPipe.into()))
    }

    /// Hands a report over; that it could not be sent is told by the next read.
    pub(super) fn write(&self, report: &[u8]) -> io::Result<()> {
        self.to_key.send(report.to_vec()).map_err(|_| ErrorKind::BrokenPipe.into())
    }
}

fn open(path: &str) -> Result<(HidDevice, Reports), String> {
    let path = CString::new(path).map_err(|error| error.to_string())?;
    let device = HidApi::new().and_then(|api| api.open_path(&path)).map_err(|error| error.to_string())?;
    let mut descriptor = [0; MAX_REPORT_DESCRIPTOR_SIZE];
    let reports = match device.get_report_descriptor(&mut descriptor) {
        Ok(length) => {
            let descriptor = descriptor.get(..length).unwrap_or_default();
            security_key(descriptor).ok_or("it is not a security key")?
        }
        // Not every system gives it out.
        Err(_) => Reports::USUAL,
    };
    Ok((device, reports))
}

fn pass_on(
    device: &HidDevice,
    reports: Reports,
    orders: &threads::Receiver<Vec<u8>>,
    answers: &mpsc::Sender<io::Result<Vec<u8>>>,
) {
    let mut report = vec![0; reports.input];
    let passed = loop {
        match orders.try_recv() {
            // The report's number comes first, which is 0 where reports have none.
            Ok(order) => match device.write(&[&[0], &order[..]].concat()) {
                Ok(_) => continue,
                Err(error) => break Err(error),
            },
            Err(threads::TryRecvError::Disconnected) => break Ok(()),
            Err(threads::TryRecvError::Empty) => {}
        }
        match device.read_timeout(&mut report, TURN) {
            Ok(0) => {}
            Ok(length) => drop(answers.try_send(Ok(report.get(..length).unwrap_or_default().to_vec()))),
            Err(error) => break Err(error),
        }
    };
    if let Err(error) = passed {
        // Nobody listens where the device was let go.
        drop(answers.blocking_send(Err(io::Error::other(error))));
    }
}
