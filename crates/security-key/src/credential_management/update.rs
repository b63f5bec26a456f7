//! Changing what a key keeps of an account (updateUserInformation, §6.8.6), and looking what became of it.

use ctap::{
    credential_management::{Params, sub_command as sub},
    entity::{Descriptor, User},
    get_info,
};

use super::is_preview;
use crate::{Error, Proof, Session, Transport};

/// So many bytes of UTF-8 every key keeps of a name (§6.1.2); what is longer may be cut.
pub const NAME_BYTES: usize = 64;

/// What the names of an account take, while somebody types them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserFields {
    /// `name`
    pub name: ByteCount,
    /// `displayName`
    pub display_name: ByteCount,
}

/// Bytes of UTF-8, which are what counts; letters with accents take more than one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteCount {
    /// What the text takes.
    pub used: usize,
    /// What a key keeps for certain.
    pub limit: usize,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// What the key keeps now.
    pub user: User,
    /// It is not all of what it was told: names were cut, or left out.
    pub truncated: bool,
}

impl UserFields {
    /// Of these names.
    pub fn of(user: &User) -> Self {
        let count = |name: Option<&str>| ByteCount { used: name.map_or(0, str::len), limit: NAME_BYTES };
        Self { name: count(user.name.as_deref()), display_name: count(user.display_name.as_deref()) }
    }

    /// Whether every key keeps all of it.
    pub fn fit(&self) -> bool {
        self.name.fits() && self.display_name.fits()
    }
}

impl ByteCount {
    /// Whether every key keeps all of it.
    pub fn fits(&self) -> bool {
        self.used <= self.limit
    }
}

impl<T: Transport> Session<T> {
    /// Changes the names of the account that a credential belongs to, then reads from the key what it keeps. The user
    /// handle stays; a name that is absent or empty is taken away. The key does not tell the site of it.
    ///
    /// # Errors
    /// `NO_CREDENTIALS` as [`Error::Status`] where the key has no such credential, `INVALID_PARAMETER` for another user
    /// handle than the credential's; [`Error::Unsupported`] where the key knows the preview alone; as
    /// [`Session::credential_metadata`].
    pub async fn update_user(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        rp_id_hash: &[u8; 32],
        credential_id: &[u8],
        user: User,
    ) -> Result<Updated, Error> {
        if is_preview(info) {
            return Err(Error::Unsupported("updateUserInformation: what it keeps cannot be changed"));
        }
        let wished = stored(user);
        let params = Params {
            credential_id: Some(Descriptor { id: credential_id.to_vec() }),
            user: Some(wished.clone()),
            ..Params::default()
        };
        self.manage_credentials(info, proof, sub::UPDATE_USER_INFORMATION, Some(params)).await?;
        let (credentials, _) = self.credentials_of(info, proof, rp_id_hash, |_| {}).await?;
        let kept = credentials.into_iter().find(|credential| credential.id == credential_id);
        let user = stored(kept.ok_or(super::MISSING)?.user);
        Ok(Updated { truncated: user != wished, user })
    }
}

/// An empty name is none.
fn stored(user: User) -> User {
    let present = |name: Option<String>| name.filter(|name| !name.is_empty());
    User { id: user.id, name: present(user.name), display_name: present(user.display_name) }
}
