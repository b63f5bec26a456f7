//! A key that is open.

use ctap::{Status, get_info, hid};
use secrecy::SecretString;
use security_key::{Error, Found, Key, Progress};

use super::{FoundKey, KeyRequest, choosing};
use crate::{
    App,
    error::{AppError, Code},
    trace::Recording,
};

/// A key that is open. It is bound to the key that was there when it was opened, not to its address: one that is
/// unplugged answers nothing more, whatever stands there next.
pub struct OpenKey {
    /// What the bus says of it.
    pub found: Found,
    /// Its id, as [`FoundKey::id`].
    pub id: String,
    /// The conversation with it.
    pub session: Key,
    /// What it says about itself; of a key that knows U2F alone, that.
    pub info: get_info::Response,
    /// Its PIN, where the request brought it or a face asked for it since.
    pub pin: Option<SecretString>,
}

/// What getInfo names U2F among its versions (CTAP 2.3 §6.4).
pub(crate) const U2F: &str = "U2F_V2";

impl App {
    /// Opens the key that is meant. Where the request names none and several are there, each waits for a touch, and the
    /// one that is touched is meant.
    ///
    /// # Errors
    /// `not-found` with the ids that are there, `usage` where several are meant, `device-gone`, `no-permission`, `busy`,
    /// `refused`.
    pub async fn open_key(&self, request: &KeyRequest) -> Result<OpenKey, AppError> {
        self.cancellable(async {
            let key = choosing::one_of(self.meant_keys(request).await?, request).await?;
            recorded(key, request).await
        })
        .await
    }

    /// Opens the key that is touched, of those that are meant, also where it is the only one.
    ///
    /// # Errors
    /// As [`App::open_key`].
    pub async fn select_key(&self, request: &KeyRequest) -> Result<OpenKey, AppError> {
        self.cancellable(async { choosing::touched(self.meant_keys(request).await?, request).await }).await
    }

    /// Takes the request to a security key back that is under way, if one is.
    pub fn cancel_security_key(&self) {
        self.key_cancelled.notify_waiters();
    }

    /// The keys that a request means: one, or, where it names none, all that are there.
    pub(crate) async fn meant_keys(&self, request: &KeyRequest) -> Result<Vec<FoundKey>, AppError> {
        choosing::meant(&self.key_marks()?, request).await
    }

    pub(crate) async fn cancellable<T>(
        &self,
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        tokio::select! {
            done = work => done,
            () = self.key_cancelled.notified() => {
                Err(AppError::plain(Code::Refused, "You took the request back; nothing was changed."))
            }
        }
    }

    /// Has the key show itself, by its light mostly.
    ///
    /// # Errors
    /// As [`App::open_key`]; `failed` for a key that cannot.
    pub async fn wink_key(&self, key: &mut OpenKey) -> Result<(), AppError> {
        self.cancellable(async {
            key.session.wink().await.map_err(|error| AppError::of_key("showing itself", error))
        })
        .await
    }
}

impl OpenKey {
    /// Whether it knows more than U2F.
    pub fn speaks_ctap2(&self) -> bool {
        self.info.versions.iter().any(|version| version.starts_with("FIDO_2"))
    }
}

/// Has what passes recorded from now on, where the request wants that, beginning with getInfo.
async fn recorded(mut key: OpenKey, request: &KeyRequest) -> Result<OpenKey, AppError> {
    if let Some(options) = &request.trace {
        let recording = Recording::of_security_key(options, &key.found.name)?;
        key.session.tap(recording.tap_security_key(key.found.medium));
        if key.speaks_ctap2() {
            key.info = key.session.info().await.map_err(|error| AppError::of_key("being asked", error))?;
        }
    }
    Ok(key)
}

/// Opens a key that was found.
pub(crate) async fn open(key: FoundKey, request: &KeyRequest) -> Result<OpenKey, AppError> {
    let opened = session(&key.found, &request.progress).await;
    let (session, info) = opened.map_err(|error| AppError::of_key("being opened", error))?;
    Ok(OpenKey { found: key.found, id: key.id, session, info, pin: request.pin.clone() })
}

/// A session with this very key, and what it says about itself.
pub(super) async fn session(found: &Found, progress: &Progress) -> Result<(Key, get_info::Response), Error> {
    let mut session = found.open(progress.clone()).await?;
    let info = match session.info().await {
        // A key of U2F's time knows no CTAPHID_CBOR, and a card's applet no such instruction.
        Err(
            Error::Refused(hid::Error::INVALID_CMD)
            | Error::Status(Status::INVALID_COMMAND)
            | Error::Unsupported(_),
        ) => of_u2f(),
        told => told?,
    };
    Ok((session, info))
}

/// What a key that knows U2F alone would say about itself.
pub(super) fn of_u2f() -> get_info::Response {
    get_info::Response { versions: vec![U2F.to_owned()], ..Default::default() }
}
