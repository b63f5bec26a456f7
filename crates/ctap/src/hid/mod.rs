//! CTAPHID (CTAP 2.3 §11.2): a function of bytes and time.
