//! `key credential …`: the passkeys on a security key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctap::{Status, entity::User};
use security_key::{
    Error, Proof,
    credential_management::{List, Listed, Site, StoredCredential, UserFields},
};
use serde::Serialize;
use specta::Type;

use super::{OpenKey, naming::plain};
use crate::{
    App,
    error::{AppError, Code},
    passkeys::{algorithm_name, rfc3339},
};
use ::vault::{ListedPasskey, Listing};

/// The passkeys of a key. Those that it made for a site to keep (not discoverable) are on no list: only their site
/// knows their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredentials {
    /// How many there are.
    pub existing: u32,
    /// At most so many more fit; `null` where the key does not say.
    pub remaining: Option<u32>,
    /// How many the key told of in a way that cannot be read.
    pub unreadable: u32,
    /// RFC 3339, UTC, when the list was read.
    pub listed_at: String,
    /// The key was not asked: it said that nothing changed since.
    pub unchanged: bool,
    /// In the key's order.
    pub credentials: Vec<KeyCredential>,
}

/// A passkey on a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// The site as the key keeps it.
    pub rp_id: String,
    /// SHA-256 of the site, hexadecimal.
    pub rp_id_hash: String,
    /// Whether `rpId` is all of the site's name; a key may cut it off.
    pub rp_id_whole: bool,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// The user handle, base64url.
    pub user_id: String,
    /// base64url.
    pub credential_id: String,
    /// The COSE_Key in CBOR, base64url; `null` where the key tells none.
    pub public_key: Option<String>,
    /// `ES256` and the like, a number where it has no name here.
    pub algorithm: Option<String>,
    /// 1: nothing is asked; 2: not found without its id unless the person is verified; 3: not used at all unless (§12.1).
    pub cred_protect: Option<u8>,
    /// Whether it may have a large blob.
    pub large_blob_key: bool,
    /// Whether payments at other sites may use it.
    pub third_party_payment: Option<bool>,
}

/// New names of an account on a key. `null` leaves what is there; an empty text takes it away.
#[derive(Clone, Debug, Default)]
pub struct NewNames {
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
}

/// What became of a change of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    /// As the key keeps it now.
    pub user_name: Option<String>,
    /// As the key keeps it now.
    pub user_display_name: Option<String>,
    /// The key keeps less than it was told.
    pub truncated: bool,
}

