//! Fingerprints.

use hamseda_fingerprint::{Area, Fingerprint, Index, MAX_BYTES, Maker, compare};

/// The bytes of a fingerprint, sealed in the vault by who may have been another version of us: what is taken has one form, is
/// within its bound, and can be looked for and compared.
pub fn fingerprint(data: &[u8]) {
    let Ok(print) = Fingerprint::parse(data) else { return };
    assert_eq!(print.to_bytes(), data);
    assert!(data.len() <= MAX_BYTES);
    let mut index = Index::default();
    index.add(0u8, &print);
    assert!(index.propose(&print, 1).len() <= 1);
    let opinion = compare(&print, &print);
    assert!((-1.01..=1.01).contains(&opinion.motion) && (0.0..=1.0).contains(&opinion.bits));
    index.remove(&0);
    assert!(index.propose(&print, 1).is_empty());
}

/// Of a picture that moves, with tones and without.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let made = |frames: usize, samples: &[f32]| {
        let mut maker = Maker::new(Area { x: 0, y: 0, width: 32, height: 32 }, 32).unwrap();
        for t in 0..frames {
            maker.frame(&(0..32 * 32).map(|i| (i % 32 * 5 + i / 32 * t) as u8).collect::<Vec<_>>());
        }
        maker.finish(samples).to_bytes()
    };
    let tones: Vec<f32> = (0..120_000_u64).map(|i| ((i * i / 90_000) as f32 * 0.05).sin() * 0.4).collect();
    vec![made(0, &[]), made(4, &[]), made(45, &tones)]
}
