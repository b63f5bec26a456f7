#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| latchkey_fuzz::hid_reports::run(input));
