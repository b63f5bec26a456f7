//! Giving out pinUvAuthTokens (§6.5.5.7).

use ctap::{
    Status,
    client_pin::{Request, Response},
    pin_protocol::{SharedSecret, Version},
};

use super::required;
use crate::{
    Authenticator,
    pin_token::{PinUvAuthToken, permission},
    platform::Question,
    user_verification::Unverified,
};

/// What getPinToken gives (§6.5.5.7.1).
const DEFAULT_PERMISSIONS: u8 = permission::MAKE_CREDENTIAL | permission::GET_ASSERTION;
/// Every permission that has a meaning.
const ALL: u8 = DEFAULT_PERMISSIONS
    | permission::CREDENTIAL_MANAGEMENT
    | permission::BIO_ENROLLMENT
    | permission::LARGE_BLOB_WRITE
    | permission::AUTHENTICATOR_CONFIGURATION
    | permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;

/// How the person is verified for a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Pin,
    BuiltIn,
}

impl Authenticator {
    /// getPinToken (§6.5.5.7.1)
    pub(super) fn pin_token(&mut self, request: &Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let pin_hash_enc = required(request.pin_hash_enc.as_deref())?;
        if request.permissions.is_some() || request.rp_id.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        let permissions = self.permissions(DEFAULT_PERMISSIONS.into(), By::Pin)?;
        self.ensure_pin_can_be_tried()?;
        let shared_secret = self.shared_secret(version, peer)?;
        self.check_pin(version, &shared_secret, pin_hash_enc)?;
        // Older platforms know no status that says why; this one makes them tell that the PIN does not do.
        if self.platform.store.state()?.force_pin_change {
            return Err(Status::PIN_INVALID);
        }
        self.begin_token(version, permissions, None, false, &shared_secret)
    }

    /// getPinUvAuthTokenUsingPinWithPermissions (§6.5.5.7.2)
    pub(super) fn token_using_pin(&mut self, request: Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let pin_hash_enc = required(request.pin_hash_enc.as_deref())?;
        let permissions = self.permissions(required(request.permissions)?, By::Pin)?;
        self.ensure_pin_can_be_tried()?;
        let shared_secret = self.shared_secret(version, peer)?;
        self.check_pin(version, &shared_secret, pin_hash_enc)?;
        if self.platform.store.state()?.force_pin_change {
            return Err(Status::PIN_POLICY_VIOLATION);
        }
        self.begin_token(version, permissions, request.rp_id, false, &shared_secret)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions (§6.5.5.7.3)
    pub(super) async fn token_using_uv(&mut self, request: Request) -> Result<Response, Status> {
        let version = self.protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let permissions = self.permissions(required(request.permissions)?, By::BuiltIn)?;
        // Nothing is enrolled.
        if !self.verifies()? {
            return Err(Status::NOT_ALLOWED);
        }
        let shared_secret = self.shared_secret(version, peer)?;
        let question = Question::Verify { rp_id: request.rp_id.clone(), permissions };
        self.perform_built_in_uv(question).await.map_err(|unverified| match unverified {
            Unverified::Ended(status) => status,
            Unverified::Blocked => Status::UV_BLOCKED,
            Unverified::Wrong => Status::UV_INVALID,
        })?;
        self.begin_token(version, permissions, request.rp_id, true, &shared_secret)
    }

    /// The permissions parameter (§6.5.5.7.2 steps 3 and 4); bits without a meaning are ignored.
    fn permissions(&self, requested: u64, by: By) -> Result<u8, Status> {
        if requested == 0 {
            return Err(Status::INVALID_PARAMETER);
        }
        let [.., low] = requested.to_be_bytes();
        let requested = low & ALL;
        let alone = permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
        if requested & !self.grantable(by) != 0 || (requested & alone != 0 && requested != alone) {
            return Err(Status::UNAUTHORIZED_PERMISSION);
        }
        Ok(requested)
    }

    /// The permissions of the features that this key has.
    fn grantable(&self, by: By) -> u8 {
        let features = &self.profile.features;
        let bits = |has: bool, permissions: u8| if has { permissions } else { 0 };
        bits(by == By::BuiltIn || !features.no_mc_ga_permissions_with_client_pin, DEFAULT_PERMISSIONS)
            | bits(features.credential_management, permission::CREDENTIAL_MANAGEMENT)
            | bits(self.profile.has_sensor(), permission::BIO_ENROLLMENT)
            | bits(features.large_blobs, permission::LARGE_BLOB_WRITE)
            | bits(features.authenticator_config, permission::AUTHENTICATOR_CONFIGURATION)
            | bits(
                features.persistent_read_only_token,
                permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY,
            )
    }

    /// A new token, which takes the place of every other, encrypted for the platform. The persistent token
    /// stands beside it and is the same each time.
    fn begin_token(
        &mut self,
        version: Version,
        permissions: u8,
        rp_id: Option<String>,
        user_present: bool,
        shared_secret: &SharedSecret,
    ) -> Result<Response, Status> {
        let (rng, now) = (&*self.platform.rng, self.platform.clock.uptime());
        let mut iv = [0; 16];
        rng.fill(&mut iv);
        let encrypted = if permissions == permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY {
            shared_secret.encrypt(&iv, &*self.persistent_token()?)?
        } else {
            let token = PinUvAuthToken::begin(version, permissions, rp_id, user_present, now, rng);
            let encrypted = shared_secret.encrypt(&iv, token.bytes())?;
            self.state.token = Some(token);
            encrypted
        };
        Ok(Response { pin_uv_auth_token: Some(encrypted), ..Response::default() })
    }
}
