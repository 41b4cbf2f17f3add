//! See `hamseda_fuzz_bodies::probe`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hamseda_fuzz_bodies::probe(data));
