//! Traces that were damaged, or that somebody made up.

/// The bytes of a trace file.
pub fn run(input: &[u8]) {
    let Ok(trace) = trace::read(input) else { return };
    assert!(trace.entries.len() <= input.len(), "entries come from lines");
    let exported = trace::pcapng::export(&trace, Vec::new()).expect("a vector takes everything");
    assert!(!exported.is_empty());
}
