//! The persistent token, and what only its holders can read: the device identifier and the state of the
//! credential store (§6.4, §6.5.5.7).

use ctap::{
    Status,
    persistent_token::{Sealed, seal},
};
use zeroize::Zeroizing;

use crate::{
    Authenticator,
    hmac_secret::hmac_sha256,
    platform::Rng,
    state::{PersistentState, RootSecret},
};

impl Authenticator {
    /// The persistentPinUvAuthToken; drawn where there is none.
    pub(crate) fn persistent_token(&self) -> Result<Zeroizing<[u8; 32]>, Status> {
        let state = self.platform.store.state()?;
        if let Some(token) = &state.persistent_token {
            return Ok(Zeroizing::new(token.0));
        }
        let drawn = [draw(&*self.platform.rng), draw(&*self.platform.rng)];
        let state = self.platform.store.update_state(&mut |state| {
            let [token, root] = drawn.clone();
            // Another program on the same store may have come first.
            state.persistent_token.get_or_insert(token);
            state.root_secret.get_or_insert(root);
        })?;
        let token = state.persistent_token.as_ref().ok_or(Status::OTHER)?;
        Ok(Zeroizing::new(token.0))
    }

    /// `encIdentifier`; nobody could read it before the persistent token was given out.
    pub(crate) fn enc_identifier(&self, state: &PersistentState) -> Option<Vec<u8>> {
        self.sealed(state, Sealed::Identifier, b"deviceIdentifier")
    }

    /// `encCredStoreState`
    pub(crate) fn enc_cred_store_state(&self, state: &PersistentState) -> Result<Option<Vec<u8>>, Status> {
        let revision = self.platform.store.revision()?.to_be_bytes();
        let label = [b"credStoreState", &revision[..]].concat();
        Ok(self.sealed(state, Sealed::CredStoreState, &label))
    }

    /// LEFT(HMAC-SHA-256(root secret, label), 16), sealed for the holders of the token.
    fn sealed(&self, state: &PersistentState, member: Sealed, label: &[u8]) -> Option<Vec<u8>> {
        let (token, root) = (state.persistent_token.as_ref()?, state.root_secret.as_ref()?);
        let content = hmac_sha256(&root.0, label);
        let mut iv = [0; 16];
        self.platform.rng.fill(&mut iv);
        Some(seal(member, &token.0, &iv, content.first_chunk()?))
    }
}

fn draw(rng: &dyn Rng) -> RootSecret {
    let mut secret = RootSecret([0; 32]);
    rng.fill(&mut secret.0);
    secret
}
