//! authenticatorSelection (§6.9).

use ctap::Status;

use crate::{Authenticator, platform::Question};

impl Authenticator {
    /// Is this the key the person means?
    pub(crate) async fn selection(&self) -> Result<(), Status> {
        self.touch(Question::Select).await.map(drop)
    }
}
