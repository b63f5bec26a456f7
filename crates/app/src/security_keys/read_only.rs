//! Read-only access to a key's list, kept in the vault: a persistent token (CTAP 2.3 §6.5.5.7, `pcmr`), which nobody has
//! to type a PIN for, and by which the key says whether its passkeys changed.

use security_key::PersistentToken;
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

use super::{OpenKey, naming::plain};
use crate::{
    App, Change,
    error::{AppError, Code},
    vault::explain,
};
use ::vault::{ListedPasskey, Listing, ReadOnlyToken};

/// Access to a key that is there.
pub(super) struct KeptAccess {
    /// What the vault calls the key: another id than it has here, where two keys are alike.
    id: String,
    pub(super) token: PersistentToken,
    listing: Option<Listing>,
}

impl KeptAccess {
    /// The list of before, where the key says that it is still the same.
    pub(super) fn unchanged(&self, key: &OpenKey) -> Option<&Listing> {
        let state = self.token.cred_store_state(&key.info)?;
        self.listing.as_ref().filter(|listing| listing.state.as_deref() == Some(&state))
    }
}

impl App {
    /// Has a key give its read-only token, and keeps it in the open vault: from then on its passkeys are listed without
    /// its PIN. The token changes nothing on the key, and ends with the PIN or a reset.
    ///
    /// # Errors
    /// `locked`; `pin-needed`; `failed` for a key that has no such token.
    pub async fn keep_key_access(&self, key: &mut OpenKey) -> Result<(), AppError> {
        self.cancellable(async {
            let vault = self.open_vault()?;
            let proof = key.proof()?;
            let token = match key.session.persistent_token(&key.info, &proof).await {
                Ok(token) => token,
                Err(error) => return Err(key.failed("giving read-only access", error).await),
            };
            // What the key encrypts for holders of the token it tells only after it gave one.
            key.info = key.session.info().await.map_err(|error| AppError::of_key("being asked", error))?;
            let identifier = token.device_identifier(&key.info);
            let name = self.key_name(key)?;
            vault
                .see_key(&key.id, &name, unix_time(), |seen| {
                    seen.aaguid = Some(key.info.aaguid.to_vec());
                    seen.device_identifier = identifier.map(Vec::from);
                    seen.token = Some(ReadOnlyToken::new(*token.secret()));
                    seen.listing = None;
                })
                .map_err(explain)
        })
        .await
    }

    /// Takes the read-only token out of the vault. The key still knows it, until its PIN is changed.
    ///
    /// # Errors
    /// `locked`; `not-found` where none is kept.
    pub fn forget_key_access(&self, key: &OpenKey) -> Result<(), AppError> {
        let vault = self.open_vault()?;
        let kept = self.kept_access(key).ok_or_else(|| {
            AppError::plain(Code::NotFound, "The vault keeps no read-only access to this key.")
        })?;
        vault.see_key(&kept.id, &self.key_name(key)?, unix_time(), |seen| seen.token = None).map_err(explain)
    }

    /// The access that is kept to this very key: found by what it encrypts for holders of its token, so that of two
    /// alike keys neither is taken for the other.
    pub(super) fn kept_access(&self, key: &OpenKey) -> Option<KeptAccess> {
        let keys = self.open_vault().ok()?.seen_keys().ok()?;
        keys.into_iter().find_map(|seen| {
            let token = PersistentToken::from_secret(Zeroizing::new(*seen.token?.expose()));
            let identifier = token.device_identifier(&key.info)?;
            (seen.device_identifier.as_deref() == Some(&identifier)).then_some(KeptAccess {
                id: seen.id,
                token,
                listing: seen.listing,
            })
        })
    }

    /// Keeps what a key listed, where the vault is open.
    pub(super) fn remember_listing(
        &self,
        key: &OpenKey,
        kept: Option<&KeptAccess>,
        listing: &Listing,
    ) -> Result<(), AppError> {
        let Ok(vault) = self.open_vault() else { return Ok(()) };
        let id = kept.map_or(&key.id, |kept| &kept.id);
        let name = self.key_name(key)?;
        let seen = vault.see_key(id, &name, unix_time(), |seen| {
            seen.aaguid = Some(key.info.aaguid.to_vec());
            seen.listing = Some(listing.clone());
        });
        seen.map_err(explain)?;
        self.changed(Change::Passkeys);
        Ok(())
    }
}

impl App {
    /// Changes the list that is kept of a key as its passkeys were changed, also where no token tells of the change.
    pub(super) fn change_listed(
        &self,
        key: &OpenKey,
        change: impl FnOnce(&mut Vec<ListedPasskey>),
    ) -> Result<(), AppError> {
        let Ok(vault) = self.open_vault() else { return Ok(()) };
        let id = self.kept_access(key).map_or_else(|| key.id.clone(), |kept| kept.id);
        if vault.seen_key(&id).map_err(explain)?.is_none() {
            return Ok(());
        }
        let seen = vault.see_key(&id, &self.key_name(key)?, unix_time(), |seen| {
            if let Some(listing) = &mut seen.listing {
                change(&mut listing.passkeys);
            }
        });
        seen.map_err(explain)
    }

    /// The person's label, else what the key calls itself.
    fn key_name(&self, key: &OpenKey) -> Result<String, AppError> {
        Ok(self.key_mark(key)?.label.unwrap_or_else(|| plain(&key.found.name)))
    }
}

pub(super) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
