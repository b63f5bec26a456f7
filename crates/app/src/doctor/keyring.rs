use super::Finding;
use crate::error::sentence;

/// Whether a Secret Service answers.
pub(super) fn examine() -> Finding {
    match ::vault::ask_keyring() {
        Ok(()) => Finding::good("keyring", "The keyring answers."),
        Err(error) => Finding::trouble(
            "keyring",
            format!("{} The vault opens by its other ways in.", sentence(&error)),
            &[error.hint()],
        ),
    }
}
