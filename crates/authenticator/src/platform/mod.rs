//! What the authenticator needs from the world, one small trait per file.

mod clock;
mod rng;
mod sensor;
mod store;
mod user;

pub use clock::Clock;
pub use rng::Rng;
pub use sensor::{Finger, Quality};
pub use store::{Store, StoreError};
pub use user::{Answer, AnswerFuture, Question, User};

use std::sync::Arc;

/// The four seams together.
#[derive(Clone)]
pub struct Platform {
    /// The person.
    pub user: Arc<dyn User>,
    /// Credentials and persistent state.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
}
