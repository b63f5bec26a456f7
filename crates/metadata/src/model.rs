//! What is said of one model.

use jiff::civil::Date;

use crate::{
    aaguid::Aaguid,
    icon::Icon,
    statement::Statement,
    status::{Certification, Report, Severity},
};

/// What is said of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The model's identifier; [`aaguid::NONE`](crate::aaguid::NONE) for a key of U2F.
    pub aaguid: Aaguid,
    /// Its name.
    pub name: String,
    /// Who says so.
    pub source: Source,
    /// Whether only the key itself says that it is of this model. An attestation that was verified makes it false.
    pub claimed: bool,
    /// Its picture.
    pub icon: Option<Icon>,
    /// Its picture for dark backgrounds.
    pub icon_dark: Option<Icon>,
    /// The FIDO certification that holds.
    pub certification: Option<Certification>,
    /// The certification by FIPS 140.
    pub fips: Option<Certification>,
    /// What became known of it, the worst first.
    pub reports: Vec<Report>,
    /// When what became known of it changed last.
    pub status_changed: Option<Date>,
    /// What its keys answer to getInfo.
    pub statement: Option<Statement>,
}

/// Who says what is said of a model, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The FIDO Alliance, or who signs below a root of the person's own.
    Metadata,
    /// A file of the FIDO Alliance's Convenience Metadata Service, which nobody signed.
    Convenience,
    /// The community's `aaguid.json`, which nobody signed.
    Community,
    /// The small table in this program.
    Common,
}

impl Source {
    /// Whether a signature vouches for it.
    pub fn is_verified(self) -> bool {
        self == Self::Metadata
    }
}

impl Model {
    pub(crate) fn named(aaguid: Aaguid, name: String, source: Source) -> Self {
        Self {
            aaguid,
            name,
            source,
            claimed: true,
            icon: None,
            icon_dark: None,
            certification: None,
            fips: None,
            reports: Vec::new(),
            status_changed: None,
            statement: None,
        }
    }

    /// The same model, of a key whose attestation was verified.
    #[must_use]
    pub fn attested(self) -> Self {
        Self { claimed: false, ..self }
    }

    /// The worst that is known of it.
    pub fn danger(&self) -> Option<&Report> {
        self.reports.iter().find(|report| report.severity == Severity::Danger)
    }
}
