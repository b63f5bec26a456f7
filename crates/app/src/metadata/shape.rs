//! What faces show of models and files.

use ::metadata::{Certification, Difference, Model, Report, Skipped, Source, aaguid};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::kept::{FileStatus, MetadataFile};

/// What is known of a key's model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyModel {
    /// The model, as a UUID.
    pub aaguid: String,
    /// Its name.
    pub name: String,
    /// Who says so.
    pub source: ModelSource,
    /// Whether a signature vouches for what is said of the model.
    pub verified: bool,
    /// Whether only the key itself says that it is of this model: nobody has verified an attestation of it.
    pub claimed: bool,
    /// Its picture, a PNG or SVG as a `data:` URL; for an image, never into a page.
    pub icon: Option<String>,
    /// Its picture for dark backgrounds, likewise.
    pub icon_dark: Option<String>,
    /// The FIDO certification that holds.
    pub certification: Option<ModelCertification>,
    /// The certification by FIPS 140.
    pub fips: Option<ModelCertification>,
    /// What became known of it, the worst first.
    pub warnings: Vec<ModelWarning>,
    /// When what became known of it changed last (YYYY-MM-DD).
    pub status_changed: Option<String>,
    /// Whether newer metadata is due, so that something may have become known since.
    pub stale: bool,
}

/// Who says what is said of a model, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ModelSource {
    /// Verified metadata: the FIDO Alliance's, or of a service whose root the person gave.
    Metadata,
    /// A file of the FIDO Alliance's Convenience Metadata Service, which nobody signed.
    Convenience,
    /// The community's `aaguid.json`, which nobody signed.
    Community,
    /// The small table in this program.
    Common,
}

/// A certification of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelCertification {
    /// The AuthenticatorStatus (FIDO Metadata Service §3.1.4).
    pub status: String,
    /// The same in words.
    pub name: String,
    /// From when on (YYYY-MM-DD).
    pub date: Option<String>,
    /// The certificate's number.
    pub number: Option<String>,
}

/// What became known of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelWarning {
    /// The AuthenticatorStatus (FIDO Metadata Service §3.1.4).
    pub status: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it means, as a sentence.
    pub meaning: String,
    /// From when on (YYYY-MM-DD).
    pub date: Option<String>,
    /// The firmware that it is said of; all of it where it is null.
    pub firmware: Option<u64>,
    /// Where more is told.
    pub url: Option<String>,
}

/// How bad a warning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Keys of this model may not keep what they promise: shown in red.
    Danger,
    /// Worth knowing.
    Notice,
}

/// A member of getInfo in which a key differs from what is stated of its model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelDifference {
    /// The member's name, an option's as `options.rk`.
    pub member: String,
    /// What the metadata states; null where it does not.
    pub stated: Option<String>,
    /// What the key says; null where it does not.
    pub told: Option<String>,
}

/// What came of an import (`metadata import --json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataImport {
    /// The file that was taken.
    pub file: MetadataFile,
    /// The one whose place it took.
    pub replaced: Option<MetadataFile>,
    /// Whether the next one is due already.
    pub stale: bool,
    /// The entries that cannot be read.
    pub skipped: Vec<SkippedEntry>,
}

/// An entry that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SkippedEntry {
    /// Its place in the file, from 0.
    pub place: usize,
    /// Why, as a clause.
    pub reason: String,
}

/// The files that are kept (`metadata status --json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetadataStatus {
    /// Where they are kept.
    pub folder: String,
    /// One of each kind at most, the most trusted first.
    pub files: Vec<FileStatus>,
}

impl KeyModel {
    pub(super) fn of(model: Model, stale: bool) -> Self {
        let icon = |icon: Option<::metadata::Icon>| icon.map(|icon| icon.to_data_url());
        Self {
            aaguid: aaguid::text(model.aaguid),
            name: model.name,
            source: model.source.into(),
            verified: model.source.is_verified(),
            claimed: model.claimed,
            icon: icon(model.icon),
            icon_dark: icon(model.icon_dark),
            certification: model.certification.map(Into::into),
            fips: model.fips.map(Into::into),
            warnings: model.reports.into_iter().map(Into::into).collect(),
            status_changed: model.status_changed.map(|date| date.to_string()),
            stale: stale && model.source.is_verified(),
        }
    }

    /// The same model, of a key whose attestation was verified.
    #[must_use]
    pub fn attested(self) -> Self {
        Self { claimed: false, ..self }
    }

    /// The worst that is known of it.
    pub fn danger(&self) -> Option<&ModelWarning> {
        self.warnings.iter().find(|warning| warning.severity == Severity::Danger)
    }
}

impl From<Source> for ModelSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Metadata => Self::Metadata,
            Source::Convenience => Self::Convenience,
            Source::Community => Self::Community,
            Source::Common => Self::Common,
        }
    }
}

impl From<Certification> for ModelCertification {
    fn from(certification: Certification) -> Self {
        let Certification { status, name, date, number } = certification;
        Self { status, name, date: date.map(|date| date.to_string()), number }
    }
}

impl From<Report> for ModelWarning {
    fn from(report: Report) -> Self {
        let Report { status, severity, meaning, date, firmware, url } = report;
        let severity = match severity {
            ::metadata::Severity::Danger => Severity::Danger,
            ::metadata::Severity::Notice => Severity::Notice,
        };
        let date = date.map(|date| date.to_string());
        Self { status, severity, meaning: meaning.to_owned(), date, firmware, url }
    }
}

impl From<Difference> for ModelDifference {
    fn from(difference: Difference) -> Self {
        let Difference { member, stated, told } = difference;
        Self { member, stated, told }
    }
}

impl From<Skipped> for SkippedEntry {
    fn from(skipped: Skipped) -> Self {
        let Skipped { place, reason } = skipped;
        Self { place, reason }
    }
}
