#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| latchkey_fuzz::key_answers::run(input));
