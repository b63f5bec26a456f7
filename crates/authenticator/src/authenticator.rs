use ctap::{Request, Response, Status, command, entity::Descriptor, pin_protocol::Version};

use crate::{
    fault::{Faults, command_name},
    pin_token,
    platform::{Platform, Question, StoreError},
    profile::Profile,
    state::RuntimeState,
    transport::Transport,
    user_verification::Touch,
};

/// What one CTAPHID message holds (§11.2.4); more than getInfo states is taken, more than this refused.
pub(crate) const MAX_MESSAGE_SIZE: usize = 7609;

/// A key: what it claims to be, the world it stands in, and what it remembers until the power goes.
pub struct Authenticator {
    pub(crate) profile: Profile,
    pub(crate) platform: Platform,
    pub(crate) state: RuntimeState,
    pub(crate) faults: Faults,
}

impl Authenticator {
    /// A key to which power has just come.
    pub fn new(profile: Profile, platform: Platform) -> Self {
        let state = RuntimeState::fresh(platform.clock.uptime(), &*platform.rng);
        let mut key = Self { profile, platform, state, faults: Faults::default() };
        key.unblock_verification();
        key
    }

    /// A key that misbehaves as `faults` says.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Answers one message that came over `transport`: a command byte with canonical CBOR, by a status byte
    /// with canonical CBOR where there are members (§8). Never empty. A store change that the answer promises
    /// is committed by then.
    pub async fn handle(&mut self, request: &[u8], transport: Transport) -> Vec<u8> {
        let command = command_name(request.first().copied().unwrap_or_default());
        if let Some(response) = self.fixed_response(command) {
            return response;
        }
        let result = match self.decode(request) {
            Ok(request) => self.answer_faultily(command, request, transport).await,
            Err(status) => Err(status),
        };
        self.distort_bytes(command, Response::encode(&result))
    }

    /// [`Authenticator::answer`] with what faults make of the request and of the response.
    async fn answer_faultily(
        &mut self,
        command: &str,
        mut request: Request,
        transport: Transport,
    ) -> Result<Response, Status> {
        self.distort_request(command, &mut request)?;
        let signer = self.self_attesting(command);
        let mut result = self.answer(request, transport).await;
        if let Some(signer) = signer {
            self.profile.attestation.signer = signer;
        }
        if let Ok(response) = &mut result {
            self.distort_response(command, response);
        }
        result
    }

    /// Power goes and comes back: runtime state is forgotten, persistent state kept, the reset window open.
    pub fn power_cycle(&mut self) {
        self.state = RuntimeState::fresh(self.platform.clock.uptime(), &*self.platform.rng);
        self.unblock_verification();
    }

