//! authenticatorCredentialManagement (§6.8).

use std::vec;

use ctap::{
    Status,
    credential_management::{Params, Request, Response, sub_command as sub},
    entity::{Descriptor, RelyingParty, User},
    pin_protocol,
};
use sha2::{Digest, Sha256};

use crate::{
    Authenticator,
    credential::Credential,
    pin_token::{permission, protocol},
};

/// What the next-subcommands have not told of.
pub(crate) enum Enumeration {
    /// enumerateRPsBegin was asked.
    RelyingParties(vec::IntoIter<RelyingParty>),
    /// enumerateCredentialsBegin was asked.
    Credentials(vec::IntoIter<Credential>),
}

impl Authenticator {
    /// Answers the subcommand of `request`.
    pub(crate) fn credential_management(&mut self, request: Request) -> Result<Response, Status> {
        if !self.profile.features.credential_management {
            return Err(Status::INVALID_COMMAND);
        }
        match request.sub_command {
            sub::ENUMERATE_RPS_GET_NEXT_RP => return self.next_rp(),
            sub::ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL => return self.next_credential(),
            _ => self.state.enumeration = None,
        }
        let known = sub::GET_CREDS_METADATA..=sub::UPDATE_USER_INFORMATION;
        if !known.contains(&request.sub_command) {
            return Err(Status::INVALID_SUBCOMMAND);
        }
        let bound = self.authorized(&request)?;
        let bound = bound.as_deref();
        let params = request.params.unwrap_or_default();
        match request.sub_command {
            sub::GET_CREDS_METADATA => self.metadata(bound),
            sub::ENUMERATE_RPS_BEGIN => self.first_rp(bound),
            sub::ENUMERATE_CREDENTIALS_BEGIN => self.first_credential(bound, &params),
            sub::DELETE_CREDENTIAL => self.delete(bound, &params),
            _ => self.update_user(bound, params),
        }
    }

    /// getCredsMetadata (§6.8.2)
    fn metadata(&self, bound: Option<&str>) -> Result<Response, Status> {
        unbound(bound)?;
        let remaining = self.platform.store.remaining()?.min(self.profile.limits.discoverable_credentials);
        Ok(Response {
            existing_resident_credentials_count: Some(self.discoverable()?.count() as u64),
            max_possible_remaining_resident_credentials_count: Some(remaining),
            ..Response::default()
        })
    }

    /// enumerateRPsBegin (§6.8.3)
    fn first_rp(&mut self, bound: Option<&str>) -> Result<Response, Status> {
        unbound(bound)?;
        let mut rps: Vec<RelyingParty> = Vec::new();
        for credential in self.discoverable()? {
            if !rps.iter().any(|rp| rp.id == credential.rp.id) {
                rps.push(credential.rp);
            }
        }
        let total = rps.len() as u64;
        let mut rps = rps.into_iter();
        let rp = rps.next().ok_or(Status::NO_CREDENTIALS)?;
        self.state.enumeration = Some(Enumeration::RelyingParties(rps));
        Ok(Response { total_rps: Some(total), ..describe_rp(rp) })
    }

    fn next_rp(&mut self) -> Result<Response, Status> {
        match &mut self.state.enumeration {
            Some(Enumeration::RelyingParties(rest)) => {
                rest.next().map(describe_rp).ok_or(Status::NOT_ALLOWED)
            }
            _ => Err(Status::NOT_ALLOWED),
        }
    }

    /// enumerateCredentialsBegin (§6.8.4)
    fn first_credential(&mut self, bound: Option<&str>, params: &Params) -> Result<Response, Status> {
        let rp_id_hash = params.rp_id_hash.ok_or(Status::MISSING_PARAMETER)?;
        if bound.is_some_and(|rp_id| hash(rp_id) != rp_id_hash) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let mut credentials: Vec<Credential> =
            self.discoverable()?.filter(|credential| hash(&credential.rp.id) == rp_id_hash).collect();
        credentials.reverse();
        let total = credentials.len() as u64;
        let mut credentials = credentials.into_iter();
        let credential = credentials.next().ok_or(Status::NO_CREDENTIALS)?;
        self.state.enumeration = Some(Enumeration::Credentials(credentials));
        Ok(Response { total_credentials: Some(total), ..self.describe(credential) })
    }

