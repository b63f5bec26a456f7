//! Texts that other people chose, made fit to be shown: the names of sites and accounts on a key, of fingerprints, and
//! what a device calls itself. Whoever wrote them may want a screen to say something else than what stands there.

/// The most characters that are shown of one text. Names on keys have 64 bytes (CTAP 2.3 §6.8.7).
const LONGEST: usize = 128;
/// Sets what follows apart from the direction of the text around it, by its own first letter, until [`POP_ISOLATE`].
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// The text on one line: without control characters, marks of direction, and characters that take no room; white space
/// as single spaces; 128 characters at most, the last of them `…` where there were more. Text that runs from right to
/// left is isolated, so that what stands beside it keeps its place (Unicode Standard Annex #9 §2.4).
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    let mut length = 0;
    let mut space_due = false;
    for character in text.chars() {
        if is_space(character) {
            space_due = !shown.is_empty();
        } else if !is_hidden(character) {
            if length + usize::from(space_due) >= LONGEST {
                shorten(&mut shown);
                break;
            }
            if space_due {
                shown.push(' ');
                length += 1;
            }
            space_due = false;
            shown.push(character);
            length += 1;
        }
    }
    if shown.chars().any(runs_from_right_to_left) {
        shown = format!("{FIRST_STRONG_ISOLATE}{shown}{POP_ISOLATE}");
    }
    shown
}

fn shorten(shown: &mut String) {
    if shown.chars().count() == LONGEST {
        shown.pop();
    }
    shown.truncate(shown.trim_end().len());
    shown.push('…');
}

/// What separates words or lines, also where it is a control character.
fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{115F}'..='\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
}

/// Control characters, and what Unicode calls format characters and default ignorable: they are not seen, and change how
/// what is seen looks.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{0600}'..='\u{0605}'
                | '\u{061C}'
                | '\u{06DD}'
                | '\u{070F}'
                | '\u{0890}'..='\u{0891}'
                | '\u{08E2}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{FFFE}'..='\u{FFFF}'
                | '\u{110BD}'
                | '\u{110CD}'
                | '\u{13430}'..='\u{1345F}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// The blocks whose letters run from right to left (Unicode Standard Annex #9, Bidi_Class R and AL).
fn runs_from_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{0590}'..='\u{08FF}'
            | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFE}'
            | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_is_seen_stays() {
        for text in ["example.com", "Zoë 株式会社", "a@example.com", "🔑 key", "e\u{301}", "cut \u{FFFD}", ""]
        {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn what_is_not_seen_goes() {
        for (text, shown) in [
            ("bank\u{202E}moc.live\u{202C}", "bankmoc.live"),
            ("\u{2067}pay\u{2069}pal", "paypal"),
            ("goo\u{200B}gle\u{200D}.c\u{2060}om\u{FEFF}", "google.com"),
            ("soft\u{AD}ly", "softly"),
            ("\u{1B}[2Jclean\u{7}\u{9B}", "[2Jclean"),
            ("two\r\nlines\u{2029}\tand \u{A0}\u{3000} spaces\u{3164}", "two lines and spaces"),
            (" \u{200B} \n", ""),
            ("tag\u{E0041}\u{E007F}ged\u{FE0F}", "tagged"),
        ] {
            assert_eq!(printable(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(printable(&"a".repeat(128)), "a".repeat(128));
        let cut = printable(&"ü".repeat(100_000));
        assert_eq!((cut.chars().count(), cut.ends_with("ü…")), (128, true));
        assert_eq!(printable(&format!("{} b", "a".repeat(127))), format!("{}…", "a".repeat(127)));
        assert_eq!(printable(&format!("{} b", "a".repeat(128))), format!("{}…", "a".repeat(127)));
    }

    #[test]
    fn text_that_runs_from_right_to_left_stands_apart() {
        assert_eq!(printable("\u{202E}שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(printable("مرحبا 1"), "\u{2068}مرحبا 1\u{2069}");
    }
}
