//! Why a file was not read.

use jiff::Timestamp;

/// Why a file was not read: what is wrong with it, as a clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Longer than [`MAXIMUM`](crate::MAXIMUM).
    #[error("the file has more than the {max} bytes that are read", max = crate::MAXIMUM)]
    TooLarge,
    /// Neither a JWT nor a JSON object.
    #[error("the file is neither a metadata BLOB, which is a JWT, nor a list of AAGUIDs as JSON")]
    Unknown,
    /// Not three parts of base64url with a JSON header, or parts that are too long.
    #[error("the BLOB is no JWT that can be read: {0}")]
    Jwt(String),
    /// The algorithm `none`.
    #[error("the BLOB is not signed: its algorithm is none")]
    NotSigned,
    /// An algorithm that is not verified here.
    #[error("the BLOB is signed by {0}, and only RS256 and ES256 are verified")]
    Algorithm(String),
    /// No `x5c`, or an empty one.
    #[error("the BLOB does not hold the certificates of who signed it (x5c)")]
    NoChain,
    /// A certificate that is no X.509 certificate.
    #[error("a certificate of who signed the BLOB cannot be read: {0}")]
    Certificate(String),
    /// The chain ends in no root that is trusted.
    #[error("the certificates of who signed the BLOB lead to no root that is trusted")]
    UnknownRoot,
    /// A certificate of the chain is past its end.
    #[error("a certificate of who signed the BLOB ended on {0}")]
    Expired(Timestamp),
    /// A certificate of the chain is before its beginning.
    #[error("a certificate of who signed the BLOB begins only on {0}")]
    NotYet(Timestamp),
    /// The chain breaks a rule of RFC 5280 §6.
    #[error("the certificates of who signed the BLOB do not hold: {0}")]
    Chain(String),
    /// A chain to a root of the FIDO Alliance's BLOBs, and a certificate of somebody else.
    #[error("the BLOB was signed by somebody else than {host}", host = crate::root::HOST)]
    Host,
    /// The signature is not the certificate's.
    #[error("the BLOB was changed after it was signed: the signature does not fit")]
    Signature,
    /// A payload or a list whose outer shape is wrong.
    #[error("what the file says cannot be read: {0}")]
    Content(String),
    /// A root of one's own that is no certificate.
    #[error("the root is no certificate in PEM or DER: {0}")]
    Root(String),
}