impl App {
    /// The passkeys of a key. With read-only access in the open vault (see [`App::keep_key_access`]) nobody is asked for
    /// anything, and a list that did not change is not read again. `progress` hears how many are read, of how many.
    ///
    /// # Errors
    /// `pin-needed`, `wrong-secret`, `device-gone`; `failed` for a key that cannot list.
    pub async fn key_credentials(
        &self,
        key: &mut OpenKey,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<KeyCredentials, AppError> {
        self.cancellable(async {
            let kept = self.kept_access(key);
            if let Some(listing) = kept.as_ref().and_then(|kept| kept.unchanged(key)) {
                return Ok(KeyCredentials::kept(listing));
            }
            let mut hear = |listed: Listed<'_>| progress(listed.found, listed.of);
            let by_token = match &kept {
                Some(kept) if key.pin.is_none() => {
                    key.session.credentials(&key.info, &Proof::Kept(kept.token.clone()), &mut hear).await
                }
                _ => Err(Error::TokenForgotten),
            };
            let list = match by_token {
                // A PIN was changed, or the key reset: what was kept opens nothing any more.
                Err(Error::TokenForgotten) => {
                    let proof = key.proof()?;
                    match key.session.credentials(&key.info, &proof, &mut hear).await {
                        Ok(list) => list,
                        Err(error) => return Err(key.failed("listing its passkeys", error).await),
                    }
                }
                list => list.map_err(|error| AppError::of_key("listing its passkeys", error))?,
            };
            let listing =
                listing(&list, kept.as_ref().and_then(|kept| kept.token.cred_store_state(&key.info)));
            self.remember_listing(key, kept.as_ref(), &listing)?;
            Ok(KeyCredentials { unreadable: count(list.unreadable), ..KeyCredentials::read(&listing) })
        })
        .await
    }

    /// Changes what a key keeps of an account, and reads it back.
    ///
    /// # Errors
    /// `not-found` where the key has no such passkey, `usage` where nothing is changed or a name is longer than any key
    /// keeps; as [`App::key_credentials`].
    pub async fn rename_key_credential(
        &self,
        key: &mut OpenKey,
        id: &str,
        names: &NewNames,
    ) -> Result<Renamed, AppError> {
        self.cancellable(async {
            let doing = "changing the names of a passkey";
            let (site, credential) = self.of_id(key, id).await?;
            let old = credential.user;
            let user = User {
                id: old.id.clone(),
                name: names.user_name.clone().or(old.name.clone()),
                display_name: names.user_display_name.clone().or(old.display_name.clone()),
            };
            require_room(&user)?;
            let proof = key.proof()?;
            let updated =
                key.session.update_user(&key.info, &proof, &site.rp_id_hash, &credential.id, user).await;
            match updated {
                Ok(updated) => {
                    self.change_listed(key, |listed| {
                        for one in listed.iter_mut().filter(|one| one.credential_id == credential.id) {
                            one.user_name.clone_from(&updated.user.name);
                            one.user_display_name.clone_from(&updated.user.display_name);
                        }
                    })?;
                    Ok(Renamed {
                        user_name: updated.user.name,
                        user_display_name: updated.user.display_name,
                        truncated: updated.truncated,
                    })
                }
                Err(error) => Err(key.failed(doing, error).await),
            }
        })
        .await
    }

    /// Deletes passkeys from a key, one after another. Nothing brings them back. `deleted` hears of each.
    ///
    /// # Errors
    /// `not-found` for the first that the key does not have: those before it are gone then; as
    /// [`App::key_credentials`].
    pub async fn delete_key_credentials(
        &self,
        key: &mut OpenKey,
        ids: &[String],
        mut deleted: impl FnMut(&str) + Send,
    ) -> Result<(), AppError> {
        self.cancellable(async {
            for id in ids {
                let proof = key.proof()?;
                match key.session.delete_credential(&key.info, &proof, &decoded(id)?).await {
                    Ok(()) => {
                        let gone = decoded(id)?;
                        self.change_listed(key, |listed| listed.retain(|one| one.credential_id != gone))?;
                        deleted(id);
                    }
                    // The latter of the Nitrokey 3 and the Solo 2.
                    Err(Error::Status(Status::NO_CREDENTIALS | Status::INVALID_CREDENTIAL)) => {
                        return Err(no_such(id));
                    }
                    Err(error) => return Err(key.failed("deleting a passkey", error).await),
                }
            }
            Ok(())
        })
        .await
    }

    /// The passkey of this id, as the key tells it.
    pub(super) async fn of_id(
        &self,
        key: &mut OpenKey,
        id: &str,
    ) -> Result<(Site, StoredCredential), AppError> {
        let wanted = decoded(id)?;
        let proof = key.proof()?;
        let list = match key.session.credentials(&key.info, &proof, |_| {}).await {
            Ok(list) => list,
            Err(error) => return Err(key.failed("listing its passkeys", error).await),
        };
        list.sites
            .into_iter()
            .find_map(|at| {
                let found = at.credentials.into_iter().find(|credential| credential.id == wanted);
                found.map(|credential| (at.site, credential))
            })
            .ok_or_else(|| no_such(id))
    }
}

impl KeyCredentials {
    fn read(listing: &Listing) -> Self {
        let existing = count(listing.passkeys.len() as u64);
        Self {
            existing,
            remaining: listing.remaining.map(count),
            unreadable: 0,
            listed_at: rfc3339(listing.listed_at),
            unchanged: false,
            credentials: listing.passkeys.iter().map(KeyCredential::from).collect(),
        }
    }

    fn kept(listing: &Listing) -> Self {
        Self { unchanged: true, ..Self::read(listing) }
    }

