//! The identifier of a model, as text: 8-4-4-4-12 hexadecimal digits.

/// 16 bytes that every key of one model has in common (WebAuthn §6.5.1).
pub type Aaguid = [u8; 16];

/// What keys say that have none, such as those of U2F.
pub const NONE: Aaguid = [0; 16];

const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// In small letters.
pub fn text(aaguid: Aaguid) -> String {
    let mut text = format!("{:032x}", u128::from_be_bytes(aaguid));
    for at in HYPHENS {
        text.insert(at, '-');
    }
    text
}

/// With its hyphens, or without any as in `authenticatorGetInfo` of metadata.
pub fn parse(text: &str) -> Option<Aaguid> {
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    let right = (hyphens.is_empty() || hyphens == HYPHENS)
        && digits.len() == 32
        && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    right.then(|| u128::from_str_radix(&digits, 16).ok()).flatten().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_no_other() {
        let written = "ee882879-721c-4913-9775-3dfcce97072a";
        let aaguid = parse(written).unwrap();
        assert_eq!(text(aaguid), written);
        assert_eq!(parse("EE882879721C491397753DFCCE97072A"), Some(aaguid));
        let wrong = [
            "",
            "ee882879",
            "ee88-2879721c4913-9775-3dfc-ce97072a",
            "+e882879721c491397753dfcce97072a",
            "ee882879-721c-4913-9775-3dfcce97072a0",
            "ëe882879-721c-4913-9775-3dfcce97072",
        ];
        for text in wrong {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
