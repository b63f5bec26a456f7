//! CTAP2 canonical CBOR (CTAP 2.3 §8): strict in, canonical out.
