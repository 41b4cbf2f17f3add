//! The intake's check: one verdict for one file, however its bytes arrive.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use proptest::prelude::*;

use hamseda_core::{Choices, Day, Lang, Limits, OsRandom, Picture, Uses, Voice};
use hamseda_seal::format::header_len;
use hamseda_seal::{Draft, KeySet, ShapeCheck, ShapeError, SizeClass, check_header, seal};

const LIMITS: Limits = Limits { clip_bytes: 4 * 1024 * 1024, ..Limits::DEFAULT };

fn key_set() -> KeySet {
    KeySet::verify(include_bytes!("../../../../vectors/seal/keyset.json"), None).unwrap()
}

/// A sealed message, the same one for all tests.
fn file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let choices = Choices {
            picture: Picture::Hide,
            voice: Voice::Mute,
            lang: Lang::Fa,
            place: None,
            pseudonym: None,
            uses: Uses::PUBLIC,
        };
        let set = key_set();
        let keys = set.current(Day(20_600)).unwrap();
        seal(&b"clip"[..], Vec::new(), Draft::new(choices), keys, &LIMITS, &mut OsRandom).unwrap().out
    })
}

fn check() -> ShapeCheck {
    ShapeCheck::new(2, file().len() as u64, &LIMITS).unwrap()
}

/// Feeds pieces until one is refused; the verdict and where it fell.
fn verdict<'a>(mut check: ShapeCheck, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Result<(), ShapeError>, u64) {
    let fed = pieces.into_iter().try_for_each(|piece| check.feed(piece));
    let at = check.at();
    (fed.and_then(|()| check.finish()), at)
}

/// A sealed file with a changed byte (mostly in the header), cut or with bytes added.
fn a_file() -> impl Strategy<Value = Vec<u8>> {
    let whole = file().len();
    let change = prop_oneof![4 => 0..header_len(2), 1 => 0..whole];
    (proptest::option::weighted(0.8, (change, any::<u8>())), 0..whole * 4, 0usize..40_000).prop_map(
        move |(change, cut, more)| {
            let mut bytes = file().to_vec();
            if let Some((at, byte)) = change {
                bytes[at] = byte;
            }
            bytes.truncate(cut);
            if cut % 3 == 0 {
                bytes.resize(bytes.len() + more, 7);
            }
            bytes
        },
    )
}

/// The same question answered in another way: lines, base64 decoded and encoded again.
fn is_header(bytes: &[u8]) -> bool {
    let line = |text: &str, len: usize| {
        STANDARD_NO_PAD.decode(text).is_ok_and(|data| data.len() == len && STANDARD_NO_PAD.encode(data) == text)
    };
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let lines: Vec<_> = text.split('\n').collect();
    let [version, key_1, body_1, key_2, body_2, mac, ""] = lines[..] else { return false };
    let key = |text: &str| text.strip_prefix("-> mlkem768x25519 ").is_some_and(|key| line(key, 1120));
    version == "age-encryption.org/v1"
        && key(key_1)
        && line(body_1, 32)
        && key(key_2)
        && line(body_2, 32)
        && mac.strip_prefix("--- ").is_some_and(|mac| line(mac, 32))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_cutting_gives_the_same_verdict(bytes in a_file(), lens in proptest::collection::vec(1usize..5000, 1..8)) {
        let mut rest = &bytes[..];
        let mut lens = lens.iter().cycle();
        let pieces = std::iter::from_fn(|| {
            let (now, later) = rest.split_at(rest.len().min(*lens.next()?));
            rest = later;
            (!now.is_empty()).then_some(now)
        });
        prop_assert_eq!(verdict(check(), pieces), verdict(check(), [&bytes[..]]));
    }

    #[test]
    fn a_check_goes_on_from_its_offset_alone(bytes in a_file(), at: proptest::sample::Index) {
        let (before, after) = bytes.split_at(at.index(bytes.len() + 1));
        let mut first = check();
        prop_assume!(first.feed(before).is_ok());
        let resumed = ShapeCheck::resume(2, file().len() as u64, first.at(), &LIMITS).unwrap();
        prop_assert_eq!(verdict(resumed, [after]), verdict(check(), [&bytes[..]]));
    }

    #[test]
    fn the_table_walk_agrees_with_parsing(at in 0..header_len(2), byte: u8) {
        let mut header = file()[..header_len(2)].to_vec();
        header[at] = byte;
        prop_assert_eq!(check_header(2, &header).is_ok(), is_header(&header));
    }

    #[test]
    fn a_refused_byte_is_refused_again(at in 0..header_len(2), change in 1u8..) {
        let mut bytes = file().to_vec();
        bytes[at] ^= change;
        let mut check = check();
        if let Err(error) = check.feed(&bytes) {
            prop_assert_eq!(check.at(), at as u64);
            prop_assert_eq!(check.feed(&bytes[at..]), Err(error));
        }
    }

    #[test]
    fn only_the_lengths_of_the_classes_are_taken(len in 0u64..6 * 1024 * 1024, recipients in 2usize..=8) {
        let lens: Vec<_> = SizeClass::sealed_lens(recipients, &LIMITS).collect();
        prop_assert_eq!(ShapeCheck::new(recipients, len, &LIMITS).is_ok(), lens.contains(&len));
        for len in lens {
            prop_assert!(ShapeCheck::new(recipients, len, &LIMITS).is_ok());
            prop_assert_eq!(ShapeCheck::new(recipients, len + 1, &LIMITS).unwrap_err(), ShapeError::Length);
            prop_assert_eq!(ShapeCheck::new(recipients, len - 1, &LIMITS).unwrap_err(), ShapeError::Length);
        }
    }
}

#[test]
fn a_sealed_message_passes() {
    assert_eq!(verdict(check(), [file()]), (Ok(()), file().len() as u64));
}

#[test]
fn raw_video_is_refused_at_its_first_byte() {
    assert_eq!(check().feed(b"\0"), Err(ShapeError::NotAge));
}

#[test]
fn the_number_of_keys_must_fit() {
    let len = |recipients| SizeClass::from_index(0).unwrap().sealed_len(recipients);
    let mut more = ShapeCheck::new(3, len(3), &LIMITS).unwrap();
    assert_eq!(more.feed(file()), Err(ShapeError::TooFewStanzas));
    let mut fewer = ShapeCheck::new(1, len(1), &LIMITS).unwrap();
    assert_eq!(fewer.feed(file()), Err(ShapeError::ExtraStanza));
}

#[test]
fn a_cut_or_grown_file_is_refused() {
    let mut short = check();
    short.feed(&file()[..file().len() - 5]).unwrap();
    assert_eq!(short.finish(), Err(ShapeError::TooShort { missing: 5 }));
    let mut long = check();
    long.feed(file()).unwrap();
    assert_eq!(long.feed(b"x"), Err(ShapeError::TooLong));
    assert_eq!(ShapeCheck::resume(2, file().len() as u64, u64::MAX, &LIMITS).unwrap_err(), ShapeError::TooLong);
}
