//! What a person reads of a failure.

use security_key::Error;

/// An error in whole sentences: what happened, and where there is something to do, what.
pub(crate) fn said(error: &Error) -> String {
    let told = error.to_string();
    for sentence in [Some(told.as_str()), error.hint()].into_iter().flatten() {
        let capital = sentence.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit());
        assert!(capital && sentence.ends_with('.'), "{error:?} is no sentence: {sentence}");
        assert!(!sentence.contains("  ") && !sentence.contains(".."), "{sentence}");
    }
    told
}
