//! What was certified of a model, and what became known of it (Metadata Service 3.1 §3.1.3, §3.1.4).

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::text::plain;

/// How bad a status is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Keys of this model may not keep what they promise.
    Danger,
    /// Worth knowing.
    Notice,
}

/// What became known of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The AuthenticatorStatus as the metadata has it, such as `REVOKED`.
    pub status: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it means, as a sentence.
    pub meaning: &'static str,
    /// From when on.
    pub date: Option<Date>,
    /// The firmware that it is said of; all of it where none is named.
    pub firmware: Option<u64>,
    /// Where more is told.
    pub url: Option<String>,
}

/// A certification of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certification {
    /// The AuthenticatorStatus as the metadata has it, such as `FIDO_CERTIFIED_L1plus`.
    pub status: String,
    /// The same in words, such as `FIDO Certified Level 1+`.
    pub name: String,
    /// From when on.
    pub date: Option<Date>,
    /// The certificate's number.
    pub number: Option<String>,
}

/// A StatusReport as it comes. Only its status has to be there: a warning counts without its date.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusReport {
    status: String,
    #[serde(default)]
    effective_date: Value,
    #[serde(default)]
    authenticator_version: Value,
    #[serde(default)]
    url: Value,
    #[serde(default)]
    certificate_number: Value,
}

/// How bad each status is and what it means, the worst first.
const KNOWN: [(&str, Severity, &str); 7] = [
    ("REVOKED", Severity::Danger, "It is not trusted any more: keys of this model should be replaced."),
    (
        "ATTESTATION_KEY_COMPROMISE",
        Severity::Danger,
        "The key that vouches for the model is known to others: a key may be a fake that says it is of this model.",
    ),
    (
        "USER_KEY_REMOTE_COMPROMISE",
        Severity::Danger,
        "Private keys can be taken out of it from afar: its passkeys should be replaced.",
    ),
    (
        "USER_VERIFICATION_BYPASS",
        Severity::Danger,
        "Its check of PIN or finger can be got round: whoever holds the key may use it.",
    ),
    (
        "USER_KEY_PHYSICAL_COMPROMISE",
        Severity::Danger,
        "Private keys can be taken out of it by whoever holds it for a while.",
    ),
    ("UPDATE_AVAILABLE", Severity::Notice, "Its maker has newer firmware."),
    ("RETIRED", Severity::Notice, "Its maker does not support it any more."),
];

const UNKNOWN: &str = "What this status means is not known here.";

impl StatusReport {
    fn date(&self) -> Option<Date> {
        self.effective_date.as_str()?.parse().ok()
    }

    fn report(&self) -> Option<Report> {
        let known = KNOWN.iter().find(|(status, ..)| *status == self.status);
        let (severity, meaning) = match known {
            Some((_, severity, meaning)) => (*severity, *meaning),
            None if self.certifies() => return None,
            None => (Severity::Notice, UNKNOWN),
        };
        Some(Report {
            status: plain(&self.status)?,
            severity,
            meaning,
            date: self.date(),
            firmware: self.authenticator_version.as_u64(),
            url: self.url.as_str().and_then(plain).filter(|url| url.starts_with("https://")),
        })
    }

    /// A step of certification, not a finding.
    fn certifies(&self) -> bool {
        matches!(self.status.as_str(), "NOT_FIDO_CERTIFIED" | "SELF_ASSERTION_SUBMITTED")
            || self.fido().is_some()
            || self.fips().is_some()
    }

    /// The level of a FIDO certification; empty for one of the time before levels.
    fn fido(&self) -> Option<&str> {
        let rest = self.status.strip_prefix("FIDO_CERTIFIED")?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix("_L") }
    }

    fn fips(&self) -> Option<&str> {
        self.status.strip_prefix("FIPS140_CERTIFIED_L")
    }

    fn certification(&self) -> Option<Certification> {
        let name = match (self.status.as_str(), self.fido(), self.fips()) {
            ("NOT_FIDO_CERTIFIED", ..) => "Not FIDO certified".to_owned(),
            ("SELF_ASSERTION_SUBMITTED", ..) => {
                "Not FIDO certified; its maker asserts its security".to_owned()
            }
            (_, Some(""), _) => "FIDO Certified".to_owned(),
            (_, Some(level), _) => format!("FIDO Certified Level {}", level.replace("plus", "+")),
            (_, _, Some(level)) => format!("FIPS 140 Level {level}"),
            _ => return None,
        };
        Some(Certification {
            status: plain(&self.status)?,
            name: plain(&name)?,
            date: self.date(),
            number: self.certificate_number.as_str().and_then(plain),
        })
    }
}

