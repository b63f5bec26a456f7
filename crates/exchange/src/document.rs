use crate::passkey::Passkey;

/// What a file holds, in the file's order.
#[derive(Debug, Default)]
pub struct Document {
    /// One for every passkey of the file, readable or not.
    pub rows: Vec<Row>,
    /// What else the file holds and is not taken over, one plain sentence each: "12 passwords".
    pub left_out: Vec<String>,
}

/// One passkey of a file.
#[derive(Debug)]
pub struct Row {
    /// Where it stands, for a person who looks: `accounts[0].items[3].credentials[0]`, or a title.
    pub place: String,
    /// The passkey, or why it cannot be taken over, in one plain sentence.
    pub passkey: Result<Passkey, String>,
    /// What was not lossless, one plain sentence each.
    pub notes: Vec<String>,
}

/// A text of the file in a sentence for people, or in a place: short, and without letters that move a terminal.
pub(crate) fn plain(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut letters = text.chars();
    let mut plain: String = letters
        .by_ref()
        .take(LONGEST)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if letters.next().is_some() {
        plain.push('…');
    }
    plain
}

/// Said in a row whose entry says more around it than is copied.
pub(crate) const TOO_MUCH: &str =
    "What its entry says around it is too much to be repeated, and was left out.";

/// Whether what an entry says around its passkeys may be given to each of `count`: a file of a few megabytes could
/// otherwise ask for all the memory there is.
pub(crate) fn may_repeat(bytes: usize, count: usize) -> bool {
    bytes.saturating_mul(count) <= crate::MAXIMUM
}

impl Row {
    /// A row of what `read` finds at `place`.
    pub(crate) fn read(
        place: String,
        read: impl FnOnce(&mut Vec<String>) -> Result<Passkey, String>,
    ) -> Self {
        let mut notes = Vec::new();
        let passkey = read(&mut notes).and_then(|passkey| {
            // Without a handle nobody is named when a site asks who is there (WebAuthn §6.3.3).
            if passkey.user_handle.is_empty() && passkey.discoverable != Some(false) {
                return Err("Its user handle is missing.".into());
            }
            Ok(passkey)
        });
        Self { place, passkey, notes }
    }
}
