//! Which origins may speak for which RP ID (WebAuthn §5.1.3 step 8; HTML §7.1.1 "is a registrable domain
//! suffix of or is equal to").

use std::net::{Ipv4Addr, Ipv6Addr};

/// Why an origin may not use an RP ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not `scheme://host` or `scheme://host:port`.
    NotAnOrigin,
    /// Neither https nor http on localhost.
    NotSecure,
    /// The host is an address; only domains have passkeys.
    NotADomain,
    /// The RP ID is neither the host nor a registrable parent domain of it.
    Foreign,
}

impl Refusal {
    /// Why, in one plain clause.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NotAnOrigin => "the origin is not of the form https://host or https://host:port",
            Self::NotSecure => "the origin is neither https nor http on localhost",
            Self::NotADomain => "the origin's host is an address, and only domains have passkeys",
            Self::Foreign => "the RP ID is neither the origin's host nor a registrable parent domain of it",
        }
    }
}

/// Whether a page of `origin` may use `rp_id`.
///
/// # Errors
/// Why not.
pub fn check(origin: &str, rp_id: &str) -> Result<(), Refusal> {
    let host = host(origin)?;
    if host == rp_id || is_registrable_suffix(host, rp_id) { Ok(()) } else { Err(Refusal::Foreign) }
}

/// The host of a secure origin: the RP ID where the site names none.
///
/// # Errors
/// Why the origin cannot have passkeys.
pub fn host(origin: &str) -> Result<&str, Refusal> {
    let (scheme, authority) = origin.split_once("://").ok_or(Refusal::NotAnOrigin)?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => authority,
    };
    if host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok())
        || host.parse::<Ipv4Addr>().is_ok()
    {
        return Err(Refusal::NotADomain);
    }
    if !is_domain(host) {
        return Err(Refusal::NotAnOrigin);
    }
    match scheme {
        "https" => Ok(host),
        "http" if host == "localhost" || host.ends_with(".localhost") => Ok(host),
        _ => Err(Refusal::NotSecure),
    }
}

fn is_registrable_suffix(host: &str, rp_id: &str) -> bool {
    let is_parent = host.strip_suffix(rp_id).is_some_and(|rest| rest.ends_with('.'));
    // A public suffix such as co.uk belongs to nobody: only what is below one may be an RP ID.
    is_domain(rp_id) && is_parent && psl::domain_str(rp_id).is_some()
}

/// Lower-case letters, digits, hyphens and underscores in labels between dots: what a browser's serialized origin has.
fn is_domain(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_speaks_for_itself_and_for_registrable_parents() {
        for (origin, rp_id) in [
            ("https://example.org", "example.org"),
            ("https://login.example.org:8443", "example.org"),
            ("https://a.b.example.co.uk", "example.co.uk"),
            ("http://localhost:8400", "localhost"),
            ("http://app.localhost", "app.localhost"),
        ] {
            assert_eq!(check(origin, rp_id), Ok(()), "{origin} {rp_id}");
        }
    }

    // The examples of HTML's definition, and the traps of a plain suffix comparison.
    #[test]
    fn nobody_speaks_for_strangers_children_or_public_suffixes() {
        for (origin, rp_id) in [
            ("https://example.com", "example.org"),
            ("https://example.org", "login.example.org"),
            ("https://notexample.org", "example.org"),
            ("https://example.co.uk", "co.uk"),
            ("https://www.example.com", "com"),
            ("https://ada.github.io", "github.io"),
            ("https://example.org", ""),
            ("https://example.org", ".org"),
            ("http://app.localhost", "localhost"),
        ] {
            assert_eq!(check(origin, rp_id), Err(Refusal::Foreign), "{origin} {rp_id}");
        }
    }

    #[test]
    fn origins_that_cannot_have_passkeys() {
        for (origin, why) in [
            ("http://example.org", Refusal::NotSecure),
            ("https://127.0.0.1:8400", Refusal::NotADomain),
            ("https://[::1]:8400", Refusal::NotADomain),
            ("example.org", Refusal::NotAnOrigin),
            ("https://example.org/", Refusal::NotAnOrigin),
            ("https://ada@example.org", Refusal::NotAnOrigin),
            ("https://exa mple.org", Refusal::NotAnOrigin),
            ("https://", Refusal::NotAnOrigin),
        ] {
            assert_eq!(host(origin), Err(why), "{origin}");
        }
    }
}
