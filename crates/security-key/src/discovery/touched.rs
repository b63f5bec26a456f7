use std::time::Duration;

use ctap::{
    Status,
    apdu::{self, StatusWord},
    get_info,
    hid::KeepaliveStatus,
    u2f,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::Found;
use crate::{Error, Key, Progress};

/// The key that was touched.
pub struct Touched {
    /// Which it is.
    pub found: Found,
    /// The conversation with it.
    pub session: Key,
    /// What it says about itself; `None` for a key that speaks U2F alone.
    pub info: Option<get_info::Response>,
}

/// How often a key of U2F is asked whether it was touched: it does not wait by itself.
const POLL: Duration = Duration::from_millis(200);
/// And for how long: as keys of CTAP2 wait (§6.9).
const LIMIT: Duration = Duration::from_secs(30);

/// Waits until one of these keys is touched; the requests to the others are taken back. A card on a reader counts as
/// touched, having been put there. Nothing stays on any key.
///
/// # Errors
/// Where no key is left that could be touched: of what went wrong, that which somebody can do something about. None at
/// all is [`Error::Gone`].
pub async fn touched(keys: &[Found], progress: &Progress) -> Result<Touched, Error> {
    let mut waiting = JoinSet::new();
    for key in keys {
        waiting.spawn(wait_for(key.clone(), progress.clone()));
    }
    let mut failure = Error::Gone("no key is there".to_owned());
    while let Some(done) = waiting.join_next().await {
        match done {
            Ok(Ok(touched)) => {
                // Not merely dropped: the others' requests are taken back before anything else happens.
                waiting.shutdown().await;
                return Ok(touched);
            }
            Ok(Err(error)) if telling(&error) >= telling(&failure) => failure = error,
            _ => {}
        }
    }
    Err(failure)
}

async fn wait_for(found: Found, progress: Progress) -> Result<Touched, Error> {
    let mut session = found.open(progress.clone()).await?;
    let info = match session.info().await {
        Ok(info) => {
            session.select(&info).await?;
            Some(info)
        }
        Err(error) if speaks_u2f_alone(&error) => {
            progress(KeepaliveStatus::UpNeeded);
            poll(&mut session).await?;
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Touched { found, session, info })
}

/// A key of U2F's time says that it knows no CTAPHID_CBOR, or answers it by an error.
fn speaks_u2f_alone(error: &Error) -> bool {
    use ctap::hid::Error as HidError;
    matches!(
        error,
        Error::Unsupported(_)
            | Error::Refused(HidError::INVALID_CMD)
            | Error::Status(Status::INVALID_COMMAND)
    )
}

/// Registers at no site, again and again, until the key answers that somebody was there. U2F keys keep nothing of it.
async fn poll(session: &mut Key) -> Result<(), Error> {
    let register = u2f::Request::Register { challenge: [0; 32], application: [0; 32] }.encode();
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        let answer = session.message(register.clone()).await?;
        match apdu::Response::decode(&answer).map(|response| response.status) {
            Some(StatusWord::SUCCESS) => return Ok(()),
            Some(StatusWord::CONDITIONS_NOT_SATISFIED) => sleep(POLL).await,
            Some(other) => return Err(Error::StatusWord(other)),
            None => return Err(Error::U2fAnswer),
        }
    }
    Err(Error::Status(Status::USER_ACTION_TIMEOUT))
}

/// Of several failures, which one says most to the person.
fn telling(error: &Error) -> u8 {
    match error {
        Error::Gone(_) => 0,
        Error::Unsupported(_) | Error::Answer(..) | Error::Refused(_) | Error::Garbled(_) => 1,
        Error::NoPermission(_) | Error::Busy => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{bench::shipped, hid::tests::key_of};

    fn nobody() -> Progress {
        Arc::new(|_| ())
    }

    #[tokio::test]
    async fn a_key_of_any_generation_is_the_one_that_was_touched() {
        for name in ["device-bound", "ctap20-only", "u2f-only"] {
            let (_one, untouched, _) = key_of(shipped("device-bound"), false);
            let (_other, address, _) = key_of(shipped(name), true);
            let keys = [Found::at(&untouched), Found::at(&address)];
            let touched = touched(&keys, &nobody()).await.unwrap();
            assert_eq!(touched.found.address, address, "{name}");
            assert_eq!(touched.info.is_none(), name == "u2f-only");
            // A key that still waits for its person is busy.
            let mut other = Found::at(&untouched).open(nobody()).await.unwrap();
            assert!(other.info().await.is_ok(), "the other is not asked any more");
        }
    }

    #[tokio::test]
    async fn a_key_that_fails_does_not_stand_in_the_way_and_the_last_one_is_told() {
        let (_key, address, _) = key_of(shipped("device-bound"), true);
        let gone = Found::at("tcp:127.0.0.1:1");
        let keys = [gone.clone(), Found::at(&address)];
        assert_eq!(touched(&keys, &nobody()).await.unwrap().found.address, address);
        assert!(matches!(touched(&[gone], &nobody()).await, Err(Error::Gone(_))));
    }

    #[tokio::test]
    async fn a_key_of_u2f_that_nobody_touches_is_asked_on() {
        let (_key, address, _) = key_of(shipped("u2f-only"), false);
        let keys = [Found::at(&address)];
        let progress = nobody();
        let waiting = touched(&keys, &progress);
        assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.is_err());
    }
}
