//! The token that persists (`pcmr`, CTAP 2.3 §6.5.5.7): reading the list of credentials without asking the person
//! each time, and what the key tells to its holders alone.

use ctap::{get_info, persistent_token, persistent_token::Sealed};
use zeroize::Zeroizing;

use crate::{Error, Permissions, Proof, Session, Transport, token::states};

/// A persistentPinUvAuthToken: good for reading until the PIN is changed or the key reset. Wiped when dropped, never
/// printed; whoever keeps it keeps it as a secret.
#[derive(Clone)]
pub struct PersistentToken(Zeroizing<[u8; 32]>);

impl PersistentToken {
    /// One that was kept.
    pub fn from_secret(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// The 32 bytes to keep.
    pub fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    /// Which key this is, out of `encIdentifier`: 16 bytes that stay the same until a reset. By a token of another key,
    /// or one that the key forgot, other bytes come out; so compare with what came out first. `None` where the key
    /// tells nothing.
    pub fn device_identifier(&self, info: &get_info::Response) -> Option<[u8; 16]> {
        persistent_token::open(Sealed::Identifier, &self.0, info.enc_identifier.as_deref()?)
    }

    /// What state the credentials are in, out of `encCredStoreState`: other 16 bytes after every change, the same ones
    /// while the list is the same.
    pub fn cred_store_state(&self, info: &get_info::Response) -> Option<[u8; 16]> {
        persistent_token::open(Sealed::CredStoreState, &self.0, info.enc_cred_store_state.as_deref()?)
    }
}

impl<T: Transport> Session<T> {
    /// The key's persistent token. It is the same each time until the PIN is changed or the key reset.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the key has none (`perCredMgmtRO`), and as [`Session::token`].
    pub async fn persistent_token(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<PersistentToken, Error> {
        if !states(info, "perCredMgmtRO") {
            return Err(Error::Unsupported("a read-only token that persists"));
        }
        let permissions = Permissions::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
        let token = self.token(info, proof, permissions, None).await?;
        Ok(PersistentToken(Zeroizing::new(*token.bytes())))
    }
}
