//! The operating system's randomness.

use crate::{error::Error, secret::Secret};

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Io {
        what: "the operating system gives no randomness".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(bytes)
}

/// A fresh private key of P-256. Nearly every 32 bytes are one.
pub(crate) fn scalar() -> Result<Secret, Error> {
    loop {
        let bytes = Secret::new(random()?);
        if p256::SecretKey::from_slice(bytes.expose()).is_ok() {
            return Ok(bytes);
        }
    }
}
