//! Lists of 2,048 words: how receipts and codes are written, copied by hand, read aloud and remembered.
//!
//! Reading is forgiving where no two words of the list can be confused by it: case, letters that keyboards write in two
//! ways (ي and ی, ك and ک, أ and ا, ة and ه), vowel marks, and in Persian and Arabic letters that sound alike.
//! `words/README.md` says what is folded and where the lists come from.
//!
//! Refuses: to guess. A word that is not in the list is named, with those it may have been; whoever copied it decides.

mod fold;
mod near;

use std::collections::HashMap;
use std::sync::LazyLock;

use hamseda_core::Lang;

pub use crate::error::UnknownWord;

/// Words in a list: 11 bits each.
pub const COUNT: usize = 2048;

/// The list of one language.
#[derive(Debug)]
pub struct WordList {
    lang: Lang,
    words: [&'static str; COUNT],
    spelled: HashMap<String, u16>,
    heard: HashMap<String, u16>,
}

static FA: LazyLock<WordList> = LazyLock::new(|| WordList::new(Lang::Fa, include_str!("words/fa.txt")));
static AR: LazyLock<WordList> = LazyLock::new(|| WordList::new(Lang::Ar, include_str!("words/ar.txt")));
static EN: LazyLock<WordList> = LazyLock::new(|| WordList::new(Lang::En, include_str!("words/en.txt")));

/// The list of a language; `None` where digits are used instead.
#[must_use]
pub fn of(lang: Lang) -> Option<&'static WordList> {
    match lang {
        Lang::Fa => Some(&FA),
        Lang::Ar => Some(&AR),
        Lang::En => Some(&EN),
        _ => None,
    }
}

/// Every list there is.
pub fn all() -> impl Iterator<Item = &'static WordList> {
    Lang::ALL.iter().filter_map(|lang| of(*lang))
}

impl WordList {
    fn new(lang: Lang, text: &'static str) -> Self {
        let mut list = Self { lang, words: [""; COUNT], spelled: HashMap::new(), heard: HashMap::new() };
        for ((index, place), word) in (0..).zip(&mut list.words).zip(text.lines()) {
            *place = word;
            list.spelled.insert(fold::spelling(word), index);
            list.heard.insert(fold::sound(word), index);
        }
        list
    }

    /// The list's language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The words in their order.
    #[must_use]
    pub const fn words(&self) -> &[&'static str; COUNT] {
        &self.words
    }

    /// The word at a place; the lowest 11 bits of `index` count.
    #[must_use]
    pub fn word(&self, index: u16) -> &'static str {
        self.words[usize::from(index) % COUNT]
    }

    /// The place of a word as a person wrote it.
    ///
    /// # Errors
    /// It is not in the list; the error names it and the words it may have been.
    pub fn index(&self, word: &str) -> Result<u16, UnknownWord> {
        self.find(word).ok_or_else(|| UnknownWord { word: word.to_owned(), near: self.near(word) })
    }

    /// As [`WordList::index`], without looking for what may have been meant.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<u16> {
        self.spelled.get(&fold::spelling(word)).or_else(|| self.heard.get(&fold::sound(word))).copied()
    }

    /// Up to three words that differ least from this one; none where all differ much.
    #[must_use]
    pub fn near(&self, word: &str) -> Vec<&'static str> {
        near::among(&self.words, &fold::sound(word))
    }
}

#[cfg(test)]
mod tests;
