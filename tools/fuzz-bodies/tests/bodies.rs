//! Every fuzz target over its seeds, and over seeds that were cut, joined and garbled: a short fuzzing on every change.

use hamseda_fuzz_bodies::{TARGETS, seeds};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Changed seeds of each target. Those of a whole message decrypt a megabyte, those of the server make two connections.
fn cases(target: &str) -> u32 {
    match target {
        "framing" | "layout" => 16,
        "tus" => 60,
        _ => 400,
    }
}

#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Put(prop::sample::Index, Vec<u8>),
    Take(prop::sample::Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<prop::sample::Index>(), 1_u8..).prop_map(|(at, by)| Change::Flip(at, by)),
        1 => any::<prop::sample::Index>().prop_map(Change::Cut),
        2 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, b)| Change::Put(at, b)),
        2 => (any::<prop::sample::Index>(), 1_usize..9).prop_map(|(at, n)| Change::Take(at, n)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        let len = bytes.len();
        match change {
            Change::Flip(at, by) if len > 0 => bytes[at.index(len)] ^= by,
            Change::Cut(at) if len > 0 => bytes.truncate(at.index(len)),
            Change::Put(at, put) => drop(bytes.splice(at.index(len + 1)..at.index(len + 1), put)),
            Change::Take(at, n) if len > 0 => drop(bytes.drain(at.index(len)..len.min(at.index(len) + n))),
            _ => {}
        }
    }
    bytes
}

#[test]
fn no_target_breaks_a_promise() {
    for (name, body) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        seeds.iter().for_each(|seed| body(seed));
        body(&[]);
        let any_seed = prop::sample::select(seeds);
        let inputs =
            (any_seed, prop::collection::vec(change(), 0..4)).prop_map(|(seed, changes)| changed(seed, changes));
        let mut runner = TestRunner::new(Config { cases: cases(name), failure_persistence: None, ..Config::default() });
        let ran = runner.run(&inputs, |bytes| {
            body(&bytes);
            Ok(())
        });
        assert!(ran.is_ok(), "{name}: {ran:?}");
    }
}

/// The seeds that stand for good inputs are good: a target whose parser refuses everything would find nothing.
#[test]
fn good_seeds_are_taken() {
    use hamseda_seal::bundle::BundleReader;
    use hamseda_seal::parts::PartHeader;
    use hamseda_seal::token::Token;
    use hamseda_seal::{KeySet, SmallFile};
    assert!(seeds("keyset").iter().any(|seed| KeySet::verify(seed, None).is_ok()));
    assert!(seeds("small").iter().any(|seed| SmallFile::parse(seed).is_ok()));
    assert!(seeds("token").iter().any(|seed| Token::from_bytes(seed).is_ok()));
    assert!(seeds("parts").iter().all(|seed| PartHeader::parse(seed).is_ok()));
    assert!(seeds("bundle").iter().all(|seed| BundleReader::new(&seed[..]).is_ok()));
}
