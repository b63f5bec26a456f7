use serde::{Deserialize, Serialize};

/// The first line of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Always [`Header::FORMAT`].
    pub format: String,
    /// The format's version; a reader refuses one that it does not know.
    pub version: u32,
    /// The version of the program that recorded.
    pub latchkey: String,
    /// The key's profile, by its name.
    pub profile: String,
    /// The key was made from a seed, which is a secret and not told here.
    pub seeded: bool,
    /// Who answered the key's questions: `ask`, `always` or `never`.
    pub approval: String,
    /// Secrets are recorded too.
    pub secrets: bool,
    /// The faults that were switched on when it started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// When, in RFC 3339.
    pub started: String,
    /// The same in seconds since 1970-01-01T00:00:00Z: what a capture counts from.
    pub started_unix: u64,
}

impl Header {
    /// What tells a trace from other JSON lines.
    pub const FORMAT: &str = "latchkey-trace";
    /// The version that is written.
    pub const VERSION: u32 = 1;
}
