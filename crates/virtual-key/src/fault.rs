//! Faults of CTAPHID: what becomes of a message's reports (docs/faults.md). Those of CTAP are the authenticator's.

use std::time::Duration;

use authenticator::fault::{Fault, Faults};
use ctap::hid::{Command, Message, Report};

/// The offset of SEQ in a continuation packet, and of CMD in an initialization packet (CTAP 2.3 §11.2.4).
const KIND: usize = 4;
/// Where the nonce of INIT begins in its report (§11.2.9.1.3).
const NONCE: usize = 7;

/// How a message goes out.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// As it should.
    Whole(Message),
    /// These reports, each so long after the one before.
    Reports(Vec<Report>, Duration),
    /// These, and then the key is unplugged.
    Unplugged(Vec<Report>),
}

/// What the faults make of `message`, which answers `command`.
pub(crate) fn deliver(faults: &Faults, command: &str, message: Message) -> Delivery {
    if !faults.is_armed() {
        return Delivery::Whole(message);
    }
    let mut reports: Vec<Report> = message.reports().collect();
    let mut changed = order(faults, command, &mut reports);
    changed |= content(faults, command, message.command(), &mut reports);
    let delay = faults.strike(command, |fault| match fault {
        Fault::DelayReport(milliseconds) => Some(Duration::from_millis(*milliseconds)),
        _ => None,
    });
    if faults.strikes(command, &Fault::UnplugMidMessage) {
        reports.truncate(reports.len() / 2);
        return Delivery::Unplugged(reports);
    }
    match delay {
        Some(delay) => Delivery::Reports(reports, delay),
        None if changed => Delivery::Reports(reports, Duration::ZERO),
        None => Delivery::Whole(message),
    }
}

/// Which reports go, and in which order.
fn order(faults: &Faults, command: &str, reports: &mut Vec<Report>) -> bool {
    let count = reports.len();
    let index = |number: u64| usize::try_from(number).ok()?.checked_sub(1).filter(|at| *at < count);
    let dropped = faults.strike(command, |fault| match fault {
        Fault::DropReport(number) => index(*number),
        _ => None,
    });
    let repeated = faults.strike(command, |fault| match fault {
        Fault::DuplicateReport(number) => index(*number),
        _ => None,
    });
    let reordered = count > 1 && faults.strikes(command, &Fault::ReorderReports);
    if reordered {
        reports.swap(count - 2, count - 1);
    }
    if let Some(report) = repeated.and_then(|at| reports.get(at).copied()) {
        reports.insert(repeated.unwrap_or_default(), report);
    }
    if let Some(at) = dropped.filter(|at| *at < reports.len()) {
        reports.remove(at);
    }
    dropped.is_some() || repeated.is_some() || reordered
}

/// What stands in them.
fn content(faults: &Faults, command: &str, kind: Command, reports: &mut [Report]) -> bool {
    let mut changed = false;
    if reports.len() > 1 && faults.strikes(command, &Fault::WrongSequence) {
        for report in
            reports.iter_mut().filter(|report| report.get(KIND).is_some_and(|kind| kind & 0x80 == 0))
        {
            change(report, KIND, |sequence| (sequence + 1) & 0x7F);
        }
        changed = true;
    }
    if faults.strikes(command, &Fault::WrongChannel) {
        for report in reports.iter_mut() {
            change(report, 0, |byte| !byte);
        }
        changed = true;
    }
    if kind == Command::Init && faults.strikes(command, &Fault::WrongNonce) {
        if let Some(first) = reports.first_mut() {
            change(first, NONCE, |byte| !byte);
        }
        changed = true;
    }
    let cut = faults.strike(command, |fault| match fault {
        Fault::TruncateReport(length) => usize::try_from(*length).ok().filter(|length| *length < 64),
        _ => None,
    });
    if let Some(lost) = cut.and_then(|length| reports.last_mut()?.get_mut(length..)) {
        lost.fill(0);
        changed = true;
    }
    changed
}

fn change(report: &mut Report, at: usize, how: impl Fn(u8) -> u8) {
    if let Some(byte) = report.get_mut(at) {
        *byte = how(*byte);
    }
}

/// The name of a CTAPHID command, as a fault is limited to it.
pub(crate) fn hid_name(command: Command) -> &'static str {
    match command {
        Command::Ping => "ping",
        Command::Msg => "msg",
        Command::Lock => "lock",
        Command::Init => "init",
        Command::Wink => "wink",
        Command::Error => "error",
        Command::Cbor | Command::Cancel | Command::Keepalive => "unknown",
    }
}
