//! What an answer to reset tells (ISO 7816-3 §8.2, PC/SC part 3 §3.1.3.2.3).

/// Whether a reader made this up for a card without contacts: T=0 and T=1, and nothing of a card's own interface.
pub fn is_contactless(atr: &[u8]) -> bool {
    matches!(atr, [0x3B, t0, 0x80, 0x01, ..] if t0 & 0xF0 == 0x80)
}

/// Whether the card says that it takes commands of extended length (ISO 7816-4 §8.1.1.2.7: third byte of the card
/// capabilities).
pub fn has_extended_lengths(atr: &[u8]) -> bool {
    objects(historical(atr))
        .any(|(tag, value)| matches!((tag, value), (7, [_, _, third]) if third & 0x40 != 0))
}

/// The issuer's data, where they are text: what kind of card this is, mostly.
pub fn issuer(atr: &[u8]) -> Option<String> {
    let text = |(tag, value): (u8, &[u8])| {
        let printable = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        (tag == 5 && !value.is_empty() && printable).then(|| String::from_utf8_lossy(value).trim().to_owned())
    };
    objects(historical(atr)).find_map(text)
}

/// The historical bytes: as many as T0 counts, behind the interface bytes that T0 and each TDi announce.
fn historical(atr: &[u8]) -> &[u8] {
    let [_, t0, rest @ ..] = atr else { return &[] };
    let mut rest = rest;
    let mut announced = t0 >> 4;
    loop {
        let Some(skipped) = rest.get(announced.count_ones() as usize..) else { return &[] };
        if announced & 8 == 0 {
            rest = skipped;
            break;
        }
        // TDi is the last of its group.
        let td = rest.get((announced.count_ones() - 1) as usize).copied().unwrap_or_default();
        (rest, announced) = (skipped, td >> 4);
    }
    rest.get(..usize::from(t0 & 0x0F)).unwrap_or_default()
}

/// The data objects of compact TLV, behind category indicators 0x00 and 0x80 (ISO 7816-4 §8.1.1).
fn objects(historical: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = match historical {
        // Behind category 0x00 the status indicator, three bytes, comes last.
        [0x80, objects @ ..] | [0x00, objects @ .., _, _, _] => objects,
        _ => &[],
    };
    std::iter::from_fn(move || {
        let (head, behind) = rest.split_first()?;
        let (value, next) = behind.split_at_checked(usize::from(head & 0x0F))?;
        rest = next;
        Some((head >> 4, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A YubiKey 5 NFC on a reader, by the list of smartcard_list.txt.
    const NFC: &[u8] = b"\x3B\x8D\x80\x01\x80\x73\xC0\x21\xC0\x57YubiKey\xF9";
    /// The same in its USB port.
    const USB: &[u8] = b"\x3B\xFD\x13\x00\x00\x81\x31\xFE\x15\x80\x73\xC0\x21\xC0\x57YubiKey\x40";

    #[test]
    fn with_and_without_contacts() {
        assert!(is_contactless(NFC) && !is_contactless(USB));
        for atr in [NFC, USB] {
            assert!(has_extended_lengths(atr));
            assert_eq!(issuer(atr).as_deref(), Some("YubiKey"));
        }
    }

    #[test]
    fn other_cards_say_nothing_of_it() {
        // A MIFARE Classic, a bank card, and bytes cut off anywhere.
        let classic = b"\x3B\x8F\x80\x01\x80\x4F\x0C\xA0\x00\x00\x03\x06\x03\x00\x01\x00\x00\x00\x00\x6A";
        let bank = b"\x3B\x68\x00\x00\x00\x73\xC8\x40\x12\x00\x90\x00";
        assert!(is_contactless(classic) && !is_contactless(bank));
        for atr in [&classic[..], bank, b"", b"\x3B", b"\x3B\xFF", b"\x3B\x8D\x80\x01\x80\x73\xC0"] {
            assert!(!has_extended_lengths(atr), "{atr:02X?}");
            assert_eq!(issuer(atr), None);
        }
    }
}
