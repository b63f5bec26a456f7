//! A trace that a crash cut off.

use std::fs;

use super::{SEED, record, trace};
use crate::program::Home;

// proves: trace-file
#[test]
fn half_a_last_line_is_passed_over_with_a_note_and_a_damaged_one_in_the_middle_is_an_error() {
    let home = Home::new();
    let path = record(&home, "run", &[]);
    let text = fs::read_to_string(&path).unwrap();
    let cut = home.path("cut");
    fs::write(&cut, &text[..text.len() - 20]).unwrap();
    let shown = home.json(&["trace", "show", cut.to_str().unwrap()]);
    assert_eq!(shown["truncated"], true);
    let output = trace(&home, &["show", cut.to_str().unwrap()]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("ends in half a line"));
    // Half a PING answer is missing, and everything before it is the same.
    let replay = trace(&home, &["replay", cut.to_str().unwrap(), "--seed", SEED]);
    assert_eq!(replay.status.code(), Some(7));

    let mut lines: Vec<&str> = text.lines().collect();
    lines[3] = "{\"t\":";
    fs::write(&cut, lines.join("\n")).unwrap();
    let output = trace(&home, &["show", cut.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(crate::program::errors(&output).contains("Line 4 of the trace"));
}
