//! A key of this project in the test's hands, with a session over it that counts messages.

use std::sync::{Arc, Mutex, MutexGuard};

use authenticator::{
    Authenticator, Profile,
    fault::Faults,
    platform::{Platform, Store},
    state::PersistentState,
    testing::{ScriptedUser, World, now},
};
use ctap::{
    cose,
    entity::{RelyingParty, User},
    extension::MakeCredentialInputs,
    get_info, make_credential,
    make_credential::Options,
};
use sha2::{Digest, Sha256};

use crate::{InProcess, Permissions, Pin, Proof, Session, token::states};

pub(crate) const PIN: &str = "p\u{e9}ril";
const HASH: [u8; 32] = [7; 32];

pub(crate) struct Bench {
    pub(crate) session: Session<InProcess>,
    world: Arc<Mutex<World>>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    after: Arc<Mutex<After>>,
}

/// What happens to the key behind each message.
type After = Box<dyn FnMut(&mut World, &[u8]) + Send>;

impl Bench {
    pub(crate) fn new(profile: Profile) -> Self {
        let world = Arc::new(Mutex::new(World::with_profile(1, profile)));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let after: Arc<Mutex<After>> = Arc::new(Mutex::new(Box::new(|_, _| {})));
        let (key, ears, then) = (Arc::clone(&world), Arc::clone(&heard), Arc::clone(&after));
        let session = Session::new(InProcess::new(move |request: Vec<u8>| {
            ears.lock().unwrap().push(request.clone());
            let mut key = key.lock().unwrap();
            let answer = key.send(&request);
            then.lock().unwrap()(&mut key, &request);
            std::future::ready(answer)
        }));
        Self { session, world, heard, after }
    }

    pub(crate) fn of(profile: &str) -> Self {
        Self::new(shipped(profile))
    }

    /// One with [`PIN`] set.
    pub(crate) fn with_pin(profile: &str) -> Self {
        let mut bench = Self::of(profile);
        let info = bench.info();
        now(bench.session.set_pin(&info, &pin(PIN))).unwrap();
        bench
    }

    pub(crate) fn user(&self) -> Arc<ScriptedUser> {
        Arc::clone(&self.world().user)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(crate) fn info(&mut self) -> get_info::Response {
        now(self.session.info()).unwrap()
    }

    /// The messages since the last call, command byte first.
    pub(crate) fn take_heard(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// Power goes and comes.
    pub(crate) fn replug(&self) {
        self.replug_with(&[]);
    }

    /// Power goes and comes, and the key misbehaves from then on.
    pub(crate) fn replug_with(&self, faults: &[&str]) {
        let mut world = self.world();
        let platform = Platform {
            user: world.user.clone(),
            store: Arc::new(world.store.clone()),
            clock: world.clock.clone(),
            rng: Arc::new(world.rng.split("replug")),
        };
        let on = Faults::default();
        for fault in faults {
            on.set(fault.parse().unwrap());
        }
        world.key = Authenticator::new(world.key.profile().clone(), platform).with_faults(on);
    }

    /// Has something happen to the key behind each message.
    pub(crate) fn after_each(&self, after: impl FnMut(&mut World, &[u8]) + Send + 'static) {
        *self.after.lock().unwrap() = Box::new(after);
    }

    pub(crate) fn change_state(&self, change: impl Fn(&mut PersistentState)) {
        self.world().store.update_state(&mut |state| change(state)).unwrap();
    }

    /// A discoverable credential; its id.
    pub(crate) fn register(&mut self, rp_id: &str, name: &str) -> Vec<u8> {
        let info = self.info();
        let token = states(&info, "clientPin").then(|| {
            let permissions = Permissions::MAKE_CREDENTIAL;
            now(self.session.token(&info, &right(), permissions, Some(rp_id))).unwrap()
        });
        let asked = make_credential::Request {
            client_data_hash: HASH,
            rp: RelyingParty { id: rp_id.to_owned(), name: None },
            user: user(name),
            algorithms: vec![cose::ES256],
            exclude_list: vec![],
            extensions: MakeCredentialInputs { large_blob_key: Some(true), ..Default::default() },
            options: Options { rk: Some(true), ..Options::default() },
            pin_uv_auth_param: token.as_ref().map(|token| token.prove(&HASH)),
            pin_uv_auth_protocol: token.as_ref().map(crate::Token::protocol),
            enterprise_attestation: None,
            attestation_formats_preference: vec![],
        };
        let made = now(self.session.make_credential(asked)).unwrap();
        let data = ctap::auth_data::AuthenticatorData::decode(&made.auth_data).unwrap();
        data.attested.unwrap().credential_id
    }
}

pub(crate) fn shipped(name: &str) -> Profile {
    Profile::shipped().find(|profile| profile.name == name).unwrap().clone()
}

pub(crate) fn pin(typed: &str) -> Pin {
    Pin::existing(&typed.into()).unwrap()
}

/// The right PIN.
pub(crate) fn right() -> Proof {
    Proof::Pin(pin(PIN))
}

/// An account whose handle follows from its name.
pub(crate) fn user(name: &str) -> User {
    let id = Sha256::digest(name).to_vec();
    User { id, name: Some(name.to_owned()), display_name: Some(name.to_uppercase()) }
}
