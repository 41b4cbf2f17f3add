//! Fingerprints as bytes: one form each, bounded, and nothing else is taken.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use hamseda_fingerprint::{Area, Fingerprint, MAX_BYTES, Maker, ParseError};
use proptest::prelude::*;

/// Of a clip of noise, `frames` long.
fn noise(seed: u32, frames: u32, samples: usize) -> Fingerprint {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let mut maker = Maker::new(Area { x: 0, y: 0, width: 48, height: 40 }, 48).unwrap();
    for _ in 0..frames {
        let frame: Vec<u8> = (0..48 * 40).map(|_| next() as u8).collect();
        maker.frame(&frame);
    }
    let samples: Vec<f32> = (0..samples).map(|_| next() as f32 / u32::MAX as f32 - 0.5).collect();
    maker.finish(&samples)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_fingerprint_reads_back(seed: u32, frames in 0u32..90, samples in 0usize..60_000) {
        let print = noise(seed, frames, samples);
        let bytes = print.to_bytes();
        prop_assert!(bytes.len() <= MAX_BYTES);
        prop_assert_eq!(Fingerprint::parse(&bytes), Ok(print));
        prop_assert_eq!(Fingerprint::parse(&bytes[..bytes.len() - 1]), Err(ParseError));
        prop_assert_eq!(Fingerprint::parse(&[&bytes[..], &[0]].concat()), Err(ParseError));
    }

    #[test]
    fn changed_bytes_are_refused_or_are_another_fingerprint(at: prop::sample::Index, to: u8) {
        let mut bytes = noise(7, 40, 40_000).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(print) = Fingerprint::parse(&bytes) {
            prop_assert_eq!(print.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_harmless(start in prop::bool::ANY, mut bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        if start {
            bytes.splice(0..0, *b"hmsdprn1");
        }
        if let Ok(print) = Fingerprint::parse(&bytes) {
            prop_assert_eq!(print.to_bytes(), bytes);
        }
    }
}
