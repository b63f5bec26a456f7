//! What other programs' files say of a passkey and no key needs: kept, so that an export writes it again.

use exchange::Unknown;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{error::Error, secret::PrivateBytes};

/// What a file says beside what makes the passkey.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Foreign {
    /// The model of the key that made it; it is held by another now.
    #[serde(default, with = "serde_bytes")]
    aaguid: Option<[u8; 16]>,
    /// The entry's name.
    #[serde(default)]
    title: Option<String>,
    /// Where the person uses it, beside the RP ID.
    #[serde(default)]
    urls: Vec<String>,
    /// Members that only the file's format knows, as a JSON object: any of them may be a secret.
    members: PrivateBytes,
}

impl Foreign {
    /// What of `passkey` has no place of its own in a record; `None` where nothing has.
    pub(crate) fn of(passkey: &exchange::Passkey) -> Result<Option<Self>, Error> {
        let exchange::Passkey { aaguid, title, urls, unknown, .. } = passkey;
        if aaguid.is_none() && title.is_none() && urls.is_empty() && unknown.is_empty() {
            return Ok(None);
        }
        // Room for most, so that the buffer seldom moves and leaves a copy behind.
        let mut members = Zeroizing::new(Vec::with_capacity(4 * 1024));
        serde_json::to_writer(&mut *members, &**unknown)
            .map_err(|_| Error::Refused("what the file says beside the passkey cannot be kept"))?;
        Ok(Some(Self {
            aaguid: *aaguid,
            title: title.clone(),
            urls: urls.clone(),
            members: PrivateBytes::new(members),
        }))
    }

    /// Puts it where it came from.
    pub(crate) fn give(&self, passkey: &mut exchange::Passkey) -> Result<(), Error> {
        passkey.aaguid = self.aaguid.or(passkey.aaguid);
        passkey.title.clone_from(&self.title);
        passkey.urls.clone_from(&self.urls);
        let members: std::collections::BTreeMap<_, _> = serde_json::from_slice(self.members.expose())
            .map_err(|_| Error::Damaged("what was kept of an imported file is no JSON".to_owned()))?;
        passkey.unknown = Unknown::from(members);
        Ok(())
    }
}
