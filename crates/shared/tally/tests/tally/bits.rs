//! Any single bit of any file of the log, or of a published clip, that is changed is found, and the file is named.

use std::sync::LazyLock;

use hamseda_tally::{Expectation, Report, verify};
use proptest::prelude::*;

use crate::support::{Parts, Shape, Site, site};

fn check(site: &Site) -> Report {
    verify(site, &Expectation::default())
}

fn flip(site: &Site, path: &str, bit: usize) -> Site {
    let mut changed = site.clone();
    changed.0.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
    changed
}

fn assert_named(site: &Site, path: &str, bit: usize) {
    let report = check(&flip(site, path, bit));
    assert!(!report.ok, "bit {bit} of {path} was not noticed");
    assert!(report.claim().is_none());
    assert!(report.faults.iter().any(|fault| fault.path == path), "bit {bit} of {path}: {:?}", report.faults);
}

/// A log with full tiles, a second level and partial tiles of earlier checkpoints.
static LONG: LazyLock<Site> = LazyLock::new(|| {
    let a = "A".repeat(130);
    site(&[&a, "PPP", &a, "AUPPD", &a, &a, "WT", "FA", "R"], true, 3)
});

fn any_shape() -> impl Strategy<Value = Shape> {
    let batch = (2usize..6, "[UPP]{0,4}").prop_map(|(messages, rest)| "A".repeat(messages) + &rest);
    (prop::collection::vec(batch, 1..4), any::<bool>(), any::<u8>()).prop_map(|(mut batches, witnessed, seed)| {
        batches.push("WDPPX".into());
        Shape { batches, witnessed, seed }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_flipped_bit_of_a_small_site_is_named(shape in any_shape(), file: prop::sample::Index, bit: prop::sample::Index) {
        let site = Parts::new(&shape).site();
        let report = check(&site);
        prop_assert!(report.ok, "{:?}", report.faults);
        let (path, bytes) = file.get(&site.0.iter().filter(|(_, bytes)| !bytes.is_empty()).collect::<Vec<_>>()).to_owned();
        assert_named(&site, path, bit.index(bytes.len() * 8));
    }

    #[test]
    fn a_flipped_bit_of_a_long_log_is_named(file: prop::sample::Index, bit: prop::sample::Index) {
        let (path, bytes) = file.get(&LONG.0.iter().collect::<Vec<_>>()).to_owned();
        assert_named(&LONG, path, bit.index(bytes.len() * 8));
    }
}

#[test]
fn every_bit_of_the_short_files_is_named() {
    let site = site(&["AAA", "PPW"], true, 1);
    for path in ["log/checkpoint", "log/policy", "log/published.json", "log/tags.bin", "log/batch/2.json"] {
        for bit in 0..site.0[path].len() * 8 {
            assert_named(&site, path, bit);
        }
    }
}

#[test]
fn an_untouched_long_log_is_whole() {
    let report = check(&LONG);
    assert!(report.ok, "{:?}", report.faults);
    let count = report.count.unwrap();
    assert_eq!((count.accepted.raw(), count.uninvited.raw(), count.net.raw()), (522, 1, 519));
    assert_eq!((report.clips.listed, report.clips.verified, report.clips.taken_down), (4, 4, 1));
    assert_eq!(report.witnesses.len(), 2);
    assert!(report.floors_lowered);
    assert!(LONG.0.keys().any(|path| path == "log/tile/1/000.p/1"), "an earlier partial tile is kept");
}

#[test]
fn a_missing_file_and_a_strange_one_are_named() {
    let site = site(&["AAAPPPW"], false, 2);
    for path in site.0.keys() {
        let mut without = site.clone();
        without.0.remove(path);
        let report = check(&without);
        assert!(report.faults.iter().any(|f| f.path == *path && f.code.as_str() == "file-missing"), "{path}");
    }
    for path in ["log/notes.txt", "log/tile/0/000.p/3", "log/batch/2.json", "log/js/1.js"] {
        let mut with = site.clone();
        with.0.insert(path.into(), b"x".to_vec());
        let report = check(&with);
        assert!(report.faults.iter().any(|f| f.path == *path), "{path}: {:?}", report.faults);
    }
}

#[test]
fn earlier_partial_tiles_may_be_missing() {
    let mut site = LONG.clone();
    site.0.remove("log/tile/1/000.p/1").unwrap();
    assert!(check(&site).ok);
}

#[test]
fn a_file_cut_short_or_made_longer_is_named() {
    let site = site(&["AAA", "PPW"], true, 2);
    for path in site.0.keys() {
        for longer in [false, true] {
            let mut changed = site.clone();
            let bytes = changed.0.get_mut(path).unwrap();
            bytes.resize(if longer { bytes.len() + 1 } else { bytes.len() - 1 }, b'\n');
            let report = check(&changed);
            assert!(report.faults.iter().any(|f| f.path == *path), "{path}, longer {longer}: {:?}", report.faults);
        }
    }
}
