//! Attestation statements (WebAuthn §8): the ones a Latchkey key makes, and the rest as values.

/// A format identifier with its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `none` with the empty map.
    None,
    /// `packed` (§8.2).
    Packed {
        /// `alg`
        algorithm: i64,
        /// `sig`, over authenticator data and client data hash.
        signature: Vec<u8>,
        /// `x5c`: leaf first; empty for self attestation.
        chain: Vec<Vec<u8>>,
    },
    /// A format this crate does not read: its name and statement.
    Other(String, ciborium::Value),
}

/// WebAuthn's attestation object: `fmt`, `attStmt`, `authData` under text keys (§6.5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestationObject {
    /// `fmt` and `attStmt`.
    pub statement: Statement,
    /// `authData`, as signed.
    pub auth_data: Vec<u8>,
}
