//! The operating system's randomness.

use crate::error::Error;

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Io {
        what: "the operating system gives no randomness".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(bytes)
}
