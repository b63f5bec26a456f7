//! `key blob …`: what sites keep on a key beside their passkeys, each sealed for its own.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use security_key::{
    Error, Permissions, Proof,
    credential_management::{Site, StoredCredential},
    large_blobs::{LargeBlobs, Opened},
};
use serde::Serialize;
use specta::Type;

use super::{OpenKey, naming::plain};
use crate::{
    App,
    error::{AppError, Code},
};

/// The large-blob array of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyBlobs {
    /// What it takes, in bytes.
    pub size: u32,
    /// What the key has room for, in bytes.
    pub capacity: u32,
    /// How many entries there are, whoever they belong to.
    pub entries: u32,
    /// What stands in the key is not what was written. Nothing can be read of it.
    pub corrupt: bool,
    /// Entries that no passkey on the key opens.
    pub orphans: u32,
    /// Those of the passkeys on the key.
    pub blobs: Vec<KeyBlob>,
}

/// The large blob of a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyBlob {
    /// The site.
    pub rp_id: String,
    /// The account's name.
    pub user_name: Option<String>,
    /// The passkey's id, base64url.
    pub credential_id: String,
    /// In bytes, unpacked; `null` where it cannot be unpacked.
    pub size: Option<u32>,
}

/// What tells of a key's large blobs, and changes them: one PIN for both.
const READ_AND_WRITE: Permissions =
    Permissions(Permissions::CREDENTIAL_MANAGEMENT.0 | Permissions::LARGE_BLOB_WRITE.0);

impl App {
    /// The large blobs of a key, and whose they are.
    ///
    /// # Errors
    /// `pin-needed`, `wrong-secret`, `device-gone`; `failed` for a key that keeps none, or cannot list its passkeys.
    pub async fn key_blobs(&self, key: &mut OpenKey) -> Result<KeyBlobs, AppError> {
        self.cancellable(async {
            let proof = key.proof()?;
            match read(key, &proof).await {
                Ok(owned) => Ok(owned.told()),
                Err(error) => Err(key.failed("reading its large blobs", error).await),
            }
        })
        .await
    }

    /// The large blob of a passkey.
    ///
    /// # Errors
    /// `not-found` where the key has no such passkey, or that has none; as [`App::key_blobs`].
    pub async fn key_blob(&self, key: &mut OpenKey, credential_id: &str) -> Result<Vec<u8>, AppError> {
        let doing = "reading a large blob";
        self.cancellable(async {
            let secret = self.large_blob_key(key, credential_id).await?;
            let blobs = key.session.large_blobs(&key.info).await;
            match blobs.map_err(|error| AppError::of_key(doing, error))?.open(&secret) {
                Opened::Blob(plain) => Ok(plain),
                Opened::None => Err(no_blob(credential_id)),
                Opened::Damaged => Err(AppError::plain(
                    Code::Failed,
                    "The large blob is damaged: it opens, and cannot be unpacked.",
                )),
            }
        })
        .await
    }

    /// Keeps a large blob with a passkey, in place of the one that it has. Its site reads it when somebody signs in.
    ///
    /// # Errors
    /// `not-found` where the key has no such passkey, `usage` where there is no room or that can have none; as
    /// [`App::key_blobs`].
    pub async fn write_key_blob(
        &self,
        key: &mut OpenKey,
        credential_id: &str,
        plain: &[u8],
    ) -> Result<(), AppError> {
        self.cancellable(async {
            authorize(key).await?;
            let secret = self.large_blob_key(key, credential_id).await?;
            let proof = key.proof()?;
            match key.session.set_large_blob(&key.info, &proof, &secret, plain).await {
                Ok(()) => Ok(()),
                Err(Error::TooLong { needed, room, .. }) => Err(no_room(needed, room)),
                Err(error) => Err(key.failed("writing a large blob", error).await),
            }
        })
        .await
    }

