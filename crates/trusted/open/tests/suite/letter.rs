//! Letters: sealed with public keys alone, opened with a desk key, of one length.

use hamseda_core::{Coded as _, OsRandom, Secret};
use hamseda_open::open_letter;
use hamseda_seal::{LETTER_CHARS, Letter, check_letter, letter_len};
use proptest::prelude::*;

use crate::common::{TODAY, base, keys};

fn sealed(text: &str) -> Vec<u8> {
    let letter = Letter::new(Secret::new([7; 32]), text).unwrap();
    letter.seal(keys().set.current(TODAY).unwrap(), &mut OsRandom).unwrap()
}

#[test]
fn a_letter_opens_with_each_desk_key_and_no_other() {
    let file = sealed("سلام");
    for key in &keys().desk {
        let letter = open_letter(&file, std::slice::from_ref(key)).unwrap();
        assert_eq!((letter.text.expose().as_str(), letter.reply_key.expose()), ("سلام", &[7; 32]));
    }
    let stranger = open_letter(&file, std::slice::from_ref(&keys().stranger)).unwrap_err();
    assert_eq!(stranger.code(), "open-unknown-recipient");
    assert!(!file.windows(8).any(|window| window == [7; 8]), "the reply key shows");
}

#[test]
fn all_letters_have_one_length_and_one_shape() {
    for text in ["x".to_owned(), "\u{1f54a}".repeat(LETTER_CHARS)] {
        let file = sealed(&text);
        assert_eq!(file.len(), letter_len(2));
        check_letter(2, &file).unwrap();
        assert_eq!(check_letter(2, &file[1..]).unwrap_err().code(), "shape-not-age");
        assert_eq!(check_letter(2, &file[..file.len() - 1]).unwrap_err().code(), "shape-length");
        assert_eq!(check_letter(3, &file).unwrap_err().code(), "shape-too-few-stanzas");
    }
}

#[test]
fn a_message_is_no_letter_and_a_letter_is_no_message() {
    assert_eq!(open_letter(base(), &keys().desk).unwrap_err().code(), "open-too-large");
    let file = sealed("x");
    let error = hamseda_open::open(&*file, &keys().desk, &crate::common::LIMITS).unwrap_err();
    assert_eq!(error.code(), "open-length");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_changed_letter_never_opens(at: proptest::sample::Index, change in 1u8..) {
        let mut file = sealed("I am safe.");
        let at = at.index(file.len());
        file[at] ^= change;
        // A stanza for another desk key may be changed: it is the header's MAC that refuses then.
        prop_assert!(open_letter(&file, &keys().desk).is_err());
    }

    #[test]
    fn a_cut_letter_never_opens(len: proptest::sample::Index) {
        let file = sealed("I am safe.");
        prop_assert!(open_letter(&file[..len.index(file.len())], &keys().desk).is_err());
    }
}
