//! What a secret of hmac-secret is asked by.

use sha2::{Digest, Sha256};

use crate::error::{AppError, Code};

/// 32 bytes; the key makes the same secret of the same salt, and another of each other (CTAP 2.3 §12.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Salt {
    /// The salt of 64 hexadecimal digits.
    ///
    /// # Errors
    /// `usage` for any other text.
    pub fn from_hex(text: &str) -> Result<Self, AppError> {
        let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            AppError::new(
                Code::Usage,
                "A salt has 32 bytes, written as 64 hexadecimal digits.",
                "For a text of any length, say --prf, as sites do.",
            )
        })
    }

    /// The salt that a browser makes of a site's input to the extension `prf` (WebAuthn §10.1.4).
    pub fn of_prf(input: &[u8]) -> Self {
        Self(Sha256::digest([b"WebAuthn PRF\0", input].concat()).into())
    }
}
