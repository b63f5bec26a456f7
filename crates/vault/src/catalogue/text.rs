//! Text as it is searched: without case and accents.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::Zeroizing;

use super::Shown;

/// Stands around tags, and nowhere else.
const TAG: char = '\u{1f}';

/// Compatibility-decomposed, without marks, in lower case, with a plain space for every other.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(text.len() * 2));
    add(&mut folded, text);
    folded
}

/// As it stands in the text of a passkey.
pub(super) fn tag(tag: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::from(TAG));
    add(&mut folded, tag.trim());
    folded.push(TAG);
    folded
}

impl Shown {
    /// All of it, and where the account's name begins.
    pub(super) fn text(&self) -> (Zeroizing<String>, usize) {
        let mut text = fold(&self.rp_id);
        let mut line = |part: Option<&str>| {
            text.push('\n');
            let at = text.len();
            add(&mut text, part.unwrap_or_default());
            at
        };
        line(self.rp_name.as_deref());
        let account = line(self.user_name.as_deref());
        line(self.user_display_name.as_deref());
        line(self.notes.as_deref());
        line(None);
        for of in &self.tags {
            text.push_str(&tag(of));
        }
        // As long as it must be: there may be many.
        (Zeroizing::new(text.as_str().to_owned()), account)
    }
}

fn add(folded: &mut String, text: &str) {
    if text.is_ascii() {
        folded.extend(text.chars().map(|letter| plain(letter.to_ascii_lowercase())));
        return;
    }
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ß' | 'ẞ' => folded.push_str("ss"),
            letter => folded.extend(letter.to_lowercase().map(plain)),
        }
    }
}

fn plain(letter: char) -> char {
    if letter.is_whitespace() || letter.is_control() { ' ' } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_widths_do_not_matter() {
        for (written, folded) in [
            ("Café GROẞE Straße", "cafe grosse strasse"),
            ("Ångström\tÉCOLE", "angstrom ecole"),
            ("ＦＵＬＬ ﬁle", "full file"),
            ("Пароль Ёлка", "пароль елка"),
            ("e\u{301}", "e"),
        ] {
            assert_eq!(fold(written).as_str(), folded);
        }
    }
}
