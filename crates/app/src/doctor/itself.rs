//! The vault, this process, and a sandbox around it.

use super::{Files, Finding};
use crate::{
    App,
    vault::{FreshnessState, VaultState, VaultStatus},
};

pub(super) fn examine(app: &App, files: &Files) -> Vec<Finding> {
    let status = app.vault_status();
    let mut findings = vec![vault(&status)];
    findings.extend(memory(&status));
    findings.extend(sandbox(files));
    findings
}

fn vault(status: &VaultStatus) -> Finding {
    let why = status.message.clone().unwrap_or_default();
    match status.state {
        VaultState::Absent => Finding::note(
            "vault",
            format!("There is no vault in {} yet.", status.folder),
            &["latchkey vault init"],
        ),
        VaultState::Open | VaultState::Locked
            if status.freshness.as_ref().is_some_and(|age| age.state == FreshnessState::OlderCopy) =>
        {
            Finding::trouble(
                "vault",
                "This vault is an older copy of itself: nothing is written to it.",
                &["Put the newer copy back, or accept this one: latchkey vault accept-older-copy"],
            )
        }
        VaultState::Open => Finding::good("vault", format!("The vault in {} is open.", status.folder)),
        VaultState::Locked => Finding::good("vault", format!("The vault in {} is locked.", status.folder)),
        VaultState::KeyMissing => {
            Finding::trouble("vault", why, &["latchkey vault unlock --passphrase-file FILE"])
        }
        VaultState::Damaged => Finding::trouble("vault", why, &["latchkey vault check --repair"]),
        VaultState::Newer => Finding::trouble("vault", why, &["Install the newer Latchkey again."]),
    }
}

fn memory(status: &VaultStatus) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !status.process.is_full() {
        findings.push(Finding::trouble(
            "memory",
            "Programs of the same user may read the memory of this program.",
            &[&format!("Start it without {}=1.", crate::process::ALLOW_DEBUGGING)],
        ));
    }
    if let Some(memory) = status.memory.as_ref().filter(|memory| !memory.locked) {
        findings.push(Finding::note(
            "memory",
            format!(
                "The vault's keys may be written to the swap space: {}.",
                memory.reason.as_deref().unwrap_or("the system does not keep them out")
            ),
            &["Raise the limit `memlock` in /etc/security/limits.conf, or encrypt the swap space."],
        ));
    }
    findings
}

/// A program in a sandbox reaches no device that it was not given.
fn sandbox(files: &Files) -> Option<Finding> {
    if files.at("/.flatpak-info").exists() {
        return Some(Finding::note(
            "sandbox",
            "Latchkey runs as a Flatpak: it reaches keys and /dev/uhid only with all devices.",
            &["flatpak override --user --device=all with the name of its Flatpak"],
        ));
    }
    std::env::var_os("SNAP").map(|_| {
        Finding::note(
            "sandbox",
            "Latchkey runs as a Snap: it reaches keys only by the plugs u2f-devices and raw-usb.",
            &["sudo snap connect latchkey:u2f-devices"],
        )
    })
}
