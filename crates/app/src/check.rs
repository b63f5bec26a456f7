//! `vault check`: reading the vault from end to end, and repairing what can be repaired.

use serde::Serialize;
use specta::Type;
use std::ops::ControlFlow;

use crate::{
    App, Change,
    error::{AppError, sentence_of},
    slots::Progress,
    vault::{Freshness, explain},
};
use ::vault::{Losses, Trouble};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// Nothing is wrong.
    pub whole: bool,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How many records there are, of all kinds.
    pub records: u32,
    /// How many of them are passkeys that open.
    pub passkeys: u32,
    /// How many bytes of the last changes wait in the log beside the file.
    pub log: u32,
    /// Whether this is the newest copy.
    pub freshness: Freshness,
}

/// Something that is wrong with a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// As a word: `structure`, `header`, `record`, `lookup`, `count`, `missing`, `slot`, `older-copy`.
    pub trouble: String,
    /// One plain sentence.
    pub message: String,
}

/// What a repair did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Repaired {
    /// How many records could not be read.
    pub moved_aside: u32,
    /// The file beside the vault that holds these now.
    pub aside: Option<String>,
    /// How many passkeys can be found again.
    pub lookups: u32,
    /// The vault goes on without records that it had once.
    pub losses_accepted: bool,
}

impl App {
    /// Reads the open vault from end to end.
    ///
    /// # Errors
    /// `locked`, and what keeps it from looking at all.
    pub fn check_vault(&self, mut progress: impl FnMut(Progress)) -> Result<CheckReport, AppError> {
        let mut tell = |at| {
            progress(at);
            ControlFlow::Continue(())
        };
        let report = self.open_vault()?.check(&mut tell).map_err(explain)?;
        self.changed(Change::Vault);
        Ok(CheckReport {
            whole: report.is_whole(),
            records: clamped(report.records),
            passkeys: clamped(report.passkeys),
            log: clamped(report.log),
            freshness: report.freshness.into(),
            findings: report
                .findings
                .into_iter()
                .map(|finding| Finding {
                    trouble: word(finding.trouble).to_owned(),
                    message: sentence_of(&finding.message),
                })
                .collect(),
        })
    }

    /// Repairs the open vault. Where records are missing, nothing is changed unless `accept_losses` says so.
    ///
    /// # Errors
    /// `locked`; `failed` where only a backup helps, and where records are missing.
    pub fn repair_vault(
        &self,
        accept_losses: bool,
        mut progress: impl FnMut(Progress),
    ) -> Result<Repaired, AppError> {
        let mut tell = |at| {
            progress(at);
            ControlFlow::Continue(())
        };
        let losses = if accept_losses { Losses::Accept } else { Losses::Refuse };
        let repaired = self.open_vault()?.repair(losses, &mut tell).map_err(explain)?;
        self.changed(Change::Vault);
        self.changed(Change::Passkeys);
        let (moved_aside, aside) = match repaired.moved_aside {
            Some((count, file)) => (clamped(count), Some(file.display().to_string())),
            None => (0, None),
        };
        Ok(Repaired {
            moved_aside,
            aside,
            lookups: clamped(repaired.lookups),
            losses_accepted: repaired.losses_accepted,
        })
    }
}

fn word(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Structure => "structure",
        Trouble::Header => "header",
        Trouble::Record => "record",
        Trouble::Lookup => "lookup",
        Trouble::Count => "count",
        Trouble::Missing => "missing",
        Trouble::Slot => "slot",
        Trouble::OlderCopy => "older-copy",
    }
}

/// The window's numbers have 32 bits.
fn clamped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
