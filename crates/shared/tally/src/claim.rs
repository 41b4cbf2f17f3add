//! A figure that may be printed. A number of messages is *certified* (a lower bound that auditors signed), *logged* (printed
//! with "not audited") or *published*; there is no fourth way, and no way to make a claim out of a bare number.
//!
//! Refuses: the word "people". Two messages may be one person; the log can't tell, and says so.

use std::sync::LazyLock;

use hamseda_core::{Lang, Texts, TextsError, number};

use crate::{Count, PublishedIndex};

/// What stands behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimKind {
    /// At least so many, by an auditors' report.
    Certified,
    /// So many leaves stand in the log; nobody has audited them.
    Logged,
    /// So many clips can be watched.
    Published,
}

/// A figure with what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    kind: ClaimKind,
    figure: u64,
}

/// A claim in words. Whoever shows `figure` shows `standing` beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimText {
    /// The number in the language's digits.
    pub figure: String,
    /// "messages", in the form the number asks for.
    pub noun: String,
    /// "logged, not audited".
    pub standing: String,
    /// All of it in one line.
    pub sentence: String,
}

impl Claim {
    /// The net count of a log that nobody has audited.
    #[must_use]
    pub const fn logged(count: &Count) -> Self {
        Self { kind: ClaimKind::Logged, figure: count.net.raw() }
    }

    /// The clips that can be watched.
    #[must_use]
    pub fn published(index: &PublishedIndex) -> Self {
        Self { kind: ClaimKind::Published, figure: index.clips().len() as u64 }
    }

    /// What stands behind it.
    #[must_use]
    pub const fn kind(&self) -> ClaimKind {
        self.kind
    }

    /// The claim in words.
    #[must_use]
    pub fn text(&self, lang: Lang) -> ClaimText {
        // A language without a file gets English words, so its digits must be English too.
        let lang = if texts().languages().any(|l| l == lang) { lang } else { Lang::En };
        let get = |id: &str, args: &[(&str, &str)]| texts().with(lang, id, args);
        let figure = number(lang, self.figure);
        let noun = get("claim-noun", &[("form", plural(lang, self.figure))]);
        let standing = get(self.kind.id(), &[]);
        let sentence = get("claim-sentence", &[("figure", &figure), ("noun", &noun), ("standing", &standing)]);
        ClaimText { figure, noun, standing, sentence }
    }
}

impl ClaimKind {
    const fn id(self) -> &'static str {
        match self {
            Self::Certified => "claim-certified",
            Self::Logged => "claim-logged",
            Self::Published => "claim-published",
        }
    }
}

/// The plural form of CLDR that a count noun takes, for the languages that have a text here.
const fn plural(lang: Lang, n: u64) -> &'static str {
    match (lang, n, n % 100) {
        (Lang::En, 1, _) => "one",
        (Lang::Ar, 0, _) => "zero",
        (Lang::Ar, 1, _) => "one",
        (Lang::Ar, 2, _) => "two",
        (Lang::Ar, _, 3..=10) => "few",
        (Lang::Ar, _, 11..=99) => "many",
        _ => "other",
    }
}

fn texts() -> &'static Texts {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the files are part of the program; a test parses them")]
        load().expect("texts of the tally")
    });
    &TEXTS
}

fn load() -> Result<Texts, TextsError> {
    Texts::new(&[
        (Lang::En, include_str!("../locales/en.ftl")),
        (Lang::Fa, include_str!("../locales/fa.ftl")),
        (Lang::Ar, include_str!("../locales/ar.ftl")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Leaf, LeafKind, count};

    fn logged(n: u8) -> Claim {
        let leaf = |i| Leaf { kind: LeafKind::Accepted, batch: 1, tag: [i; 16], commitment: [0; 32] };
        Claim::logged(&count(&(0..n).map(leaf).collect::<Vec<_>>()))
    }

    #[test]
    fn every_language_has_every_text() {
        assert_eq!(load().unwrap().missing(), "");
    }

    #[test]
    fn rule_7_a_figure_is_never_alone() {
        assert_eq!(logged(24).text(Lang::En).sentence, "24 messages, logged, not audited");
        assert_eq!(logged(1).text(Lang::En).noun, "message");
        assert_eq!(logged(24).text(Lang::Fa).figure, "۲۴");
        assert_eq!(logged(5).text(Lang::Ar).noun, "رسائل");
        assert_eq!(logged(24).text(Lang::De), logged(24).text(Lang::En));
        for lang in [Lang::En, Lang::Fa, Lang::Ar] {
            let text = logged(24).text(lang);
            assert!(text.sentence.contains(&text.standing) && !text.standing.is_empty());
        }
    }
}
