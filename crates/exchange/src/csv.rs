//! A list for spreadsheets (RFC 4180): what a person may know of each passkey, and no keys.

use ctap::cose;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{base64::url, passkey::Passkey};

const COLUMNS: &[&str] = &[
    "site",
    "site_name",
    "user_name",
    "user_display_name",
    "title",
    "credential_id",
    "algorithm",
    "sign_count",
    "backup_eligible",
    "backup_state",
    "created_at",
    "last_used_at",
    "urls",
    "tags",
    "notes",
];

/// COSE algorithms by their names.
const ALGORITHMS: &[(i64, &str)] = &[
    (cose::ES256, "ES256"),
    (cose::EDDSA, "EdDSA"),
    (cose::ES384, "ES384"),
    (cose::ES512, "ES512"),
    (cose::ES256K, "ES256K"),
    (cose::RS256, "RS256"),
    (cose::ML_DSA_44, "ML-DSA-44"),
    (cose::ML_DSA_65, "ML-DSA-65"),
    (cose::ML_DSA_87, "ML-DSA-87"),
];

pub(crate) fn write(passkeys: &[&Passkey]) -> Zeroizing<Vec<u8>> {
    let mut lines = vec![line(COLUMNS.iter().map(|name| (*name).to_owned()))];
    lines.extend(passkeys.iter().map(|passkey| line(cells(passkey))));
    Zeroizing::new(lines.concat().into_bytes())
}

/// Lines of a list for spreadsheets (RFC 4180), the first of them the columns' names.
pub fn lines<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    rows.into_iter().map(|cells| line(cells.into_iter())).collect()
}

fn cells(passkey: &Passkey) -> impl Iterator<Item = String> {
    let algorithm = ALGORITHMS.iter().find(|(number, _)| *number == passkey.algorithm);
    let algorithm = algorithm.map_or_else(|| passkey.algorithm.to_string(), |(_, name)| (*name).to_owned());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
    [
        passkey.rp_id.clone(),
        text(&passkey.rp_name),
        text(&passkey.user_name),
        text(&passkey.user_display_name),
        text(&passkey.title),
        url(&passkey.credential_id),
        algorithm,
        passkey.sign_count.map(|count| count.to_string()).unwrap_or_default(),
        flag(passkey.backup_eligible),
        flag(passkey.backup_state),
        time(passkey.created_at),
        time(passkey.last_used_at),
        passkey.urls.join(" "),
        passkey.tags.join(" "),
        text(&passkey.notes),
    ]
    .into_iter()
}

fn time(seconds: Option<u64>) -> String {
    let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
    seconds
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// Every cell between quotes, so that none has to be looked at for commas and line ends.
fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> =
        cells.map(|cell| format!("\"{}\"", guarded(&cell).replace('"', "\"\""))).collect();
    cells.join(",") + "\r\n"
}

/// A spreadsheet takes a cell that begins so for a formula, also between quotes: an apostrophe makes it text.
fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_breaks_out() {
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a,\"b\"\r\nc", "plain"].map(str::to_owned);
        assert_eq!(
            line(cells.into_iter()),
            "\"'=1+1\",\"'+1\",\"'-1\",\"'@SUM(A1)\",\"'\t=1\",\"a,\"\"b\"\"\r\nc\",\"plain\"\r\n"
        );
    }
}
