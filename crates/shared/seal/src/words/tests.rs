use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Letters a list's words are made of.
fn alphabet(lang: Lang) -> &'static str {
    match lang {
        Lang::Fa => "آئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی",
        Lang::Ar => "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
        _ => "abcdefghijklmnopqrstuvwxyz",
    }
}

#[test]
fn every_list_has_2048_short_words_of_its_own_letters() {
    for list in all() {
        for word in list.words() {
            let letters = word.chars().count();
            assert!((3..=8).contains(&letters), "{}: {word:?} has {letters} letters", list.lang());
            let foreign = word.chars().find(|c| !alphabet(list.lang()).contains(*c));
            assert_eq!(foreign, None, "{}: {word:?}", list.lang());
        }
    }
}

#[test]
fn no_two_words_of_any_list_are_spelled_or_sound_alike() {
    let mut spelled = BTreeSet::new();
    let mut heard = BTreeSet::new();
    for list in all() {
        for word in list.words() {
            assert!(spelled.insert(fold::spelling(word)), "{}: {word} is spelled like another word", list.lang());
            assert!(heard.insert(fold::sound(word)), "{}: {word} sounds like another word", list.lang());
        }
    }
}

/// One letter left out, added, changed or swapped in a Persian or Arabic word never makes another word, even after the
/// folding by sound: a slip is noticed and never read as something else.
#[test]
fn two_slips_lie_between_any_two_persian_or_arabic_words() {
    for list in [&*FA, &*AR] {
        let sounds: Vec<Vec<char>> = list.words().iter().map(|word| fold::sound(word).chars().collect()).collect();
        for (at, a) in sounds.iter().enumerate() {
            for (b, word) in sounds.iter().zip(list.words()).take(at) {
                let far = a.len().abs_diff(b.len()) > 1 || near::slips(a, b) > 1;
                assert!(far, "{}: {word} and {}", list.lang(), list.words()[at]);
            }
        }
    }
}

/// Dots are the first thing a bad copy loses.
#[test]
fn no_two_words_of_a_list_are_alike_without_their_dots() {
    let groups = ["بپتثنی", "جچحخ", "دذ", "رزژ", "سش", "صض", "طظ", "عغ", "فق", "کگ"];
    let undotted =
        |c: char| groups.iter().find(|group| group.contains(c)).and_then(|group| group.chars().next()).unwrap_or(c);
    for list in [&*FA, &*AR] {
        let shapes: BTreeSet<String> =
            list.words().iter().map(|word| fold::spelling(word).chars().map(undotted).collect()).collect();
        assert_eq!(shapes.len(), COUNT, "{}", list.lang());
    }
}

#[test]
fn lists_are_sorted_by_code_point() {
    assert!(all().all(|list| list.words().is_sorted()));
}

#[test]
fn english_words_differ_in_their_first_four_letters() {
    let starts: BTreeSet<_> = EN.words().iter().map(|word| word.get(..4).unwrap_or(word)).collect();
    assert_eq!(starts.len(), COUNT);
}

/// What a vector says of one text.
#[derive(serde::Deserialize)]
struct Case {
    lang: Lang,
    text: String,
    index: Option<u16>,
    #[serde(default)]
    near: Vec<String>,
}

fn cases(json: &str) -> Vec<Case> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn vectors_are_read_as_they_say() {
    for case in cases(include_str!("../../../../../vectors/words/read.json")) {
        assert_eq!(of(case.lang).unwrap().index(&case.text).ok(), case.index, "{}", case.text);
    }
    for case in cases(include_str!("../../../../../vectors/words/unknown.json")) {
        assert_eq!(of(case.lang).unwrap().index(&case.text).unwrap_err().near, case.near, "{}", case.text);
    }
}

#[test]
fn lists_stay_what_they_were() {
    use sha2::{Digest, Sha256};
    let pinned: std::collections::BTreeMap<Lang, String> =
        serde_json::from_str(include_str!("../../../../../vectors/words/lists.json")).unwrap();
    for list in all() {
        let text = list.words().join("\n") + "\n";
        assert_eq!(hex::encode(Sha256::digest(text)), pinned[&list.lang()], "{}", list.lang());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_word_is_found_however_it_was_typed(index in 0u16..2048, harakat in "[\u{64b}-\u{652}]{0,3}", at in 0usize..3) {
        for list in all() {
            let word = list.word(index);
            let split = word.char_indices().nth(at).map_or(0, |(byte, _)| byte);
            let (a, b) = word.split_at(split);
            let marked = format!("\u{200f}{a}{harakat}\u{200c}{b}");
            let shouted = word.to_uppercase();
            let other_keyboard = word.replace('ی', "ي").replace('ک', "ك").replace(['أ', 'إ', 'آ'], "ا").replace('ة', "ه");
            for text in [word, &marked, &shouted, &other_keyboard] {
                prop_assert_eq!(list.index(text), Ok(index), "{}", text);
            }
        }
    }

    #[test]
    fn a_word_with_a_slip_is_named_and_the_right_one_proposed_or_another_as_near(index in 0u16..2048, drop in 0usize..8) {
        for list in all() {
            let word = list.word(index);
            let slip: String = word.chars().enumerate().filter_map(|(i, c)| (i != drop % 3).then_some(c)).collect();
            if let Err(error) = list.index(&slip) {
                prop_assert_eq!(&error.word, &slip);
                prop_assert!(!error.near.is_empty() && error.near.len() <= 3);
                let near = |word: &str| {
                    let (a, b) = (fold::sound(word), fold::sound(&slip));
                    near::slips(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
                };
                prop_assert!(error.near.iter().all(|other| near(other) <= near(word)));
            }
        }
    }

    #[test]
    fn counting_slips_is_symmetric_and_zero_only_for_equals(a in "[abc]{0,6}", b in "[abc]{0,6}") {
        let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        prop_assert_eq!(near::slips(&x, &y), near::slips(&y, &x));
        prop_assert_eq!(near::slips(&x, &y) == 0, a == b);
        prop_assert!(near::slips(&x, &y) <= x.len().max(y.len()));
    }
}

#[test]
fn what_is_no_word_is_named_without_a_guess() {
    let error = EN.index("qqqqqqq").unwrap_err();
    assert_eq!((error.word.as_str(), error.near.len()), ("qqqqqqq", 0));
    assert_eq!(EN.index("abandno").unwrap_err().near, ["abandon"]);
    assert!(EN.index("").is_err());
}
