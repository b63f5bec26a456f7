//! authenticatorMakeCredential (§6.1.2).

use ctap::{
    Status,
    attestation::Statement,
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
    extension::{CredProtect, LargeBlobOutput, UnsignedOutputs},
    make_credential::{Request, Response},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    Authenticator, Kind,
    attestation::Format,
    authenticator::MAX_MESSAGE_SIZE,
    credential::{CredRandom, Credential, PrivateKey},
    extension::large_blob_key,
    pin_token::permission,
    platform::Question,
    user_verification::Touch,
};

/// Chromium asks for this RP ID where a key lacks what a site requires, only to have it touched.
const PROBE_RP_ID: &str = ".dummy";
const CREDENTIAL_ID_LENGTH: usize = 32;

impl Authenticator {
    /// Makes a credential for the account of `request`, after asking the person.
    pub(crate) async fn make_credential(&mut self, request: Request) -> Result<Response, Status> {
        let extensions = self.known_when_made(request.extensions);
        let request = Request { extensions, ..request };
        let param = request.pin_uv_auth_param.as_deref();
        // Step 1: an empty pinUvAuthParam.
        if param.is_some_and(<[u8]>::is_empty) {
            return Err(self.select_by_touch().await);
        }
        // Step 2: the protocol.
        let token_protocol = self.token_protocol(param, request.pin_uv_auth_protocol)?;
        // Step 3: the first algorithm that both know.
        let mut known = request.algorithms.iter().filter(|id| self.profile.algorithms.contains(id));
        let algorithm = *known.next().ok_or(Status::UNSUPPORTED_ALGORITHM)?;
        // Step 5: options. A token takes precedence over `uv`.
        let uv = request.options.uv == Some(true) && param.is_none();
        if uv && !self.verifies()? {
            return Err(Status::INVALID_OPTION);
        }
        let rk = request.options.rk == Some(true);
        if rk && !self.profile.features.discoverable_credentials {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        if request.options.up == Some(false) {
            return Err(Status::INVALID_OPTION);
        }
        // Step 6: alwaysUv.
        let uv = self.always_uv(uv, param.is_some())?;
        // Steps 7 and 8: at most non-discoverable credentials come about without verification. The profile decides,
        // also where getInfo does not state makeCredUvNotRqd for the sake of one question.
        let required = rk || !self.profile.features.make_cred_uv_not_rqd;
        if required && !uv && param.is_none() && self.is_protected()? {
            return Err(if self.takes_tokens()? { Status::PUAT_REQUIRED } else { Status::OPERATION_DENIED });
        }
        // Step 9: enterprise attestation.
        let enterprise = self.enterprise_attestation(request.enterprise_attestation, &request.rp.id)?;
        // Steps 10 and 11.1: the token. Built-in verification (11.2) is one question with presence, below.
        let mut verified = false;
        let mut touch = Touch::Needed;
        if let (Some(version), Some(param)) = (token_protocol, param)
            && self.is_protected()?
        {
            let (hash, permission) = (&request.client_data_hash, permission::MAKE_CREDENTIAL);
            touch = self.verify_token(version, hash, param, permission, &request.rp.id)?;
            verified = true;
        }
        // Step 12: the exclude list.
        self.check_list(&request.exclude_list)?;
        let mut existing = self.platform.store.find(&request.rp.id)?;
        for entry in &request.exclude_list {
            existing.extend(self.u2f_credential(&request.rp.id, &entry.id)?);
        }
        if let Some(status) = self.excluded(&request, &existing, uv, verified, touch).await {
            return Err(status);
        }
        // Steps 11.2, 13 and 14: verification and presence.
        if touch == Touch::Needed {
            let (rp, user) = (request.rp.clone(), request.user.clone());
            let question = Question::Register { rp, user, kind: self.profile.kind, verify: uv };
            if uv {
                self.verify_user(question).await?;
                verified = true;
            } else {
                self.touch(question).await?;
            }
        }
        if let (Some(_), Some(token)) = (token_protocol, self.state.token.as_mut()) {
            token.consume();
        }
        // Steps 15, 16 and 19: extensions, the key pair, attestation.
        let credential = self.generate(&request, algorithm, rk)?;
        let response = self.response(&request, &credential, verified, enterprise)?;
        // Steps 17 and 18: a discoverable credential takes the place of the account's former one.
        if request.rp.id != PROBE_RP_ID {
            let former = existing.iter().filter(|of| rk && of.discoverable && of.user.id == request.user.id);
            let former: Vec<Vec<u8>> = former.map(|credential| credential.id.clone()).collect();
            self.platform.store.add(&credential, &former)?;
        }
        Ok(response)
    }

    /// Step 12: the status to end with where a credential of the exclude list is here, after a touch.
    async fn excluded(
        &self,
        request: &Request,
        existing: &[Credential],
        uv: bool,
        verified: bool,
        touch: Touch,
    ) -> Option<Status> {
        let protected = |of: &Credential| of.cred_protect == CredProtect::UserVerificationRequired;
        let here = existing
            .iter()
            .filter(|of| request.exclude_list.iter().any(|entry| entry.id == of.id))
            .filter(|of| !protected(of) || uv || verified)
            .min_by_key(|of| protected(of))?;
        let rp_id = request.rp.id.clone();
        let asked = match touch {
            Touch::Given => Ok(0),
            // Such a credential is not owned up to before the person is verified.
            Touch::Needed if uv && protected(here) => {
                let question =
                    Question::Verify { rp_id: Some(rp_id), permissions: permission::MAKE_CREDENTIAL };
                match self.verify_user(question).await {
                    Ok(account) => Ok(account),
                    Err(status) => return Some(status),
                }
            }
            Touch::Needed => self.touch(Question::Notice { rp_id, already_registered: true }).await,
        };
        match asked {
            Err(Status::KEEPALIVE_CANCEL) => Some(Status::KEEPALIVE_CANCEL),
            // "Regardless of whether user presence is obtained or the authenticator times out".
            _ => Some(Status::CREDENTIAL_EXCLUDED),
        }
    }

    /// A new credential with its key pair and what the extensions ask for.
    fn generate(&self, request: &Request, algorithm: i64, rk: bool) -> Result<Credential, Status> {
        let rng = &*self.platform.rng;
        let extensions = &request.extensions;
        let mut id = vec![0; CREDENTIAL_ID_LENGTH];
        rng.fill(&mut id);
        let key = PrivateKey::generate(algorithm, rng).ok_or(Status::UNSUPPORTED_ALGORITHM)?;
        let cred_random = extensions.hmac_secret.map(|_| {
            let mut seeds = CredRandom { with_uv: [0; 32], without_uv: [0; 32] };
            rng.fill(&mut seeds.with_uv);
            rng.fill(&mut seeds.without_uv);
            seeds
        });
        let large_blob_key = large_blob_key(extensions.large_blob_key, rk)?.then(|| {
            let mut key = Zeroizing::new([0; 32]);
            rng.fill(&mut *key);
            key
        });
        Ok(Credential {
            id,
            rp: request.rp.clone(),
            user: request.user.clone(),
            key,
            discoverable: rk,
            cred_protect: extensions.cred_protect.unwrap_or_default(),
            cred_random,
            cred_blob: self.cred_blob(extensions.cred_blob.as_ref()),
            large_blob_key,
            large_blob: None,
            third_party_payment: extensions.third_party_payment.is_some(),
            backup_eligible: self.profile.kind == Kind::Synced,
            backup_state: self.profile.backup_state,
            sign_count: self.first_count()?,
            created_at: self.platform.clock.unix_seconds(),
            last_used_at: None,
        })
    }

    /// The answer for a credential that is not stored yet.
    fn response(
        &self,
        request: &Request,
        credential: &Credential,
        verified: bool,
        enterprise: bool,
    ) -> Result<Response, Status> {
        let format = self.attestation_format(request, credential.key.algorithm(), enterprise);
        let data = AuthenticatorData {
            rp_id_hash: Sha256::digest(&request.rp.id).into(),
            flags: flags(credential, true, verified),
            sign_count: credential.sign_count,
            attested: Some(AttestedCredential {
                // U2F knows no models; what it attests has the AAGUID zero (§10.1.1).
                aaguid: if format == Format::FidoU2f { [0; 16] } else { self.profile.aaguid },
                credential_id: credential.id.clone(),
                public_key: credential.key.public_key().encode(),
            }),
            extensions: self.outputs_when_made(&request.extensions, credential, verified)?.encode(),
        };
        let data = self.distort_data(credential, data);
        Ok(fitting(Response {
            auth_data: data.encode(),
            attestation: self.attest(format, enterprise, credential, &data, &request.client_data_hash)?,
            ep_att: enterprise.then_some(true),
            large_blob_key: credential.large_blob_key.as_deref().copied(),
            unsigned_extension_outputs: UnsignedOutputs {
                large_blob: request.extensions.large_blob.map(|_| LargeBlobOutput::Supported(true)),
            },
        }))
    }
}

/// A statement that does not fit into one message is left out: of the 7609 bytes (§11.2.4), ML-DSA-87 takes 2592 for
/// a public key and 4627 for a signature.
fn fitting(response: Response) -> Response {
    if response.encode().len() < MAX_MESSAGE_SIZE {
        response
    } else {
        Response { attestation: Statement::None, ep_att: None, ..response }
    }
}

/// The flags of authenticator data (WebAuthn §6.1); BS never without BE.
pub(crate) fn flags(credential: &Credential, up: bool, uv: bool) -> Flags {
    let bit = |set: bool, mask: u8| if set { mask } else { 0 };
    let (eligible, backed_up) = (credential.backup_eligible, credential.backup_state);
    Flags(
        bit(up, Flags::UP)
            | bit(uv, Flags::UV)
            | bit(eligible, Flags::BE)
            | bit(eligible && backed_up, Flags::BS),
    )
}

/// The signature over authenticator data and client data hash (WebAuthn §6.3.3 step 11, §8.2).
pub(crate) fn sign(credential: &Credential, auth_data: &[u8], client_data_hash: &[u8; 32]) -> Vec<u8> {
    credential.key.sign(&[auth_data, client_data_hash].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: att-none
    #[test]
    fn a_statement_that_does_not_fit_is_left_out() {
        let response = |auth_data: usize| Response {
            auth_data: vec![0; auth_data],
            attestation: Statement::Packed { algorithm: -50, signature: vec![0; 4627], chain: vec![] },
            ep_att: None,
            large_blob_key: None,
            unsigned_extension_outputs: UnsignedOutputs::default(),
        };
        assert_eq!(fitting(response(2900)), response(2900));
        let left_out = fitting(response(3000));
        assert_eq!((left_out.attestation, left_out.auth_data.len()), (Statement::None, 3000));
    }
}
