use std::fmt;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    bitwarden, csv, cxf, error::Error, format::Format, kdbx, keepassxc, loss, passkey::Passkey, webdriver,
};

/// Who writes a file, and when.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// The program's name, for people.
    pub exporter_name: &'a str,
    /// The program's domain.
    pub exporter_rp_id: &'a str,
    /// Seconds since 1970.
    pub written_at: u64,
}

/// A file.
pub struct Written {
    /// What to put into it.
    pub bytes: Zeroizing<Vec<u8>>,
    /// The passkeys that are not in it, by their index, and why, in one plain sentence each.
    pub left_out: Vec<(usize, String)>,
    /// What those that are in it lost, one plain sentence each.
    pub notes: Vec<String>,
}

/// The keys stand in the bytes.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written")
            .field("left_out", &self.left_out)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// The passkeys that go into a file, and those that do not.
pub(crate) struct Selection<'a> {
    pub(crate) chosen: Vec<&'a Passkey>,
    pub(crate) left_out: Vec<(usize, String)>,
}

/// A file of `passkeys`; `secret` is the password of a format that is sealed.
///
/// # Errors
/// See [`Error`]; where not one of the passkeys fits the format, nothing is written.
pub fn write(
    format: Format,
    passkeys: &[Passkey],
    heading: &Heading<'_>,
    secret: Option<&SecretString>,
) -> Result<Written, Error> {
    if !format.writes() {
        return Err(Error::CannotWrite(format));
    }
    let refusal = match format {
        Format::Cxf => cxf::refusal,
        Format::Bitwarden => bitwarden::refusal,
        Format::Kdbx | Format::KeePassXc => keepassxc::refusal,
        Format::WebDriver | Format::Cdp => webdriver::refusal,
        Format::Csv | Format::Proton => |_: &Passkey| None,
    };
    let Selection { chosen, left_out } = select(format, passkeys, refusal);
    if chosen.is_empty() {
        let reason = left_out.first().map_or("there is none", |(_, reason)| reason).to_owned();
        return Err(Error::NothingToWrite { format, reason });
    }
    let bytes = match format {
        Format::Cxf => cxf::write(&chosen, heading)?,
        Format::KeePassXc => keepassxc::write(&chosen)?,
        Format::Kdbx => kdbx::write(&chosen, heading, secret)?,
        Format::Bitwarden => bitwarden::write(&chosen, heading)?,
        Format::WebDriver | Format::Cdp => webdriver::write(format, &chosen)?,
        Format::Csv => csv::write(&chosen),
        Format::Proton => return Err(Error::CannotWrite(format)),
    };
    let notes = loss::notes(format, &chosen);
    Ok(Written { bytes, left_out, notes })
}

fn select(format: Format, passkeys: &[Passkey], refusal: fn(&Passkey) -> Option<String>) -> Selection<'_> {
    let mut selection = Selection { chosen: Vec::new(), left_out: Vec::new() };
    for (index, passkey) in passkeys.iter().enumerate() {
        let full = format.holds_one() && !selection.chosen.is_empty();
        let full =
            full.then(|| "The file holds one passkey; write this one to a file of its own.".to_owned());
        match full.or_else(|| refusal(passkey)) {
            Some(reason) => selection.left_out.push((index, reason)),
            None => selection.chosen.push(passkey),
        }
    }
    selection
}
