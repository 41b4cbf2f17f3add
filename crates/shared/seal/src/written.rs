//! Reading what a person copied by hand: words of one list, or digits in any of three scripts.
//!
//! Refuses: to guess. A word that is in no list is named by its place; words and digits together are not read.

use crate::error::WrittenError;
use crate::words;

/// What was written, before it is judged how much of it there must be.
pub(crate) enum Written {
    /// Places of the words in their list.
    Words(Vec<u16>),
    /// Digits, 0 to 9 each.
    Digits(Vec<u8>),
}

impl Written {
    /// Reads words or digits. Blanks, hyphens, commas and direction marks part them; small numbers that count words
    /// ("1 acid 2 actor") are passed over.
    pub(crate) fn read(text: &str) -> Result<Self, WrittenError> {
        let text: String = text.chars().filter(|c| !is_mark(*c)).collect();
        let tokens: Vec<&str> = text.split(parts).filter(|token| !token.is_empty()).collect();
        let is_number = |token: &&str| token.chars().all(|c| digit(c).is_some());
        if tokens.iter().all(is_number) {
            return Ok(Self::Digits(tokens.iter().flat_map(|token| token.chars()).filter_map(digit).collect()));
        }
        let counts = |token: &&str| is_number(token) && token.chars().count() <= 2;
        let given: Vec<&str> = tokens.into_iter().filter(|token| !counts(token)).collect();
        if given.iter().any(is_number) {
            return Err(WrittenError::Mixed);
        }
        of_one_list(&given).map(Self::Words)
    }
}

/// Places of words in the list that knows most of them. No word stands in two lists, so others are slips or strangers.
fn of_one_list(given: &[&str]) -> Result<Vec<u16>, WrittenError> {
    let known = |list: &words::WordList| given.iter().filter(|word| list.find(word).is_some()).count();
    let list = words::all().max_by_key(|list| known(list)).ok_or(WrittenError::Mixed)?;
    let place_of = |(at, word): (usize, &&str)| {
        let elsewhere = || words::all().any(|other| other.lang() != list.lang() && other.find(word).is_some());
        list.index(word).map_err(|error| match elsewhere() {
            true => WrittenError::Mixed,
            false => WrittenError::Unknown { place: at + 1, word: error },
        })
    };
    given.iter().enumerate().map(place_of).collect()
}

/// The value of a Western, Arabic or Persian digit.
pub(crate) fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '–' | ',' | '،' | ';' | '؛' | '.' | ':' | '(' | ')' | '/')
}

/// Marks of direction, which pages put around a code and a copy brings along.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
