//! The wire as others meet it: every message both ways, foreign bytes, and vectors that were made elsewhere.

mod hostile;
mod lenient;
mod management;
mod messages;
mod round_trip;
mod status;
mod vectors;

/// Bytes of a hexadecimal literal.
fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}
