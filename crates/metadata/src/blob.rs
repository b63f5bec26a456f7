//! The FIDO Alliance's metadata BLOB (Metadata Service 3.1 §3.1.6, §3.1.7).

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::HashMap, str};

use crate::{
    MAXIMUM,
    aaguid::{self, Aaguid},
    entry::{Entry, Identifiers},
    error::Error,
    jws::Jws,
    model::Model,
    root::{Anchor, Root},
    text::plain,
};

/// A BLOB: what the FIDO Alliance knows of models, one entry each.
pub struct Blob {
    /// Its number; a later one has a higher one.
    pub number: u64,
    /// When the next one is due.
    pub next_update: Date,
    /// The entries that cannot be read.
    pub skipped: Vec<Skipped>,
    entries: Vec<Entry>,
    by_aaguid: HashMap<Aaguid, usize>,
    by_certificate: HashMap<[u8; 20], usize>,
}

/// An entry that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the file, from 0.
    pub place: usize,
    /// Why, as a clause.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    no: u64,
    next_update: String,
    #[serde(borrow)]
    entries: Vec<&'a RawValue>,
}

impl Blob {
    /// Reads a BLOB whose signature holds and whose signer's certificates lead to one of `roots` at the time `now`
    /// (§3.2). Says which root that is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(bytes: &[u8], roots: &[Root], now: Timestamp) -> Result<(Self, Anchor), Error> {
        let (payload, anchor) = Jws::read(text(bytes)?)?.verify(roots, now)?;
        Ok((Self::read(&payload)?, anchor))
    }

    /// Reads a BLOB that was verified before, and that nobody changed since.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verified_before(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(&Jws::read(text(bytes)?)?.payload()?)
    }

    /// Whether the next one is due.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.to_zoned(TimeZone::UTC).date() > self.next_update
    }

    /// How many entries were read.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What it says of the model with this AAGUID; `unnamed` where it has no name for it.
    pub(crate) fn model(&self, aaguid: Aaguid, unnamed: impl FnOnce() -> String) -> Option<Model> {
        let entry = self.entries.get(*self.by_aaguid.get(&aaguid)?)?;
        Some(entry.model(aaguid, entry.name().unwrap_or_else(unnamed)))
    }

    /// What it says of the U2F key whose attestation certificate has a public key with this SHA-1 hash (RFC 5280
    /// §4.2.1.2 method 1).
    pub(crate) fn model_by_certificate(
        &self,
        key_identifier: [u8; 20],
        unnamed: impl FnOnce() -> String,
    ) -> Option<Model> {
        let entry = self.entries.get(*self.by_certificate.get(&key_identifier)?)?;
        Some(entry.model(aaguid::NONE, entry.name().unwrap_or_else(unnamed)))
    }

    pub(crate) fn attestation_roots(&self, aaguid: Aaguid) -> Vec<Vec<u8>> {
        let entry = self.by_aaguid.get(&aaguid).and_then(|place| self.entries.get(*place));
        entry.map(Entry::attestation_roots).unwrap_or_default()
    }

    pub(crate) fn attestation_roots_by_certificate(&self, key_identifier: [u8; 20]) -> Vec<Vec<u8>> {
        let entry = self.by_certificate.get(&key_identifier).and_then(|place| self.entries.get(*place));
        entry.map(Entry::attestation_roots).unwrap_or_default()
    }

    fn read(payload: &[u8]) -> Result<Self, Error> {
        let wrong = |error: serde_json::Error| Error::Content(error.to_string());
        let payload: Payload = serde_json::from_slice(payload).map_err(wrong)?;
        let next_update = payload.next_update.parse().map_err(|_| {
            Error::Content(format!("its nextUpdate, {:.50?}, is no date", payload.next_update))
        })?;
        let mut blob = Self {
            number: payload.no,
            next_update,
            skipped: Vec::new(),
            entries: Vec::with_capacity(payload.entries.len()),
            by_aaguid: HashMap::new(),
            by_certificate: HashMap::new(),
        };
        for (place, entry) in payload.entries.into_iter().enumerate() {
            if let Err(reason) = blob.add(entry) {
                let reason = plain(&reason).unwrap_or_default();
                blob.skipped.push(Skipped { place, reason });
            }
        }
        Ok(blob)
    }

    fn add(&mut self, entry: &RawValue) -> Result<(), String> {
        let entry: Entry = object(entry)?;
        let place = self.entries.len();
        match entry.identifiers()? {
            Identifiers::Aaguid(aaguid) => {
                self.by_aaguid.entry(aaguid).or_insert(place);
            }
            Identifiers::Certificates(identifiers) => {
                for identifier in identifiers {
                    self.by_certificate.entry(identifier).or_insert(place);
                }
            }
            Identifiers::Uaf => {}
        }
        self.entries.push(entry);
        Ok(())
    }
}

/// The members of an object: serde takes a list for one too, by its order.
pub(crate) fn object<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, String> {
    if !value.get().starts_with('{') {
        return Err("it is no object".to_owned());
    }
    serde_json::from_str(value.get()).map_err(|error| error.to_string())
}

pub(crate) fn text(bytes: &[u8]) -> Result<&str, Error> {
    if bytes.len() > MAXIMUM {
        return Err(Error::TooLarge);
    }
    str::from_utf8(bytes).map_err(|_| Error::Unknown)
}
