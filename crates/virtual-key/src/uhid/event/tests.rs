//! Offsets as the C compiler gives them for linux/uhid.h (`offsetof`, `sizeof`), not as the code counts them.

use super::*;

fn event(kind: u32, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    bytes[..4].copy_from_slice(&kind.to_ne_bytes());
    bytes
}

fn output(data: &[u8]) -> Vec<u8> {
    let mut bytes = event(6, 4380);
    bytes[4..4 + data.len()].copy_from_slice(data);
    bytes[4100..4102].copy_from_slice(&u16::try_from(data.len()).unwrap().to_ne_bytes());
    bytes[4102] = 1;
    bytes
}

#[test]
fn create_is_laid_out_as_the_header_has_it() {
    let bytes = Create { name: "Latchkey synced", phys: "latchkey/1/0", uniq: "A1" }.encode();
    assert_eq!(bytes.len(), 4376);
    assert_eq!(bytes[..4], 11_u32.to_ne_bytes());
    assert_eq!(bytes[4..20], *b"Latchkey synced\0");
    assert_eq!(bytes[132..145], *b"latchkey/1/0\0");
    assert_eq!(bytes[196..199], *b"A1\0");
    assert_eq!(bytes[260..262], 34_u16.to_ne_bytes());
    assert_eq!(bytes[262..264], 3_u16.to_ne_bytes());
    assert_eq!(bytes[264..268], 0x1209_u32.to_ne_bytes());
    assert_eq!(bytes[268..272], 1_u32.to_ne_bytes());
    assert_eq!(bytes[280..285], [0x06, 0xD0, 0xF1, 0x09, 0x01]);
    assert_eq!(bytes[313..315], [0xC0, 0]);
}

#[test]
fn names_that_are_too_long_are_cut_and_stay_terminated() {
    let long = "x".repeat(200);
    let bytes = Create { name: &long, phys: &long, uniq: &long }.encode();
    assert_eq!(bytes.len(), 4376);
    for end in [131, 195, 259] {
        assert_eq!(bytes[end - 1..=end], *b"x\0");
    }
}

#[test]
fn input_carries_the_report_behind_its_size() {
    let bytes = input(&[7; 64]);
    assert_eq!(bytes[..4], 12_u32.to_ne_bytes());
    assert_eq!(bytes[4..6], 64_u16.to_ne_bytes());
    assert_eq!(bytes[6..], [7; 64]);
}

#[test]
fn output_is_a_report_with_or_without_its_number() {
    let report: Report = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let numbered = [&[0][..], &report].concat();
    assert_eq!(Event::decode(&output(&numbered)), Some(Event::Output(report)));
    assert_eq!(Event::decode(&output(&report)), Some(Event::Output(report)));
    let other_number = [&[1][..], &report].concat();
    for wrong in [&other_number[..], &report[..63], &[0; 66], &[]] {
        assert_eq!(Event::decode(&output(wrong)), None);
    }
}

#[test]
fn requests_are_refused_by_their_id() {
    for (asked, replied) in [(9_u32, 10_u32), (13, 14)] {
        let mut bytes = event(asked, 4380);
        bytes[4..8].copy_from_slice(&0x0102_0304_u32.to_ne_bytes());
        let reply = match Event::decode(&bytes) {
            Some(Event::GetReport { id }) => get_report_refused(id),
            Some(Event::SetReport { id }) => set_report_refused(id),
            other => panic!("{other:?}"),
        };
        assert_eq!(reply[..4], replied.to_ne_bytes());
        assert_eq!(reply[4..8], 0x0102_0304_u32.to_ne_bytes());
        assert_eq!(reply[8..10], 5_u16.to_ne_bytes());
    }
}

#[test]
fn other_events_and_short_ones_ask_for_nothing() {
    assert_eq!(Event::decode(&event(5, 4)), Some(Event::Close));
    for kind in [0, 1, 2, 3, 4, 7, 8, 10, 15, u32::MAX] {
        assert_eq!(Event::decode(&event(kind, 4380)), None, "{kind}");
    }
    for size in 0..4103 {
        let short = output(&[0; 65])[..size].to_vec();
        assert!(size >= 4102 || Event::decode(&short).is_none(), "{size} bytes");
    }
}
