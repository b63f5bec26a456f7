//! An AAGUID as text: 8-4-4-4-12 hexadecimal digits.

const HYPHENS: [usize; 4] = [8, 13, 18, 23];

pub(super) fn text(aaguid: &[u8; 16]) -> String {
    let mut text = format!("{:032x}", u128::from_be_bytes(*aaguid));
    for at in HYPHENS {
        text.insert(at, '-');
    }
    text
}

pub(super) fn parse(text: &str) -> Option<[u8; 16]> {
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    let right =
        hyphens == HYPHENS && digits.len() == 32 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    right.then(|| u128::from_str_radix(&digits, 16).ok()).flatten().map(u128::to_be_bytes)
}
