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