    /// The world this key stands in.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What this key claims to be.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    fn decode(&self, request: &[u8]) -> Result<Request, Status> {
        if request.len() > MAX_MESSAGE_SIZE {
            return Err(Status::REQUEST_TOO_LARGE);
        }
        let preview = matches!(
            request.first(),
            Some(&command::BIO_ENROLLMENT_PREVIEW | &command::CREDENTIAL_MANAGEMENT_PREVIEW)
        );
        if preview && !self.profile.has_version("FIDO_2_1_PRE") {
            return Err(Status::INVALID_COMMAND);
        }
        Request::decode(request)
    }

    async fn answer(&mut self, request: Request, transport: Transport) -> Result<Response, Status> {
        let now = self.platform.clock.uptime();
        self.state.token.take_if(|token| !token.observe(now));
        // A command in between ends what a stateful command remembered (§6).
        if !matches!(request, Request::GetNextAssertion) {
            self.state.assertions = None;
        }
        if !matches!(request, Request::CredentialManagement(_)) {
            self.state.enumeration = None;
        }
        match request {
            Request::MakeCredential(request) => {
                self.make_credential(request).await.map(Response::MakeCredential)
            }
            Request::GetAssertion(request) => self.get_assertion(request).await.map(Response::GetAssertion),
            Request::GetNextAssertion => self.get_next_assertion().map(Response::GetAssertion),
            Request::GetInfo => self.get_info().map(Response::GetInfo),
            Request::ClientPin(request) => self.client_pin(request).await.map(Response::ClientPin),
            Request::CredentialManagement(request) => {
                self.credential_management(request).map(Response::CredentialManagement)
            }
            Request::Selection => self.selection().await.map(|()| Response::Empty),
            Request::BioEnrollment(request) => {
                self.bio_enrollment(request).await.map(Response::BioEnrollment)
            }
            Request::LargeBlobs(request) => self.large_blobs(&request).map(Response::LargeBlobs),
            Request::AuthenticatorConfig(request) => {
                self.authenticator_config(&request).map(|()| Response::Empty)
            }
            Request::Reset => self.reset(transport).await.map(|()| Response::Empty),
        }
    }

    /// A zero-length pinUvAuthParam asks which key the person means (§6.1.2 step 1, §6.2.2 step 1): the
    /// status to end with.
    pub(crate) async fn select_by_touch(&self) -> Status {
        if let Err(status) = self.touch(Question::Select).await {
            return status;
        }
        match self.pin_is_set() {
            Ok(true) => Status::PIN_INVALID,
            Ok(false) => Status::PIN_NOT_SET,
            Err(status) => status,
        }
    }

    /// §6.1.2 step 11.1 and §6.2.2 step 6.1: the token's proof over the client data hash, its permission,
    /// its RP ID and its user-verified flag. Says whether the token brought user presence along.
    pub(crate) fn verify_token(
        &mut self,
        version: Version,
        client_data_hash: &[u8; 32],
        param: &[u8],
        permission: u8,
        rp_id: &str,
    ) -> Result<Touch, Status> {
        let token = self.state.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.verify(version, client_data_hash, param, permission)?;
        token.authorize(rp_id)?;
        Ok(if token.user_present() { Touch::Given } else { Touch::Needed })
    }

    /// The token's proof over `message` for a command that is not about one site (§6.7 to §6.11).
    ///
    /// # Errors
    /// `PUAT_REQUIRED` without a proof, `MISSING_PARAMETER` or `INVALID_PARAMETER` for the protocol, and
    /// `PIN_AUTH_INVALID`.
    pub(crate) fn verify_proof(
        &mut self,
        message: &[u8],
        param: Option<&[u8]>,
        protocol: Option<u64>,
        permission: u8,
    ) -> Result<(), Status> {
        let param = param.ok_or(Status::PUAT_REQUIRED)?;
        let version = pin_token::protocol(protocol)?;
        let token = self.state.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.verify(version, message, param, permission)
    }

    /// §6.1.2 step 2 and §6.2.2 step 2. CTAP 2.0 knows protocol one alone, and another status.
    pub(crate) fn token_protocol(
        &self,
        param: Option<&[u8]>,
        protocol: Option<u64>,
    ) -> Result<Option<Version>, Status> {
        let version = param.map(|_| pin_token::protocol(protocol)).transpose();
        match version {
            Err(_) | Ok(Some(Version::Two)) if self.profile.is_before_2_1() => Err(Status::PIN_AUTH_INVALID),
            version => version,
        }
    }

    /// §6.1.2 step 12 and §6.2.2 step 7: a list within what getInfo states. CTAP 2.0 states nothing, so that no
    /// platform could know better.
    pub(crate) fn check_list(&self, list: &[Descriptor]) -> Result<(), Status> {
        if self.profile.is_before_2_1() {
            return Ok(());
        }
        let limits = &self.profile.limits;
        let fits = list.len() as u64 <= limits.credential_count_in_list
            && list.iter().all(|entry| entry.id.len() as u64 <= limits.credential_id_length);
        if fits { Ok(()) } else { Err(Status::LIMIT_EXCEEDED) }
    }

    /// Whether the platform gets further with a token: a PIN is set, and may be used here (§6.1.2 step 7).
    pub(crate) fn takes_tokens(&self) -> Result<bool, Status> {
        Ok(self.pin_is_set()? && !self.profile.features.no_mc_ga_permissions_with_client_pin)
    }

    /// Whether a PIN is set.
    pub(crate) fn pin_is_set(&self) -> Result<bool, Status> {
        Ok(self.platform.store.state()?.pin.is_some())
    }

    /// Whether the key itself can verify the person now (`uv`).
    pub(crate) fn verifies(&self) -> Result<bool, Status> {
        Ok(self.profile.verifies(self.platform.store.state()?.fingerprints.len()))
    }

    /// Whether `alwaysUv` holds (§7.2).
    pub(crate) fn always_verifies(&self) -> Result<bool, Status> {
        Ok(self.profile.always_uv(&*self.platform.store.state()?) == Some(true))
    }

    /// "Protected by some form of user verification" (§2): a PIN is set, or verification is built in.
    pub(crate) fn is_protected(&self) -> Result<bool, Status> {
        Ok(self.verifies()? || self.pin_is_set()?)
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::KEY_STORE_FULL,
            StoreError::Locked => Self::OPERATION_DENIED,
            StoreError::Failed(_) => Self::OTHER,
        }
    }
}
