//! Giving out pinUvAuthTokens (§6.5.5.7).

use ctap::{
    Status,
    client_pin::{Request, Response},
    pin_protocol::{SharedSecret, Version},
};

use super::required;
use crate::{
    Authenticator,
    pin_token::{PinUvAuthToken, permission, protocol},
    platform::Question,
    user_verification::Unverified,
};

/// What getPinToken gives (§6.5.5.7.1).
const DEFAULT_PERMISSIONS: u8 = permission::MAKE_CREDENTIAL | permission::GET_ASSERTION;
/// Permissions of features that this key does not have.
const UNAUTHORIZED: u8 = permission::BIO_ENROLLMENT
    | permission::LARGE_BLOB_WRITE
    | permission::AUTHENTICATOR_CONFIGURATION
    | permission::PERSISTENT_CREDENTIAL_MANAGEMENT_READ_ONLY;
/// Permissions of features that it has.
const AUTHORIZED: u8 = DEFAULT_PERMISSIONS | permission::CREDENTIAL_MANAGEMENT;

impl Authenticator {
    /// getPinToken (§6.5.5.7.1)
    pub(super) fn pin_token(&mut self, request: &Request) -> Result<Response, Status> {
        let version = protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let pin_hash_enc = required(request.pin_hash_enc.as_deref())?;
        if request.permissions.is_some() || request.rp_id.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        self.ensure_pin_can_be_tried()?;
        let shared_secret = self.shared_secret(version, peer)?;
        self.check_pin(version, &shared_secret, pin_hash_enc)?;
        self.begin_token(version, DEFAULT_PERMISSIONS, None, false, &shared_secret)
    }

    /// getPinUvAuthTokenUsingPinWithPermissions (§6.5.5.7.2)
    pub(super) fn token_using_pin(&mut self, request: Request) -> Result<Response, Status> {
        let version = protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let pin_hash_enc = required(request.pin_hash_enc.as_deref())?;
        let permissions = permissions(required(request.permissions)?)?;
        self.ensure_pin_can_be_tried()?;
        let shared_secret = self.shared_secret(version, peer)?;
        self.check_pin(version, &shared_secret, pin_hash_enc)?;
        self.begin_token(version, permissions, request.rp_id, false, &shared_secret)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions (§6.5.5.7.3)
    pub(super) async fn token_using_uv(&mut self, request: Request) -> Result<Response, Status> {
        if !self.verifies()? {
            return Err(Status::INVALID_SUBCOMMAND);
        }
        let version = protocol(request.pin_uv_auth_protocol)?;
        let peer = required(request.key_agreement.as_ref())?;
        let permissions = permissions(required(request.permissions)?)?;
        let shared_secret = self.shared_secret(version, peer)?;
        let question = Question::Verify { rp_id: request.rp_id.clone(), permissions };
        self.perform_built_in_uv(question).await.map_err(|unverified| match unverified {
            Unverified::Ended(status) => status,
            Unverified::Blocked => Status::UV_BLOCKED,
            Unverified::Wrong => Status::UV_INVALID,
        })?;
        self.begin_token(version, permissions, request.rp_id, true, &shared_secret)
    }

    /// A new token, which takes the place of every other, encrypted for the platform.
    fn begin_token(
        &mut self,
        version: Version,
        permissions: u8,
        rp_id: Option<String>,
        user_present: bool,
        shared_secret: &SharedSecret,
    ) -> Result<Response, Status> {
        let (rng, now) = (&*self.platform.rng, self.platform.clock.uptime());
        let token = PinUvAuthToken::begin(version, permissions, rp_id, user_present, now, rng);
        let mut iv = [0; 16];
        rng.fill(&mut iv);
        let encrypted = shared_secret.encrypt(&iv, token.bytes())?;
        self.state.token = Some(token);
        Ok(Response { pin_uv_auth_token: Some(encrypted), ..Response::default() })
    }
}

/// The permissions parameter (§6.5.5.7.2 steps 3 and 4); bits without a meaning are ignored.
fn permissions(requested: u64) -> Result<u8, Status> {
    if requested == 0 {
        return Err(Status::INVALID_PARAMETER);
    }
    let [.., low] = requested.to_be_bytes();
    if low & UNAUTHORIZED != 0 {
        return Err(Status::UNAUTHORIZED_PERMISSION);
    }
    Ok(low & AUTHORIZED)
}
