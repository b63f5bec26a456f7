//! Key handles as credentials of CTAP2, and the reverse (§10.3).

use ctap::{
    apdu::StatusWord,
    cose,
    entity::{RelyingParty, User},
    extension::CredProtect,
};
use sha2::{Digest, Sha256};

use super::key_handle::KeyHandles;
use crate::{
    Authenticator,
    credential::{Credential, PrivateKey},
    platform::{Question, StoreError},
    state::RootSecret,
};

/// A key handle that this key knows.
pub(super) enum Known {
    /// It was made by a U2F registration.
    Derived(Box<PrivateKey>),
    /// It is the id of a credential of CTAP2.
    Stored(Box<Credential>),
}

impl Known {
    /// The question before it signs. A stored credential knows which site the hash stands for.
    pub(super) fn question(self, application: [u8; 32]) -> Question {
        match self {
            Self::Derived(_) => Question::SecondFactor { application, register: false },
            Self::Stored(credential) => {
                let Credential { rp, user, .. } = *credential;
                Question::Authenticate { rp_id: rp.id, accounts: vec![user], verify: false }
            }
        }
    }
}

impl Authenticator {
    /// What a key handle stands for at this application. U2F signs by ES256 alone, and knows no verification that
    /// a credential may ask for.
    pub(super) fn known_to_u2f(
        &self,
        application: &[u8; 32],
        key_handle: &[u8],
    ) -> Result<Option<Known>, StoreError> {
        if let Some(key) = self.derived(application, key_handle)? {
            return Ok(Some(Known::Derived(Box::new(key))));
        }
        let stored = self.platform.store.get(key_handle)?.filter(|of| {
            <[u8; 32]>::from(Sha256::digest(&of.rp.id)) == *application
                && of.key.algorithm() == cose::ES256
                && of.cred_protect != CredProtect::UserVerificationRequired
        });
        Ok(stored.map(|credential| Known::Stored(Box::new(credential))))
    }

    /// The counter for the next signature, committed, and the key that makes it.
    pub(super) fn count_for_u2f(
        &self,
        known: Known,
        user_present: bool,
    ) -> Result<(PrivateKey, u32), StatusWord> {
        match known {
            Known::Derived(key) => Ok((*key, self.count_globally()?)),
            Known::Stored(credential) => {
                let counted = self.count(&credential, user_present).map_err(|_| StatusWord::UNKNOWN)?;
                Ok((counted.key, counted.sign_count))
            }
        }
    }

    /// The U2F registration behind an entry of an allow or exclude list, as a credential; it is in no store.
    pub(crate) fn u2f_credential(&self, rp_id: &str, id: &[u8]) -> Result<Option<Credential>, StoreError> {
        if !self.profile.has_version("U2F_V2") {
            return Ok(None);
        }
        let application = Sha256::digest(rp_id).into();
        let credential = |key| Credential {
            id: id.to_vec(),
            rp: RelyingParty { id: rp_id.to_owned(), name: None },
            user: User { id: Vec::new(), name: None, display_name: None },
            key,
            discoverable: false,
            cred_protect: CredProtect::default(),
            cred_random: None,
            cred_blob: None,
            large_blob_key: None,
            large_blob: None,
            third_party_payment: false,
            backup_eligible: false,
            backup_state: false,
            sign_count: 0,
            created_at: 0,
            last_used_at: None,
        };
        Ok(self.derived(&application, id)?.map(credential))
    }

    fn derived(&self, application: &[u8; 32], key_handle: &[u8]) -> Result<Option<PrivateKey>, StoreError> {
        let state = self.platform.store.state()?;
        Ok(state.root_secret.as_ref().and_then(|root| KeyHandles::of(root).open(application, key_handle)))
    }

    /// The root secret, made and committed at first need.
    pub(crate) fn root_secret(&self) -> Result<RootSecret, StoreError> {
        if let Some(secret) = &self.platform.store.state()?.root_secret {
            return Ok(secret.clone());
        }
        let mut fresh = RootSecret([0; 32]);
        self.platform.rng.fill(&mut fresh.0);
        let state = self.platform.store.update_state(&mut |state| {
            state.root_secret.get_or_insert_with(|| fresh.clone());
        })?;
        state
            .root_secret
            .clone()
            .ok_or_else(|| StoreError::Failed("The root secret was not kept.".to_owned()))
    }
}