/// What became known, the worst first.
pub(crate) fn reports(statuses: &[StatusReport]) -> Vec<Report> {
    let place = |report: &Report| KNOWN.iter().position(|(status, ..)| *status == report.status);
    let mut reports: Vec<_> = statuses.iter().filter_map(StatusReport::report).collect();
    reports.sort_by_key(|report| (place(report).unwrap_or(KNOWN.len()), report.date));
    reports
}

/// The FIDO certification that holds: the highest since the last time there was none.
pub(crate) fn certification(statuses: &[StatusReport]) -> Option<Certification> {
    let mut steps: Vec<_> =
        statuses.iter().filter(|step| step.certifies() && step.fips().is_none()).collect();
    steps.sort_by_key(|step| step.date());
    let mut holds: Option<&StatusReport> = None;
    for step in steps {
        let higher = holds.is_none_or(|before| before.fido().is_none() || step.fido() >= before.fido());
        if higher || step.fido().is_none() {
            holds = Some(step);
        }
    }
    holds.and_then(StatusReport::certification)
}

/// The latest certification by FIPS 140.
pub(crate) fn fips(statuses: &[StatusReport]) -> Option<Certification> {
    let steps = statuses.iter().filter(|step| step.fips().is_some());
    steps.max_by_key(|step| step.date()).and_then(StatusReport::certification)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn statuses(reports: Value) -> Vec<StatusReport> {
        serde_json::from_value(reports).unwrap()
    }

    #[test]
    fn the_worst_finding_comes_first_with_its_date() {
        let statuses = statuses(json!([
            {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-05-12"},
            {"status": "UPDATE_AVAILABLE", "effectiveDate": "2023-01-01", "url": "https://maker.example/update"},
            {"status": "USER_KEY_PHYSICAL_COMPROMISE", "effectiveDate": "2022-01-02", "authenticatorVersion": 4},
            {"status": "REVOKED", "effectiveDate": "nonsense"},
            {"status": "OF_TOMORROW", "url": "javascript:alert(1)"},
        ]));
        let reports = reports(&statuses);
        let told: Vec<_> = reports.iter().map(|report| (report.status.as_str(), report.severity)).collect();
        assert_eq!(
            told,
            [
                ("REVOKED", Severity::Danger),
                ("USER_KEY_PHYSICAL_COMPROMISE", Severity::Danger),
                ("UPDATE_AVAILABLE", Severity::Notice),
                ("OF_TOMORROW", Severity::Notice),
            ]
        );
        assert_eq!(reports[0].date, None);
        assert_eq!((reports[1].date, reports[1].firmware), (Some("2022-01-02".parse().unwrap()), Some(4)));
        assert_eq!(reports[2].url.as_deref(), Some("https://maker.example/update"));
        assert_eq!(reports[3].url, None);
        assert_eq!(certification(&statuses).unwrap().name, "FIDO Certified Level 1");
    }

    #[test]
    fn the_highest_certification_since_the_last_time_there_was_none_holds() {
        let name = |reports| certification(&statuses(reports)).map(|held| held.name);
        let day = |status: &str, date: &str| json!({"status": status, "effectiveDate": date});
        assert_eq!(name(json!([])), None);
        let both = [day("FIDO_CERTIFIED_L1plus", "2020-01-01"), day("FIDO_CERTIFIED", "2020-01-01")];
        assert_eq!(name(json!(both)).as_deref(), Some("FIDO Certified Level 1+"));
        let backwards = [day("FIDO_CERTIFIED_L2", "2022-01-01"), day("NOT_FIDO_CERTIFIED", "2019-01-01")];
        assert_eq!(name(json!(backwards)).as_deref(), Some("FIDO Certified Level 2"));
        let lost = [day("FIDO_CERTIFIED_L3", "2020-01-01"), day("NOT_FIDO_CERTIFIED", "2021-01-01")];
        assert_eq!(name(json!(lost)).as_deref(), Some("Not FIDO certified"));
        let fips = statuses(json!([day("FIPS140_CERTIFIED_L2", "2020-01-01")]));
        assert_eq!(super::fips(&fips).unwrap().name, "FIPS 140 Level 2");
        assert_eq!(certification(&fips), None);
        assert_eq!(reports(&fips), []);
    }
}
