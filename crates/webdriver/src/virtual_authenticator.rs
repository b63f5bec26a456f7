use std::sync::Arc;

use authenticator::{
    MemoryStore,
    fault::Faults,
    platform::{Clock, Platform, StoreError},
};
use virtual_key::{Link, Running, VirtualKey};

use crate::{
    Config, Reach, authenticator_configuration::AuthenticatorConfiguration, person::Person, problem::Problem,
};

/// A running key: gone, with its credentials, when it is dropped.
pub(crate) struct VirtualAuthenticator {
    pub(crate) configuration: AuthenticatorConfiguration,
    pub(crate) person: Arc<Person>,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<dyn Clock>,
    running: Running,
    addresses: Vec<String>,
}

impl VirtualAuthenticator {
    /// Starts a key. When this returns, programs may connect.
    ///
    /// # Errors
    /// `unknown error` where the key cannot be reached as the endpoint was started, with what to do about it.
    pub(crate) fn start(
        configuration: AuthenticatorConfiguration,
        id: &str,
        config: &Config,
    ) -> Result<Self, Problem> {
        let profile = configuration.profile();
        let person = Arc::new(Person::new(configuration.is_user_consenting, configuration.is_user_verified));
        let store = MemoryStore::with_capacity(profile.limits.discoverable_credentials);
        let clock = (config.clock)();
        let platform = Platform {
            user: person.clone(),
            store: Arc::new(store.clone()),
            clock: clock.clone(),
            rng: config.rng.clone(),
        };
        let running = VirtualKey::start(virtual_key::Config {
            profile,
            platform,
            links: vec![config.reach.link(id)],
            serial: id.to_owned(),
            observer: None,
            tap: None,
            allow_remote: false,
            faults: Faults::default(),
        })
        .map_err(|error| unreachable_key(&error))?;
        let addresses = running.addresses().iter().map(ToString::to_string).collect();
        Ok(Self { configuration, person, store, clock, running, addresses })
    }

    /// Where programs reach it.
    pub(crate) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Why it stopped by itself, if it did.
    pub(crate) fn failure(&self) -> Option<String> {
        self.running.failure().map(|error| error.to_string())
    }
}

impl Reach {
    fn link(&self, id: &str) -> Link {
        match self {
            Self::Uhid => Link::Uhid,
            Self::Tcp(address) => Link::Tcp(*address),
            Self::Unix(folder) => Link::Unix(folder.join(format!("{id}.sock"))),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::unknown_error(match error {
            StoreError::Full => "The virtual authenticator is full. Remove credentials first.".to_owned(),
            StoreError::Locked => "The store is locked.".to_owned(),
            StoreError::Failed(reason) => reason,
        })
    }
}

fn unreachable_key(error: &virtual_key::Error) -> Problem {
    let hint = error.hint().map(|hint| format!(" {hint}")).unwrap_or_default();
    Problem::unknown_error(format!("{error}{hint}"))
}
