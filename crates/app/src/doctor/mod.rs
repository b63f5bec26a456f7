//! `doctor`: what stands between a person, their keys and their browsers, and the exact way out of it.
//!
//! | Where | What |
//! |---|---|
//! | [`Finding`] | one thing that was looked at |
//! | `usb` | keys at USB ports: may they be opened, and who else has them open |
//! | `uhid` | the device by which a virtual key appears |
//! | `readers` | smart card readers, and the service behind them |
//! | `browsers` | browsers in a Snap or Flatpak sandbox, which see no key by themselves |
//! | `keyring` | the Secret Service |
//! | `itself` | the vault, this process, and a sandbox around it |

mod browsers;
mod itself;
mod keyring;
mod readers;
#[cfg(target_os = "linux")]
mod uhid;
#[cfg(target_os = "linux")]
mod usb;

use serde::Serialize;
use specta::Type;
use std::path::{Path, PathBuf};

use crate::App;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was looked at, as a stable word: `usb`, `uhid`, `holder`, `reader`, `browser`, `keyring`, `vault`, `memory`,
    /// `sandbox`.
    pub subject: &'static str,
    /// How it is.
    pub health: Health,
    /// One or two plain sentences.
    pub message: String,
    /// What to do: sentences, or lines for a terminal, one command each.
    pub fix: Vec<String>,
}

/// How a thing is that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// As it should be.
    Good,
    /// Not in the way, and good to know.
    Note,
    /// Something does not work because of it.
    Trouble,
}

impl Finding {
    fn good(subject: &'static str, message: impl Into<String>) -> Self {
        Self { subject, health: Health::Good, message: message.into(), fix: Vec::new() }
    }

    fn note(subject: &'static str, message: impl Into<String>, fix: &[&str]) -> Self {
        Self { health: Health::Note, ..Self::trouble(subject, message, fix) }
    }

    fn trouble(subject: &'static str, message: impl Into<String>, fix: &[&str]) -> Self {
        let fix = fix.iter().map(|&line| line.to_owned()).collect();
        Self { subject, health: Health::Trouble, message: message.into(), fix }
    }
}

/// The files that are looked at.
struct Files {
    /// `/`, but for tests.
    root: PathBuf,
    home: Option<PathBuf>,
}

impl Files {
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// A file of one of these folders, the system's or the person's.
    fn system_and_home(&self, system: &str, home: &str) -> impl Iterator<Item = PathBuf> {
        [Some(self.at(system)), self.home.as_ref().map(|folder| folder.join(home))].into_iter().flatten()
    }
}

impl App {
    /// Looks at everything, the worst first. Asks nobody and changes nothing; the keyring may take two minutes to
    /// answer.
    pub fn examine(&self) -> Vec<Finding> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let files = Files { root: Path::new("/").to_owned(), home };
        let mut findings = Vec::new();
        #[cfg(target_os = "linux")]
        {
            findings.extend(usb::examine(&files));
            findings.push(uhid::examine(&files));
        }
        findings.extend(readers::examine());
        findings.extend(browsers::examine(&files));
        findings.push(keyring::examine());
        findings.extend(itself::examine(self, &files));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.health as u8));
        findings
    }
}
