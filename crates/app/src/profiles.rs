//! `profile`, and what keys start from: the shipped profiles, and files of a tester's own.

pub use authenticator::{Profile, profile::Fault};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;
use std::{fs::File, io::Read, path::Path};

use crate::{
    error::{AppError, Code, sentence},
    passkeys::{PasskeyKind, uuid},
};

/// A profile in a list (`profile list --json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSummary {
    /// Its name.
    pub name: String,
    /// One plain sentence.
    pub description: String,
    /// What its passkeys are.
    pub kind: PasskeyKind,
    /// The model, as a UUID.
    pub aaguid: String,
    /// What it speaks, as getInfo states it.
    pub versions: Vec<String>,
}

/// What is right or wrong with a file (`profile check --json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileCheck {
    /// The file as it was named.
    pub file: String,
    /// The profile; null where there are faults.
    pub profile: Option<ProfileSummary>,
    /// Every fault, in the file's order.
    pub faults: Vec<Fault>,
}

/// The profiles that come with the program.
pub fn shipped() -> Vec<ProfileSummary> {
    Profile::shipped().map(summary).collect()
}

/// The profile of this name, or of this file where the text ends with `.toml` or has a folder in it.
///
/// # Errors
/// `usage` for an unknown name and for a file with faults, with all of them; `not-found` for no file.
pub fn load(name: &str) -> Result<Profile, AppError> {
    if let Some(profile) = Profile::shipped().find(|profile| profile.name == name) {
        return Ok(profile.clone());
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|end| end != "toml") && path.components().count() < 2 {
        let names: Vec<_> = Profile::shipped().map(|profile| profile.name.as_str()).collect();
        return Err(AppError::new(
            Code::Usage,
            format!("There is no profile named {name}."),
            format!(
                "The profiles are {}. A file is named by its path, which ends with .toml.",
                names.join(", ")
            ),
        ));
    }
    Profile::from_toml(&text(path)?).map_err(|faults| {
        let mut error = faulty(name, &faults);
        for fault in &faults {
            error.message = format!("{}\n{name}:{fault}", error.message);
        }
        error
    })
}

/// The trust anchor of the certificates that a profile's keys attest by, as PEM.
///
/// # Errors
/// As [`load`].
pub fn attestation_ca(name: &str) -> Result<String, AppError> {
    let der = authenticator::attestation::ca_certificate(&load(name)?).map_err(|status| {
        AppError::new(
            Code::Failed,
            format!("The certificate could not be made: {status}."),
            "Please report this, with the profile.",
        )
    })?;
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Ok(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n")))
}

/// The profiles of keys that run side by side.
///
/// # Errors
/// As [`load`]; `usage` where two keys could not be told apart, or would contradict each other about the
/// passkeys of one AAGUID.
pub fn load_all(names: &[String]) -> Result<Vec<Profile>, AppError> {
    let profiles: Vec<Profile> = names.iter().map(|name| load(name)).collect::<Result<_, _>>()?;
    for (index, profile) in profiles.iter().enumerate() {
        let others = profiles.iter().take(index);
        if others.clone().any(|other| other.name == profile.name) {
            return Err(AppError::new(
                Code::Usage,
                format!("Two keys are named {}, and nobody could tell them apart.", profile.name),
                "Give one of them a name of its own, in a file that extends the profile.",
            ));
        }
        let contradicts = |other: &&Profile| other.aaguid == profile.aaguid && other.kind != profile.kind;
        if let Some(other) = others.clone().find(contradicts) {
            return Err(AppError::new(
                Code::Usage,
                format!(
                    "{} and {} have one AAGUID but are of different kinds, and the kind of a passkey never changes.",
                    other.name, profile.name
                ),
                "Give one of them an AAGUID of its own; uuidgen makes one.",
            ));
        }
    }
    Ok(profiles)
}

/// What is wrong with a file, if anything.
///
/// # Errors
/// `not-found` and `failed` where it cannot be read.
pub fn check(file: &Path) -> Result<ProfileCheck, AppError> {
    let (profile, faults) = match Profile::from_toml(&text(file)?) {
        Ok(profile) => (Some(summary(&profile)), Vec::new()),
        Err(faults) => (None, faults),
    };
    Ok(ProfileCheck { file: file.display().to_string(), profile, faults })
}

impl ProfileCheck {
    /// That there are faults, as an error; the faults themselves are for the face to show.
    ///
    /// # Errors
    /// `usage`.
    pub fn verdict(&self) -> Result<(), AppError> {
        if self.faults.is_empty() { Ok(()) } else { Err(faulty(&self.file, &self.faults)) }
    }
}

fn summary(profile: &Profile) -> ProfileSummary {
    ProfileSummary {
        name: profile.name.clone(),
        description: profile.description.clone(),
        kind: profile.kind.into(),
        aaguid: uuid(profile.aaguid),
        versions: profile.versions.clone(),
    }
}

fn faulty(file: &str, faults: &[Fault]) -> AppError {
    let count = if faults.len() == 1 { "a fault".to_owned() } else { format!("{} faults", faults.len()) };
    AppError::new(
        Code::Usage,
        format!("The profile {file} has {count}."),
        "docs/formats/profile.md tells every key; latchkey profile show device-bound prints them all.",
    )
}

/// The file's text, as much of it as tells that it is too large.
fn text(path: &Path) -> Result<String, AppError> {
    const ENOUGH: u64 = 1 << 17;
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes)).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            _ => Code::Failed,
        };
        let message = format!("The profile {} cannot be read: {}", path.display(), sentence(&error));
        AppError::new(code, message, "Name a file, or a profile that latchkey profile list shows.")
    })?;
    // What is no UTF-8 is no TOML either, and the reader says where.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