    /// Those of whose site, names and id each word is a part.
    #[must_use]
    pub fn with_words(mut self, words: &[String]) -> Self {
        let words: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
        self.credentials.retain(|credential| {
            let texts = [
                Some(&credential.rp_id),
                credential.user_name.as_ref(),
                credential.user_display_name.as_ref(),
                Some(&credential.user_id),
                Some(&credential.credential_id),
            ];
            let text =
                texts.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
            words.iter().all(|word| text.contains(word))
        });
        self
    }
}

impl KeyCredentials {
    /// A line for each passkey, for spreadsheets (RFC 4180).
    pub fn csv(&self) -> String {
        const COLUMNS: [&str; 8] = [
            "site",
            "user_name",
            "user_display_name",
            "user_id",
            "credential_id",
            "algorithm",
            "cred_protect",
            "large_blob_key",
        ];
        let rows = self.credentials.iter().map(|credential| {
            [
                credential.rp_id.clone(),
                credential.user_name.clone().unwrap_or_default(),
                credential.user_display_name.clone().unwrap_or_default(),
                credential.user_id.clone(),
                credential.credential_id.clone(),
                credential.algorithm.clone().unwrap_or_default(),
                credential.cred_protect.map(|level| level.to_string()).unwrap_or_default(),
                credential.large_blob_key.to_string(),
            ]
        });
        exchange::csv_lines([COLUMNS.map(str::to_owned)].into_iter().chain(rows))
    }
}

impl From<&ListedPasskey> for KeyCredential {
    fn from(listed: &ListedPasskey) -> Self {
        use sha2::{Digest, Sha256};
        Self {
            rp_id: plain(&listed.rp_id),
            rp_id_hash: hex::encode(&listed.rp_id_hash),
            rp_id_whole: Sha256::digest(listed.rp_id.as_bytes()).as_slice() == listed.rp_id_hash,
            user_name: listed.user_name.as_deref().map(plain),
            user_display_name: listed.user_display_name.as_deref().map(plain),
            user_id: URL_SAFE_NO_PAD.encode(&listed.user_id),
            credential_id: URL_SAFE_NO_PAD.encode(&listed.credential_id),
            public_key: (!listed.public_key.is_empty()).then(|| URL_SAFE_NO_PAD.encode(&listed.public_key)),
            algorithm: listed.algorithm.map(algorithm_name),
            cred_protect: listed.cred_protect,
            large_blob_key: listed.large_blob_key,
            third_party_payment: listed.third_party_payment,
        }
    }
}

/// What the vault may keep of a list.
fn listing(list: &List, state: Option<[u8; 16]>) -> Listing {
    let passkeys = list.sites.iter().flat_map(|at| {
        at.credentials.iter().map(|credential| ListedPasskey {
            rp_id: at.site.rp_id.clone(),
            rp_id_hash: at.site.rp_id_hash.to_vec(),
            user_id: credential.user.id.clone(),
            user_name: credential.user.name.clone(),
            user_display_name: credential.user.display_name.clone(),
            credential_id: credential.id.clone(),
            public_key: credential.public_key.as_ref().map(ctap::cose::AnyKey::encode).unwrap_or_default(),
            algorithm: credential.public_key.as_ref().and_then(ctap::cose::AnyKey::algorithm),
            cred_protect: credential.cred_protect.and_then(|level| u8::try_from(level).ok()),
            large_blob_key: credential.large_blob_key.is_some(),
            third_party_payment: credential.third_party_payment,
        })
    });
    Listing {
        listed_at: super::read_only::unix_time(),
        state: state.map(Vec::from),
        remaining: Some(list.metadata.remaining),
        passkeys: passkeys.collect(),
    }
}

/// A key cuts a longer name, so it is refused before anything is changed.
fn require_room(user: &User) -> Result<(), AppError> {
    let fields = UserFields::of(user);
    for (what, count) in [("account's name", fields.name), ("person's name", fields.display_name)] {
        if !count.fits() {
            return Err(AppError::new(
                Code::Usage,
                format!("The {what} takes {} bytes of UTF-8; keys keep {}.", count.used, count.limit),
                "Choose a shorter one; letters with accents take two bytes or more.",
            ));
        }
    }
    Ok(())
}

pub(super) fn decoded(id: &str) -> Result<Vec<u8>, AppError> {
    URL_SAFE_NO_PAD.decode(id).map_err(|_| no_such(id))
}

fn no_such(id: &str) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("The key has no passkey with the id {id}."),
        "See the ids with `latchkey key credential list --json`.",
    )
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
