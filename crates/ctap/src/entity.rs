//! The three entities every ceremony speaks of (WebAuthn §5.4.1 to §5.4.3, §5.8.3 as CBOR).

/// `PublicKeyCredentialRpEntity`: the site. CTAP members `id`, `name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID, a domain.
    pub id: String,
    /// What the site calls itself.
    pub name: Option<String>,
}

/// `PublicKeyCredentialUserEntity`: the account. CTAP members `id`, `icon` (ignored), `name`, `displayName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user handle, at most 64 bytes.
    pub id: Vec<u8>,
    /// The account's name at the site, such as an e-mail address.
    pub name: Option<String>,
    /// The person's name.
    pub display_name: Option<String>,
}

/// `PublicKeyCredentialDescriptor` of type `public-key`: a credential by its id.
/// Descriptors of other types are dropped when a list is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The credential id.
    pub id: Vec<u8>,
}
