use authenticator::{
    Authenticator, Credential, MemoryStore, Profile, Transport,
    platform::{Platform, Store},
};
use security_key::{InProcess, Session};
use std::sync::Arc;
use tokio::sync::Mutex;
use webauthn::{
    authentication::{AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON},
    client::{Authentication, Capabilities, Registration},
    registration::{PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON},
};

use crate::{
    error::{AppError, Code, sentence},
    keys::Fixed,
    platform::{SystemClock, SystemRng},
};

/// A device with a key in it, and the browser's part in front of it.
pub(super) struct Device {
    store: MemoryStore,
    session: Session<InProcess>,
}

impl Device {
    /// A new device with nothing on it.
    pub(super) fn new(profile: &Profile) -> Self {
        let store = MemoryStore::with_capacity(profile.limits.discoverable_credentials);
        let platform = Platform {
            user: Arc::new(Fixed::approving(profile)),
            store: Arc::new(store.clone()),
            clock: Arc::new(SystemClock::powered_now()),
            rng: Arc::new(SystemRng),
        };
        let key = Arc::new(Mutex::new(Authenticator::new(profile.clone(), platform)));
        let session = Session::new(InProcess::new(move |request| {
            let key = Arc::clone(&key);
            async move { key.lock().await.handle(&request, Transport::Usb).await }
        }));
        Self { store, session }
    }

    /// A device that holds a copy of everything on `other`.
    pub(super) fn copy_of(other: &Self, profile: &Profile) -> Result<Self, AppError> {
        let copy = Self::new(profile);
        for credential in other.credentials()? {
            copy.store.add(&credential, &[]).map_err(failed)?;
        }
        Ok(copy)
    }

    /// What it holds.
    pub(super) fn credentials(&self) -> Result<Vec<Credential>, AppError> {
        self.store.all().map_err(failed)
    }

    /// Says of everything on it that a copy exists elsewhere: from now on BS is 1.
    pub(super) fn confirm_backup(&self) -> Result<(), AppError> {
        for credential in self.credentials()? {
            self.store.update(&credential.id, &mut |stored| stored.backup_state = true).map_err(failed)?;
        }
        Ok(())
    }

    /// `navigator.credentials.create()` on this device.
    pub(super) async fn create(
        &mut self,
        options: &PublicKeyCredentialCreationOptionsJSON,
        origin: &str,
    ) -> Result<RegistrationResponseJSON, AppError> {
        let (capabilities, transports) = self.capabilities().await?;
        let ceremony = Registration::begin(options, origin, capabilities).map_err(refused)?;
        let response = self.session.make_credential(ceremony.request.clone()).await.map_err(explain)?;
        ceremony.finish(response, &transports).map_err(refused)
    }

    /// `navigator.credentials.get()` on this device.
    pub(super) async fn get(
        &mut self,
        options: &PublicKeyCredentialRequestOptionsJSON,
        origin: &str,
    ) -> Result<AuthenticationResponseJSON, AppError> {
        let (capabilities, _) = self.capabilities().await?;
        let ceremony = Authentication::begin(options, origin, capabilities).map_err(refused)?;
        let response = self.session.get_assertion(ceremony.request.clone()).await.map_err(explain)?;
        Ok(ceremony.finish(response))
    }

    async fn capabilities(&mut self) -> Result<(Capabilities, Vec<String>), AppError> {
        let info = self.session.info().await.map_err(explain)?;
        let option = |name: &str| info.options.iter().any(|(id, set)| id == name && *set);
        Ok((Capabilities { discoverable: option("rk"), user_verification: option("uv") }, info.transports))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn failed(error: authenticator::platform::StoreError) -> AppError {
    AppError::plain(Code::Failed, format!("The key's memory failed: {error:?}."))
}

fn refused(error: webauthn::client::Error) -> AppError {
    AppError::plain(Code::Failed, sentence(&error))
}

fn explain(error: security_key::Error) -> AppError {
    AppError::of_key("the ceremony", error)
}
