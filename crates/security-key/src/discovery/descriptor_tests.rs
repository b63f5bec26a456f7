use super::*;

/// As CTAP 2.3 §11.2.8.2 has it.
const PLAIN: [u8; 34] = [
    0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95,
    0x40, 0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0,
];

const fn reports(input: usize, output: usize) -> Reports {
    Reports { input, output, numbered: false }
}

#[test]
fn a_security_key_is_told_with_the_size_of_its_reports() {
    assert_eq!(security_key(&PLAIN), Some(reports(64, 64)));
    let mut small = PLAIN;
    (small[17], small[30]) = (32, 8);
    assert_eq!(security_key(&small), Some(reports(32, 8)));
}

#[test]
fn the_usage_may_stand_where_the_grammar_lets_it() {
    // The sizes first, and the page, as four bytes, in the usage itself.
    let first =
        [0x75, 0x08, 0x95, 0x40, 0x0B, 0x01, 0x00, 0xD0, 0xF1, 0xA1, 0x01, 0x81, 0x02, 0x91, 0x02, 0xC0];
    assert_eq!(security_key(&first), Some(reports(64, 64)));
    // A long item, a page that is saved and comes back, and a collection inside.
    let nested = [
        0xFE, 0x02, 0x00, 0xA1, 0xC0, 0x06, 0xD0, 0xF1, 0xA4, 0x05, 0x01, 0xB4, 0x09, 0x01, 0xA1, 0x01, 0x75,
        0x08, 0x95, 0x08, 0xA1, 0x02, 0x81, 0x02, 0xC0, 0x81, 0x02, 0x91, 0x02, 0xC0,
    ];
    assert_eq!(security_key(&nested), Some(reports(16, 8)));
}

#[test]
fn other_devices_are_not_security_keys() {
    let keyboard = [0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x40, 0x81, 0x02, 0xC0];
    assert_eq!(security_key(&keyboard), None);
    let mut other_usage = PLAIN;
    other_usage[4] = 0x02;
    assert_eq!(security_key(&other_usage), None);
    // A keyboard that says something of FIDO further on.
    assert_eq!(security_key(&[&keyboard[..], &PLAIN].concat()), None);
}

#[test]
fn numbers_before_the_reports_are_noticed() {
    let numbered = [&PLAIN[..7], &[0x85, 0x01], &PLAIN[7..]].concat();
    assert_eq!(security_key(&numbered), Some(Reports { input: 64, output: 64, numbered: true }));
}

#[test]
fn no_descriptor_is_too_hostile() {
    for length in 0..PLAIN.len() {
        assert_eq!(security_key(&PLAIN[..length]), None, "cut at {length}");
    }
    for at in 0..PLAIN.len() {
        for byte in 0..=255 {
            let mut changed = PLAIN;
            changed[at] = byte;
            let _ = security_key(&changed);
        }
    }
    // 4,294,967,295 reports of as many bits; more pushed and popped than there is.
    let huge = [
        0x06, 0xD0, 0xF1, 0x09, 0x01, 0xB4, 0xA1, 0x01, 0x77, 255, 255, 255, 255, 0x97, 255, 255, 255, 255,
        0x81, 0x81, 0xC0,
    ];
    assert!(security_key(&huge).is_none_or(|reports| reports.input > 64));
    assert_eq!(security_key(&[0xA4; 4096]), None);
}
