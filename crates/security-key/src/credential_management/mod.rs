//! authenticatorCredentialManagement, 0x0A (CTAP 2.3 §6.8), and its preview 0x41: the discoverable credentials of a key.

mod list;
mod update;

pub use list::{AtSite, List, Listed};
pub use update::{ByteCount, NAME_BYTES, Updated, UserFields};

use ctap::{
    Command, Request, Response, Status,
    command::CREDENTIAL_MANAGEMENT_PREVIEW,
    cose,
    credential_management::{self as wire, Params, sub_command as sub},
    entity::{Descriptor, User},
    get_info,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    Error, Permissions, Proof, Session, Token, Transport, agreement,
    proof::{self, Wanted},
    session::mismatch,
    token::states,
};

/// How much of the key's room is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Discoverable credentials on the key.
    pub existing: u64,
    /// At most so many more fit; longer ones may take more room.
    pub remaining: u64,
}

/// A site that the key has credentials for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The RP ID as the key keeps it; empty where it tells none.
    pub rp_id: String,
    /// What the site called itself.
    pub name: Option<String>,
    /// What tells sites apart: the SHA-256 of the whole RP ID.
    pub rp_id_hash: [u8; 32],
}

/// A discoverable credential, as the key tells of it. The large-blob key in it is a secret, so it is not printed.
#[derive(Clone)]
pub struct StoredCredential {
    /// The credential id.
    pub id: Vec<u8>,
    /// The account.
    pub user: User,
    /// The public key, of whatever kind.
    pub public_key: Option<cose::AnyKey>,
    /// The level of `credProtect`: [`CredProtect::from_level`](ctap::extension::CredProtect::from_level) knows those there
    /// are. A key that does not know the extension tells none.
    pub cred_protect: Option<u64>,
    /// Opens the credential's large blob. Wiped when dropped.
    pub large_blob_key: Option<Zeroizing<[u8; 32]>>,
    /// Whether payments at other sites may use it.
    pub third_party_payment: Option<bool>,
}

impl Site {
    /// Whether the RP ID is the one whose hash the key keeps. It is not where the key cut it for want of room (§6.8.7),
    /// or tells another one.
    pub fn is_whole(&self) -> bool {
        <[u8; 32]>::from(Sha256::digest(&self.rp_id)) == self.rp_id_hash
    }

    fn of(response: wire::Response) -> Option<Self> {
        let (rp_id, name) = response.rp.map(|rp| (rp.id, rp.name)).unwrap_or_default();
        let hash = || (!rp_id.is_empty()).then(|| Sha256::digest(&rp_id).into());
        let rp_id_hash = response.rp_id_hash.or_else(hash)?;
        Some(Self { rp_id, name, rp_id_hash })
    }
}

impl StoredCredential {
    fn of(response: wire::Response) -> Option<Self> {
        Some(Self {
            id: response.credential_id?.id,
            user: response.user.unwrap_or(User { id: Vec::new(), name: None, display_name: None }),
            public_key: response.public_key,
            cred_protect: response.cred_protect,
            large_blob_key: response.large_blob_key.map(Zeroizing::new),
            third_party_payment: response.third_party_payment,
        })
    }
}

impl<T: Transport> Session<T> {
    /// How much of the key's room is used.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key that cannot be asked, and as [`Session::token`].
    pub async fn credential_metadata(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<Metadata, Error> {
        let response = self.manage_credentials(info, proof, sub::GET_CREDS_METADATA, None).await?;
        Ok(Metadata {
            existing: response.existing_resident_credentials_count.ok_or(MISSING)?,
            remaining: response.max_possible_remaining_resident_credentials_count.unwrap_or_default(),
        })
    }

    /// Deletes a credential. Nothing brings it back.
    ///
    /// # Errors
    /// `NO_CREDENTIALS` as [`Error::Status`] where the key has no such one, and as [`Session::credential_metadata`].
    pub async fn delete_credential(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        id: &[u8],
    ) -> Result<(), Error> {
        let credential_id = Some(Descriptor { id: id.to_vec() });
        let params = Params { credential_id, ..Params::default() };
        self.manage_credentials(info, proof, sub::DELETE_CREDENTIAL, Some(params)).await.map(drop)
    }

    /// A subcommand that wants a proof.
    async fn manage_credentials(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        sub_command: u64,
        params: Option<Params>,
    ) -> Result<wire::Response, Error> {
        let command = command(info)?;
        let reads = sub_command <= sub::ENUMERATE_CREDENTIALS_BEGIN;
        let proven = |token: &Token| (command, proven(token, sub_command, params.as_ref()));
        let response = match proof {
            Proof::Kept(kept) if reads => {
                let token = Token::kept(agreement::preferred(info)?, kept.secret());
                let (command, request) = proven(&token);
                self.send_as(command, &request).await.map_err(|error| match error {
                    Error::Status(status) if proof::expired(status) => Error::TokenForgotten,
                    error => error,
                })
            }
            _ => {
                let wanted = Wanted::everywhere(Permissions::CREDENTIAL_MANAGEMENT);
                self.send_proven(info, proof, wanted, proven).await
            }
        };
        of_command(response?)
    }

    /// A subcommand that goes on with what another one began.
    async fn go_on_with_credentials(
        &mut self,
        info: &get_info::Response,
        sub_command: u64,
    ) -> Result<wire::Response, Error> {
        let request = Request::CredentialManagement(bare(sub_command, None));
        of_command(self.send_as(command(info)?, &request).await?)
    }
}

const MISSING: Error = Error::Answer(Command::CredentialManagement, Status::MISSING_PARAMETER);

/// The number by which the key knows the command: keys of before CTAP 2.1 know the preview's alone.
fn command(info: &get_info::Response) -> Result<u8, Error> {
    if states(info, "credMgmt") {
        Ok(Command::CredentialManagement as u8)
    } else if is_preview(info) {
        Ok(CREDENTIAL_MANAGEMENT_PREVIEW)
    } else {
        Err(Error::Unsupported("credential management: its passkeys cannot be listed"))
    }
}

fn is_preview(info: &get_info::Response) -> bool {
    !states(info, "credMgmt")
        && states(info, "credentialMgmtPreview")
        && info.versions.iter().any(|version| version == "FIDO_2_1_PRE")
}

/// pinUvAuthParam is over subCommand || subCommandParams (§6.8).
fn proven(token: &Token, sub_command: u64, params: Option<&Params>) -> Request {
    let [.., number] = sub_command.to_be_bytes();
    let message = [vec![number], params.map(Params::encode).unwrap_or_default()].concat();
    Request::CredentialManagement(wire::Request {
        pin_uv_auth_protocol: Some(token.protocol()),
        pin_uv_auth_param: Some(token.prove(&message)),
        ..bare(sub_command, params.cloned())
    })
}

fn bare(sub_command: u64, params: Option<Params>) -> wire::Request {
    wire::Request {
        sub_command,
        params,
        raw_params: Vec::new(),
        pin_uv_auth_protocol: None,
        pin_uv_auth_param: None,
    }
}

fn of_command(response: Response) -> Result<wire::Response, Error> {
    match response {
        Response::CredentialManagement(response) => Ok(response),
        _ => Err(mismatch(&Request::CredentialManagement(bare(0, None)))),
    }
}

#[cfg(test)]
mod tests;
