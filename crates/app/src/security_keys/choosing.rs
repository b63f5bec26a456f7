//! Which key a request means.

use super::{FoundKey, KeyRequest, OpenKey, finding, naming::Marks, opening};
use crate::error::{AppError, Code};

/// How an address begins that a key may stand at without being found.
const ADDRESSES: [&str; 4] = ["tcp:", "unix:", "pcsc:", "/"];
/// How many digits of an id are enough to mean it.
const ENOUGH: usize = 4;

/// The keys that a request means: one, or, where it names none, all that are there.
pub(crate) async fn meant(marks: &Marks, request: &KeyRequest) -> Result<Vec<FoundKey>, AppError> {
    let Some(name) = &request.key else {
        let keys = finding::found().await;
        if keys.is_empty() {
            return Err(AppError::new(
                Code::DeviceGone,
                "No security key is plugged in.",
                "Plug one in and try again.",
            ));
        }
        return Ok(keys);
    };
    if is_socket(name) {
        return Ok(vec![finding::at(name).await]);
    }
    let keys = finding::found().await;
    let ways: [&dyn Fn(&FoundKey) -> bool; 4] = [
        &|key| key.id == *name || key.found.address == *name,
        &|key| marks.of(&key.id).label.is_some_and(|label| label.eq_ignore_ascii_case(name)),
        &|key| key.found.address.strip_prefix("pcsc:") == Some(name),
        &|key| name.len() >= ENOUGH && key.id.starts_with(&name.to_lowercase()),
    ];
    for way in ways {
        let of_this_name: Vec<_> = keys.iter().filter(|key| way(key)).cloned().collect();
        match of_this_name.len() {
            0 => {}
            1 => return Ok(of_this_name),
            _ => return Err(ambiguous(name, &of_this_name)),
        }
    }
    if ADDRESSES.iter().any(|way| name.starts_with(way)) {
        return Ok(vec![finding::at(name).await]);
    }
    Err(unknown(name, marks, &keys))
}

/// The one key that is meant: the only one, or the one that is touched.
pub(super) async fn one_of(mut keys: Vec<FoundKey>, request: &KeyRequest) -> Result<OpenKey, AppError> {
    if keys.len() == 1 {
        return opening::open(keys.remove(0), request).await;
    }
    touched(keys, request).await
}

/// The key that is touched. The others' requests are taken back.
pub(super) async fn touched(keys: Vec<FoundKey>, request: &KeyRequest) -> Result<OpenKey, AppError> {
    let found: Vec<_> = keys.iter().map(|key| key.found.clone()).collect();
    let touched = security_key::touched(&found, &request.progress).await;
    let touched = touched.map_err(|error| AppError::of_key("being chosen", error))?;
    let key = keys.into_iter().find(|key| key.found.identity == touched.found.identity);
    Ok(OpenKey {
        id: key.map(|key| key.id).unwrap_or_default(),
        found: touched.found,
        session: touched.session,
        info: touched.info.unwrap_or_else(opening::of_u2f),
        pin: request.pin.clone(),
    })
}

/// What the person can do something about, before what merely did not work.
pub(crate) fn most_telling(mut failures: Vec<AppError>) -> AppError {
    let order =
        [Code::WrongSecret, Code::PinNeeded, Code::Refused, Code::Usage, Code::NoPermission, Code::NotFound];
    let rank = |error: &AppError| order.iter().position(|code| *code == error.code).unwrap_or(order.len());
    failures.sort_by_key(rank);
    let told = failures.into_iter().next();
    told.unwrap_or_else(|| AppError::plain(Code::Failed, "The request to the key stopped unexpectedly."))
}

fn is_socket(name: &str) -> bool {
    ADDRESSES.iter().take(2).any(|way| name.starts_with(way))
}

fn ambiguous(name: &str, keys: &[FoundKey]) -> AppError {
    let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    AppError::new(
        Code::Usage,
        format!("{name} names several keys."),
        format!("Name one by its id: {}.", ids.join(", ")),
    )
}

fn unknown(name: &str, marks: &Marks, keys: &[FoundKey]) -> AppError {
    let ids: Vec<_> = keys
        .iter()
        .map(|key| {
            format!("{} ({})", key.id, marks.of(&key.id).label.unwrap_or_else(|| key.found.name.clone()))
        })
        .collect();
    let hint = if ids.is_empty() {
        "No security key is plugged in.".to_owned()
    } else {
        format!("The keys that are there: {}.", ids.join(", "))
    };
    AppError::new(Code::NotFound, format!("No key called {name} is plugged in."), hint)
}
