//! Texts of strangers, before they reach a terminal or a page.

/// Longer than any name in use.
const LONGEST: usize = 200;

/// Without control characters and without marks that turn the direction of writing, cut where it is too long; `None`
/// where nothing is left.
pub(crate) fn plain(text: &str) -> Option<String> {
    let turns = |letter: char| matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let letters = text.trim().chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter });
    let kept: String =
        letters.filter(|letter| !letter.is_control() && !turns(*letter)).take(LONGEST).collect();
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_steers_a_terminal_is_left_out() {
        assert_eq!(plain(" Key\u{1b}[31m\u{202e}5\n ").as_deref(), Some("Key[31m5"));
        assert_eq!(plain("\u{7}"), None);
        assert_eq!(plain(&"ä".repeat(1000)).unwrap().chars().count(), 200);
    }
}
