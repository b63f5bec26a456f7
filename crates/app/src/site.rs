//! The name of a site, taken apart for showing.

/// The part of `domain` that somebody registered, by the public suffix list: `example.co.uk` of
/// `login.example.co.uk`. The whole name where there is none, as for `localhost`.
pub(crate) fn registrable_domain(domain: &str) -> String {
    psl::domain_str(domain).unwrap_or(domain).to_owned()
}

#[cfg(test)]
mod tests {
    use super::registrable_domain;

    #[test]
    fn suffixes_of_several_labels_and_names_without_one() {
        assert_eq!(registrable_domain("login.example.co.uk"), "example.co.uk");
        assert_eq!(registrable_domain("github.com"), "github.com");
        assert_eq!(registrable_domain("localhost"), "localhost");
    }
}
