//! authenticatorGetAssertion (§6.2.2).

use ctap::{
    Status,
    auth_data::AuthenticatorData,
    entity::{Descriptor, User},
    extension::{GetAssertionInputs, UnsignedOutputs},
    get_assertion::{Request, Response},
};
use sha2::{Digest, Sha256};

use crate::{
    Authenticator,
    authenticator::MAX_MESSAGE_SIZE,
    credential::Credential,
    extension::large_blob_key,
    get_next_assertion::Remembered,
    hmac_secret::Salts,
    make_credential::{flags, sign},
    pin_token::permission,
    platform::Question,
    user_verification::Touch,
};

/// What every assertion of one ceremony has in common.
pub(crate) struct Ceremony {
    rp_id_hash: [u8; 32],
    client_data_hash: [u8; 32],
    present: bool,
    verified: bool,
    /// The credentials were found without their ids, so the user handle says whose they are.
    discovered: bool,
    /// Whether the `largeBlob` extension may write.
    writable: bool,
    extensions: GetAssertionInputs,
    salts: Option<Salts>,
}

impl Authenticator {
    /// Signs in at the site of `request`, after asking the person unless the platform only probes.
    pub(crate) async fn get_assertion(&mut self, request: Request) -> Result<Response, Status> {
        let extensions = self.known_when_asserted(request.extensions);
        let request = Request { extensions, ..request };
        let param = request.pin_uv_auth_param.as_deref();
        // Step 1: an empty pinUvAuthParam.
        if param.is_some_and(<[u8]>::is_empty) {
            return Err(self.select_by_touch().await);
        }
        // Step 2: the protocol.
        let token_protocol = self.token_protocol(param, request.pin_uv_auth_protocol)?;
        // Step 4: options. A token takes precedence over `uv`.
        let uv = request.options.uv == Some(true) && param.is_none();
        if uv && !self.verifies()? {
            return Err(Status::INVALID_OPTION);
        }
        if request.options.rk.is_some() {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        let up = request.options.up != Some(false);
        // Step 5: alwaysUv; a silent probe stays silent.
        let uv = if up { self.always_uv(uv, param.is_some())? } else { uv };
        // Step 6.1: the token. Built-in verification (6.2) is one question with presence, below.
        let mut verified = false;
        let mut touch = Touch::Needed;
        if let (Some(version), Some(param)) = (token_protocol, param)
            && self.is_protected()?
        {
            let (hash, permission) = (&request.client_data_hash, permission::GET_ASSERTION);
            touch = self.verify_token(version, hash, param, permission, &request.rp_id)?;
            verified = true;
        }
        // Step 7: the credentials, as they apply once the person is verified.
        self.check_list(request.allow_list.as_deref().unwrap_or_default())?;
        let mut credentials = self.locate(&request, uv || verified)?;
        if credentials.is_empty() {
            return Err(self.none_found(request.rp_id, up || uv, touch).await);
        }
        // Steps 6.2, 8, 9 and 12: verification, presence and the account, in one question.
        let ask = uv || up;
        let discovered = request.allow_list.is_none();
        let choose = self.profile.features.account_chooser && discovered && ask;
        if choose && credentials.len() > 1 {
            touch = Touch::Needed;
        }
        if ask && touch == Touch::Needed {
            let shown = if choose { credentials.len() } else { 1 };
            let accounts = credentials.iter().take(shown).map(|of| of.user.clone()).collect();
            let question = Question::Authenticate { rp_id: request.rp_id.clone(), accounts, verify: uv };
            let account = if uv {
                verified = true;
                self.verify_user(question).await?
            } else {
                self.touch(question).await?
            };
            if choose {
                credentials = credentials.into_iter().skip(account).take(1).collect();
            }
        }
        if let (true, Some(_), Some(token)) = (up, token_protocol, self.state.token.as_mut()) {
            token.consume();
        }
        // Step 10: extensions.
        large_blob_key(request.extensions.large_blob_key, true)?;
        let hmac_secret = request.extensions.hmac_secret.as_ref();
        let salts = hmac_secret
            .map(|input| if up { self.open_salts(input) } else { Err(Status::UNSUPPORTED_OPTION) });
        let alone = request.allow_list.as_ref().is_some_and(|list| list.len() == 1);
        let ceremony = Ceremony {
            rp_id_hash: Sha256::digest(&request.rp_id).into(),
            client_data_hash: request.client_data_hash,
            present: ask,
            verified,
            discovered,
            writable: alone && ask && (verified || !self.is_protected()?),
            extensions: request.extensions,
            salts: salts.transpose()?,
        };
        // Steps 11 and 12: with an allow list any credential will do; without, the rest is remembered.
        let count = credentials.len();
        let mut credentials = credentials.into_iter();
        let first = credentials.next().ok_or(Status::OTHER)?;
        let response = self.assert(&ceremony, &first)?;
        let several = discovered && count > 1;
        if several {
            self.state.assertions =
                Some(Remembered::new(ceremony, credentials, self.platform.clock.uptime()));
        }
        Ok(Response {
            number_of_credentials: several.then_some(count as u64),
            user_selected: choose.then_some(true),
            ..response
        })
    }

    /// Step 7: the credentials that apply, newest first.
    fn locate(&self, request: &Request, verified: bool) -> Result<Vec<Credential>, Status> {
        let mut credentials = self.platform.store.find(&request.rp_id)?;
        // §10.3: registrations of U2F, which no store knows.
        for entry in request.allow_list.iter().flatten() {
            credentials.extend(self.u2f_credential(&request.rp_id, &entry.id)?);
        }
        credentials.retain(|of| {
            let denoted = match &request.allow_list {
                Some(list) => list.iter().any(|entry| entry.id == of.id),
                None => of.discoverable,
            };
            denoted && of.may_be_found(verified, request.allow_list.is_some())
        });
        Ok(credentials)
    }

    /// Step 7.6: the status to end with. A site hears that nothing is here only from a person who agrees,
    /// as it would hear that something is; a silent probe hears it at once.
    async fn none_found(&self, rp_id: String, ask: bool, touch: Touch) -> Status {
        if ask && touch == Touch::Needed {
            let question = Question::Notice { rp_id, already_registered: false };
            if let Err(status) = self.touch(question).await {
                return status;
            }
        }
        Status::NO_CREDENTIALS
    }

    /// Step 13, and §6.3: counts, then signs. The counter that is signed is the one that was committed.
    pub(crate) fn assert(&self, ceremony: &Ceremony, credential: &Credential) -> Result<Response, Status> {
        let credential = self.count(credential, ceremony.present)?;
        let (inputs, salts) = (&ceremony.extensions, ceremony.salts.as_ref());
        let outputs = self.outputs_when_asserted(inputs, salts, &credential, ceremony.verified)?;
        let large_blob = inputs.large_blob.as_ref();
        let large_blob = large_blob.map(|input| self.large_blob(input, &credential, ceremony.writable));
        let large_blob = large_blob.transpose()?.flatten();
        let auth_data = AuthenticatorData {
            rp_id_hash: ceremony.rp_id_hash,
            flags: flags(&credential, ceremony.present, ceremony.verified),
            sign_count: credential.sign_count,
            attested: None,
            extensions: outputs.encode(),
        };
        let auth_data = self.distort_data(&credential, auth_data).encode();
        let large_blob_key = inputs.large_blob_key.and(credential.large_blob_key.as_deref().copied());
        Ok(fitting(Response {
            signature: sign(&credential, &auth_data, &ceremony.client_data_hash),
            auth_data,
            user: ceremony.user(credential.user, credential.discoverable),
            credential: Descriptor { id: credential.id },
            number_of_credentials: None,
            user_selected: None,
            large_blob_key,
            unsigned_extension_outputs: UnsignedOutputs { large_blob },
        }))
    }
}

impl Ceremony {
    /// Step 12.3: the account's names only to a verified person, and only where the site did not name it.
    fn user(&self, user: User, discoverable: bool) -> Option<User> {
        match (discoverable, self.discovered && self.verified) {
            (false, _) => None,
            (true, true) => Some(user),
            (true, false) => Some(User { id: user.id, name: None, display_name: None }),
        }
    }
}

/// No message is longer than CTAPHID carries (§11.2.4). The signature stays; the account's names and then the blob
/// stay on the key where they do not fit beside it.
fn fitting(mut response: Response) -> Response {
    // With what getAssertion adds to the first of several.
    let fits = |response: &Response| response.encode().len() + 16 < MAX_MESSAGE_SIZE;
    if !fits(&response)
        && let Some(user) = &mut response.user
    {
        (user.name, user.display_name) = (None, None);
    }
    if !fits(&response) {
        response.unsigned_extension_outputs.large_blob = None;
    }
    response
}