    /// Takes the large blob of a passkey away.
    ///
    /// # Errors
    /// `not-found` where the key has no such passkey, or that has none; as [`App::key_blobs`].
    pub async fn delete_key_blob(&self, key: &mut OpenKey, credential_id: &str) -> Result<(), AppError> {
        self.cancellable(async {
            authorize(key).await?;
            let secret = self.large_blob_key(key, credential_id).await?;
            let proof = key.proof()?;
            match key.session.remove_large_blob(&key.info, &proof, &secret).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(no_blob(credential_id)),
                Err(error) => Err(key.failed("deleting a large blob", error).await),
            }
        })
        .await
    }

    /// Takes away the large blobs that no passkey on the key opens; how many there were.
    ///
    /// # Errors
    /// As [`App::key_blobs`].
    pub async fn clean_key_blobs(&self, key: &mut OpenKey) -> Result<u32, AppError> {
        self.cancellable(async {
            let doing = "removing large blobs of nobody";
            authorize(key).await?;
            let proof = key.proof()?;
            let owned = match read(key, &proof).await {
                Ok(owned) => owned,
                Err(error) => return Err(key.failed(doing, error).await),
            };
            // A passkey whose entry cannot be read may well own what looks like nobody's.
            if owned.unreadable > 0 {
                return Err(AppError::plain(
                    Code::Failed,
                    "The key tells of a passkey in a way that cannot be read; its large blob may be among those of nobody. Nothing was removed.",
                ));
            }
            match key.session.remove_orphaned_large_blobs(&key.info, &proof, &owned.keys()).await {
                Ok(removed) => Ok(count(removed)),
                Err(error) => Err(key.failed(doing, error).await),
            }
        })
        .await
    }

    async fn large_blob_key(
        &self,
        key: &mut OpenKey,
        credential_id: &str,
    ) -> Result<zeroize::Zeroizing<[u8; 32]>, AppError> {
        let (_, credential) = self.of_id(key, credential_id).await?;
        credential.large_blob_key.ok_or_else(|| {
            AppError::new(
                Code::Usage,
                "This passkey can have no large blob: its site did not ask for one when it was made.",
                "Have the site make another passkey.",
            )
        })
    }
}

/// The array, and whoever may open its entries.
struct Owned {
    blobs: LargeBlobs,
    owners: Vec<(Site, StoredCredential)>,
    unreadable: u64,
}

async fn read(key: &mut OpenKey, proof: &Proof) -> Result<Owned, Error> {
    let blobs = key.session.large_blobs(&key.info).await?;
    let list = key.session.credentials(&key.info, proof, |_| {}).await?;
    let owners = list.sites.into_iter().flat_map(|at| {
        let site = at.site;
        at.credentials.into_iter().map(move |credential| (site.clone(), credential))
    });
    Ok(Owned { blobs, owners: owners.collect(), unreadable: list.unreadable })
}

impl Owned {
    fn keys(&self) -> Vec<&[u8; 32]> {
        self.owners.iter().filter_map(|(_, credential)| credential.large_blob_key.as_deref()).collect()
    }

    fn told(&self) -> KeyBlobs {
        let blob = |(site, credential): &(Site, StoredCredential)| {
            let size = match self.blobs.open(credential.large_blob_key.as_deref()?) {
                Opened::None => return None,
                Opened::Damaged => None,
                Opened::Blob(plain) => Some(count(plain.len())),
            };
            Some(KeyBlob {
                rp_id: plain(&site.rp_id),
                user_name: credential.user.name.as_deref().map(plain),
                credential_id: URL_SAFE_NO_PAD.encode(&credential.id),
                size,
            })
        };
        KeyBlobs {
            size: count(self.blobs.size()),
            capacity: count(self.blobs.capacity()),
            entries: count(self.blobs.len()),
            corrupt: self.blobs.is_corrupt(),
            orphans: count(self.blobs.orphans(&self.keys())),
            blobs: self.owners.iter().filter_map(blob).collect(),
        }
    }
}

/// One token for listing and writing, so that the person proves once.
async fn authorize(key: &mut OpenKey) -> Result<(), AppError> {
    let proof = key.proof()?;
    match key.session.authorize(&key.info, &proof, READ_AND_WRITE).await {
        Ok(()) => Ok(()),
        Err(error) => Err(key.failed("letting its large blobs be changed", error).await),
    }
}

fn no_blob(credential_id: &str) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("The passkey {credential_id} has no large blob on this key."),
        "See which ones have with `latchkey key blob list`.",
    )
}

fn no_room(needed: usize, room: usize) -> AppError {
    AppError::new(
        Code::Usage,
        format!("The large blobs would take {needed} bytes; the key has room for {room}."),
        "Choose a smaller file, delete another large blob, or remove those of nobody with `latchkey key blob clean`.",
    )
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
