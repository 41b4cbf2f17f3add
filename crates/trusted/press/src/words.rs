//! Texts of the pages, and numbers, dates and sizes as a language writes them.

use std::sync::LazyLock;

use hamseda_core::number;
use hamseda_core::{Day, Lang, Local, Texts, TextsError};

/// The press's texts.
pub(crate) fn texts() -> &'static Texts {
    static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the files are part of the program; a test parses them")]
        load().expect("texts of the press")
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

/// The language whose texts a page of `lang` gets: English where there is no file.
pub(crate) fn spoken(lang: Lang) -> Lang {
    if texts().languages().any(|l| l == lang) { lang } else { Lang::En }
}

/// A text with the language it is in, as seen from a page of another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its language, where it is not the page's.
    other: Option<Lang>,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn new(page: Lang, lang: Lang, text: impl Into<String>) -> Self {
        Self { other: (page != lang).then_some(lang), text: text.into() }
    }

    /// The nearest text to the page's language; `None` where there is none at all.
    pub(crate) fn best(page: Lang, local: &Local) -> Option<Self> {
        local.best(page).filter(|(_, text)| !text.is_empty()).map(|(lang, text)| Self::new(page, lang, text))
    }

    /// The text as `write` puts it, knowing its language.
    pub(crate) fn rewritten(self, page: Lang, write: impl Fn(Lang, &str) -> String) -> Self {
        Self { text: write(self.other.unwrap_or(page), &self.text), ..self }
    }

    /// ` lang="…" dir="…"`, where needed, for the element that holds the text.
    pub(crate) fn attrs(&self) -> String {
        let attrs = |lang: Lang| format!(" lang=\"{}\" dir=\"{}\"", lang.code(), lang.direction().as_str());
        self.other.map(attrs).unwrap_or_default()
    }
}

/// `12 March 2026`.
pub(crate) fn date(lang: Lang, day: Day) -> String {
    let (year, month, day) = day.civil();
    let plain = |n: u64| number(lang, n).replace([',', '٬', '.', '\u{202f}'], "");
    let month = texts().with(lang, "month", &[("number", &format!("m{month}"))]);
    let (day, year) = (plain(day.into()), plain(u64::try_from(year).unwrap_or(0)));
    let date = texts().with(lang, "date", &[("day", &day), ("month", &month), ("year", &year)]);
    // All of it is in one language: with marks around each part, a sentence around the date would find no direction in it.
    date.replace(['\u{2068}', '\u{2069}'], "")
}

/// `1:05 min`.
pub(crate) fn duration(lang: Lang, millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    let n = |value: u64| number(lang, value);
    // One argument: apart, minutes and seconds would change places in a right-to-left sentence.
    let time = format!("{}:{}{}", n(seconds / 60), n(seconds % 60 / 10), n(seconds % 10));
    texts().with(lang, "duration", &[("time", &time)])
}

/// `12 MB`.
pub(crate) fn size(lang: Lang, bytes: u64) -> String {
    let (id, n) =
        if bytes >= 1_000_000 { ("size-mb", bytes.div_ceil(1_000_000)) } else { ("size-kb", bytes.div_ceil(1000)) };
    texts().with(lang, id, &[("n", &number(lang, n))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text() {
        assert_eq!(load().unwrap().missing(), "");
    }

    #[test]
    fn dates_lengths_and_sizes_are_in_the_language() {
        let day = Day::from_civil(2026, 3, 12);
        assert_eq!(date(Lang::En, day), "12 March 2026");
        assert_eq!(date(Lang::Fa, day), "۱۲ مارس ۲۰۲۶");
        assert_eq!(duration(Lang::En, 64_600), "1:05 min");
        assert_eq!(size(Lang::En, 2_400_001), "3 MB");
        assert_eq!(size(Lang::En, 900), "1 kB");
    }

    #[test]
    fn a_text_in_another_language_says_so() {
        let local = Local::from([(Lang::En, "Hello")]);
        let said = |page| Said::best(page, &local).unwrap().attrs();
        assert_eq!(said(Lang::En), "");
        assert_eq!(said(Lang::Fa), " lang=\"en\" dir=\"ltr\"");
    }
}
