//! One model's entry in a BLOB (Metadata Service 3.1 §3.1.1) with its statement (Metadata Statement 3.1 §4).

use jiff::civil::Date;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use crate::{
    aaguid::{self, Aaguid},
    base64,
    icon::Icon,
    model::{Model, Source},
    statement::Statement,
    status::{self, StatusReport},
    text::plain,
};

/// An entry as it comes; members that are not named here are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Of a UAF authenticator, which is no key of ours.
    #[serde(default)]
    aaid: Option<IgnoredAny>,
    #[serde(default)]
    aaguid: Option<String>,
    #[serde(default)]
    attestation_certificate_key_identifiers: Vec<String>,
    #[serde(default)]
    metadata_statement: MetadataStatement,
    #[serde(default)]
    status_reports: Vec<StatusReport>,
    #[serde(default)]
    time_of_last_status_change: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetadataStatement {
    description: Option<String>,
    friendly_names: BTreeMap<String, String>,
    icon: Option<String>,
    icon_dark: Option<String>,
    attestation_root_certificates: Vec<String>,
    authenticator_get_info: Map<String, Value>,
}

/// What an entry is found by.
pub(crate) enum Identifiers {
    /// The entry of a FIDO2 key.
    Aaguid(Aaguid),
    /// The entry of a U2F key: SHA-1 hashes of its attestation certificates' public keys.
    Certificates(Vec<[u8; 20]>),
    /// The entry of a UAF authenticator.
    Uaf,
}

impl Entry {
    /// # Errors
    /// What is wrong, as a clause.
    pub(crate) fn identifiers(&self) -> Result<Identifiers, String> {
        if let Some(text) = &self.aaguid {
            let aaguid = aaguid::parse(text).ok_or_else(|| format!("{text:.50?} is no AAGUID"))?;
            return Ok(Identifiers::Aaguid(aaguid));
        }
        if !self.attestation_certificate_key_identifiers.is_empty() {
            let identifiers = self.attestation_certificate_key_identifiers.iter().map(|text| {
                hash(text).ok_or_else(|| format!("{text:.50?} is no identifier of a certificate's key"))
            });
            return Ok(Identifiers::Certificates(identifiers.collect::<Result<_, _>>()?));
        }
        if self.aaid.is_some() {
            Ok(Identifiers::Uaf)
        } else {
            Err("it does not say of which model it is".to_owned())
        }
    }

    /// For a message about an entry that cannot be read.
    pub(crate) fn name(&self) -> Option<String> {
        let statement = &self.metadata_statement;
        name(&statement.friendly_names).or_else(|| statement.description.as_deref().and_then(plain))
    }

    pub(crate) fn model(&self, aaguid: Aaguid, name: String) -> Model {
        let statement = &self.metadata_statement;
        let changed = self.time_of_last_status_change.as_deref();
        Model {
            icon: statement.icon.as_deref().and_then(Icon::from_data_url),
            icon_dark: statement.icon_dark.as_deref().and_then(Icon::from_data_url),
            certification: status::certification(&self.status_reports),
            fips: status::fips(&self.status_reports),
            reports: status::reports(&self.status_reports),
            status_changed: changed.and_then(|date| date.parse::<Date>().ok()),
            statement: (!statement.authenticator_get_info.is_empty())
                .then(|| Statement(statement.authenticator_get_info.clone())),
            ..Model::named(aaguid, name, Source::Metadata)
        }
    }

    /// The certificates that the attestations of its keys lead to, in DER.
    pub(crate) fn attestation_roots(&self) -> Vec<Vec<u8>> {
        let roots = self.metadata_statement.attestation_root_certificates.iter();
        roots.filter_map(|text| base64::standard(text)).collect()
    }
}

/// The English name, or any.
pub(crate) fn name(names: &BTreeMap<String, String>) -> Option<String> {
    let english = names.iter().find(|(language, _)| language.to_ascii_lowercase().starts_with("en"));
    english.or_else(|| names.iter().next()).and_then(|(_, name)| plain(name))
}

fn hash(text: &str) -> Option<[u8; 20]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 20];
    if digits.len() != 40 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}
