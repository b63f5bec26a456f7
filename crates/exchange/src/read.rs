use secrecy::SecretString;

use crate::{
    MAXIMUM, bitwarden, cxf, document::Document, error::Error, format::Format, kdbx, keepassxc, proton,
    webdriver, zip,
};

/// What opens a sealed file.
#[derive(Clone, Copy, Default)]
pub struct Unlock<'a> {
    /// What a person types.
    pub password: Option<&'a SecretString>,
    /// The bytes of a key file.
    pub key_file: Option<&'a [u8]>,
}

/// What the file `bytes` holds; `secret` is the password of a format that is sealed.
///
/// # Errors
/// Where nothing can be said of single passkeys: see [`Error`].
pub fn read(format: Format, bytes: &[u8], secret: Option<&SecretString>) -> Result<Document, Error> {
    read_with(format, bytes, Unlock { password: secret, key_file: None })
}

/// As [`read`], with a key file too.
///
/// # Errors
/// As [`read`].
pub fn read_with(format: Format, bytes: &[u8], unlock: Unlock<'_>) -> Result<Document, Error> {
    if bytes.len() > MAXIMUM {
        return Err(Error::TooLarge(bytes.len()));
    }
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    let inner = zip::is_zip(bytes).then(|| zip::export(bytes)).transpose()?;
    let bytes = inner.as_deref().map_or(bytes, Vec::as_slice);
    match format {
        Format::Cxf => cxf::read(bytes),
        Format::KeePassXc => keepassxc::read(bytes),
        Format::Kdbx => kdbx::read(bytes, unlock),
        Format::Bitwarden => bitwarden::read(bytes),
        Format::WebDriver | Format::Cdp => webdriver::read(format, bytes),
        Format::Proton => proton::read(bytes),
        Format::Csv => Err(Error::CannotRead(format)),
    }
}