    fn next_credential(&mut self) -> Result<Response, Status> {
        let next = match &mut self.state.enumeration {
            Some(Enumeration::Credentials(rest)) => rest.next(),
            _ => None,
        };
        next.map(|credential| self.describe(credential)).ok_or(Status::NOT_ALLOWED)
    }

    /// deleteCredential (§6.8.5)
    fn delete(&self, bound: Option<&str>, params: &Params) -> Result<Response, Status> {
        let id = params.credential_id.as_ref().ok_or(Status::MISSING_PARAMETER)?;
        self.named(bound, id)?;
        if self.platform.store.remove(&id.id)? {
            Ok(Response::default())
        } else {
            Err(Status::NO_CREDENTIALS)
        }
    }

    /// updateUserInformation (§6.8.6): names change, the user handle never; an absent name is removed.
    fn update_user(&self, bound: Option<&str>, params: Params) -> Result<Response, Status> {
        let id = params.credential_id.ok_or(Status::MISSING_PARAMETER)?;
        let user = params.user.ok_or(Status::MISSING_PARAMETER)?;
        if self.named(bound, &id)?.user.id != user.id {
            return Err(Status::INVALID_PARAMETER);
        }
        let present = |name: Option<String>| name.filter(|name| !name.is_empty());
        let user = User { id: user.id, name: present(user.name), display_name: present(user.display_name) };
        let updated = self.platform.store.update(&id.id, &mut |credential| credential.user = user.clone())?;
        updated.map(|_| Response::default()).ok_or(Status::NO_CREDENTIALS)
    }

    /// The discoverable credential of this id, where the token may touch its site.
    fn named(&self, bound: Option<&str>, id: &Descriptor) -> Result<Credential, Status> {
        let credential = self.platform.store.get(&id.id)?.filter(|of| of.discoverable);
        let credential = credential.ok_or(Status::NO_CREDENTIALS)?;
        if bound.is_some_and(|rp_id| rp_id != credential.rp.id) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        Ok(credential)
    }

    /// Oldest first.
    fn discoverable(&self) -> Result<impl Iterator<Item = Credential> + use<>, Status> {
        let all = self.platform.store.all()?;
        Ok(all.into_iter().filter(|credential| credential.discoverable))
    }

    /// The proof over the subcommand and its parameters, with the cm permission, or, as far as nothing is
    /// changed, by the persistent token. The RP ID to which the token is bound.
    fn authorized(&mut self, request: &Request) -> Result<Option<String>, Status> {
        let param = request.pin_uv_auth_param.as_deref().ok_or(Status::PUAT_REQUIRED)?;
        let version = protocol(request.pin_uv_auth_protocol)?;
        let needs_params = request.sub_command >= sub::ENUMERATE_CREDENTIALS_BEGIN;
        if needs_params && request.params.is_none() {
            return Err(Status::MISSING_PARAMETER);
        }
        let [.., sub_command] = request.sub_command.to_be_bytes();
        let message = [&[sub_command], request.raw_params.as_slice()].concat();
        if request.sub_command <= sub::ENUMERATE_CREDENTIALS_BEGIN
            && let Some(token) = &self.platform.store.state()?.persistent_token
            && pin_protocol::verify(version, &token.0, &message, param)
        {
            return Ok(None);
        }
        let token = self.state.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.verify(version, &message, param, permission::CREDENTIAL_MANAGEMENT)?;
        Ok(token.rp_id().map(str::to_owned))
    }

    /// Members of an extension that the key does not have are left out.
    fn describe(&self, credential: Credential) -> Response {
        let payment = self.profile.has_extension("thirdPartyPayment");
        Response {
            public_key: Some(credential.key.public_key().into()),
            user: Some(credential.user),
            credential_id: Some(Descriptor { id: credential.id }),
            cred_protect: Some(credential.cred_protect.into()),
            large_blob_key: credential.large_blob_key.map(|key| *key),
            third_party_payment: payment.then_some(credential.third_party_payment),
            ..Response::default()
        }
    }
}

/// What reaches over all sites needs a token that is bound to none.
fn unbound(bound: Option<&str>) -> Result<(), Status> {
    if bound.is_some() { Err(Status::PIN_AUTH_INVALID) } else { Ok(()) }
}

fn describe_rp(rp: RelyingParty) -> Response {
    Response { rp_id_hash: Some(hash(&rp.id)), rp: Some(rp), ..Response::default() }
}

fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}
