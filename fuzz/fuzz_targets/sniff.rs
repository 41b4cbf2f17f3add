//! See `hamseda_fuzz_bodies::sniff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hamseda_fuzz_bodies::sniff(data));
