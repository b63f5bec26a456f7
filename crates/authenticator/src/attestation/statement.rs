//! The statement that goes with a new credential.

use ctap::{
    Status,
    attestation::Statement,
    auth_data::AuthenticatorData,
    cose::{self, PublicKey},
    make_credential::Request,
};

use super::certificate::Attester;
use crate::{Authenticator, credential::Credential, profile::Signer};

/// A statement format of this key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// WebAuthn §8.7
    None,
    /// WebAuthn §8.2
    Packed,
    /// WebAuthn §8.6
    FidoU2f,
}

impl Format {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "packed" => Some(Self::Packed),
            "fido-u2f" => Some(Self::FidoU2f),
            _ => None,
        }
    }
}

impl Authenticator {
    /// The platform's first choice that this key has, else the key's own first; an enterprise attestation is packed.
    /// U2F knows ES256 alone.
    pub(crate) fn attestation_format(&self, request: &Request, algorithm: i64, enterprise: bool) -> Format {
        if enterprise {
            return Format::Packed;
        }
        let own = &self.profile.attestation.formats;
        let preferred = request.attestation_formats_preference.iter().filter(|name| own.contains(name));
        let mut formats = preferred.chain(own).filter_map(|name| Format::from_name(name));
        formats.find(|format| *format != Format::FidoU2f || algorithm == cose::ES256).unwrap_or(Format::None)
    }

    /// §6.1.2 step 19: the statement over the authenticator data as they stand.
    pub(crate) fn attest(
        &self,
        format: Format,
        enterprise: bool,
        credential: &Credential,
        data: &AuthenticatorData,
        client_data_hash: &[u8; 32],
    ) -> Result<Statement, Status> {
        let message = [data.encode().as_slice(), client_data_hash].concat();
        match (format, self.profile.attestation.signer) {
            (Format::None, _) => Ok(Statement::None),
            (Format::Packed, _) if enterprise => Ok(packed(&self.enterprise_attester()?, &message)),
            (Format::Packed, Signer::Batch) => Ok(packed(&Attester::batch(self.profile.aaguid)?, &message)),
            (Format::Packed, Signer::Credential) => Ok(Statement::Packed {
                algorithm: credential.key.algorithm(),
                signature: credential.key.sign(&message),
                chain: Vec::new(),
            }),
            (Format::FidoU2f, _) => {
                let PublicKey::P256 { x, y, .. } = credential.key.public_key() else {
                    return Err(Status::OTHER);
                };
                let application = data.rp_id_hash;
                let message =
                    [&[0x00], &application[..], client_data_hash, &credential.id, &[0x04], &x, &y].concat();
                let attester = Attester::batch(self.profile.aaguid)?;
                Ok(Statement::FidoU2f {
                    signature: attester.sign(&message),
                    certificate: attester.certificate,
                })
            }
        }
    }
}

fn packed(attester: &Attester, message: &[u8]) -> Statement {
    Statement::Packed {
        algorithm: cose::ES256,
        signature: attester.sign(message),
        chain: vec![attester.certificate.clone()],
    }
}
