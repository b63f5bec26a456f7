//! A seeded world: the same seed and the same requests give the same responses.
//!
//! For the tests and benches of this workspace (feature `testing`).

mod manual_clock;
mod scripted_user;
mod seeded_rng;

pub use manual_clock::ManualClock;
pub use scripted_user::ScriptedUser;
pub use seeded_rng::SeededRng;

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use ctap::{Request, Response, Status};

use crate::{
    Authenticator, MemoryStore, Profile, Transport,
    platform::{Finger, Platform},
};

/// A key with every seam in the test's hands.
pub struct World {
    /// The key.
    pub key: Authenticator,
    /// Its person.
    pub user: Arc<ScriptedUser>,
    /// Its clock, starting at an uptime of zero.
    pub clock: Arc<ManualClock>,
    /// Its store.
    pub store: MemoryStore,
    /// The test's own randomness, independent of the key's.
    pub rng: SeededRng,
    /// Over what the test sends; USB where it does not say.
    pub transport: Transport,
}

/// A device-bound key that was just powered.
pub fn world(seed: u64) -> World {
    World::with_profile(seed, Profile::device_bound())
}

impl World {
    /// A key of this profile that was just powered.
    pub fn with_profile(seed: u64, profile: Profile) -> Self {
        let store = MemoryStore::with_capacity(profile.limits.discoverable_credentials);
        let finger = profile.has_sensor().then_some(Finger::RightIndex);
        let user = Arc::new(finger.map_or_else(ScriptedUser::default, ScriptedUser::touching));
        let clock = Arc::new(ManualClock::default());
        let rng = SeededRng::new(seed);
        let platform = Platform {
            user: user.clone(),
            store: Arc::new(store.clone()),
            clock: clock.clone(),
            rng: Arc::new(rng.split("key")),
        };
        Self {
            key: Authenticator::new(profile, platform),
            user,
            clock,
            store,
            rng: rng.split("test"),
            transport: Transport::Usb,
        }
    }

    /// One message and its answer, byte for byte.
    pub fn send(&mut self, message: &[u8]) -> Vec<u8> {
        now(self.key.handle(message, self.transport))
    }

    /// One request and its answer, over the wire's bytes.
    ///
    /// # Errors
    /// The status of the key.
    pub fn request(&mut self, request: &Request) -> Result<Response, Status> {
        let answer = self.send(&request.encode());
        Response::decode(request.command(), &answer)
    }
}

/// The output of a future that never has to wait for anything, as with a [`ScriptedUser`].
///
/// # Panics
/// Where it waits after all.
#[allow(clippy::panic)]
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}
