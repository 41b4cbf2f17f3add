//! Texts as templates use them.

use hamseda_core::{Day, Lang, Local, Texts, TextsError, number};

/// The intake's texts.
pub(super) fn load() -> Result<Texts, TextsError> {
    Texts::new(&[
        (Lang::En, include_str!("../../locales/en.ftl")),
        (Lang::Fa, include_str!("../../locales/fa.ftl")),
        (Lang::Ar, include_str!("../../locales/ar.ftl")),
    ])
}

/// The texts of one page in its language.
pub(super) struct Words<'a> {
    pub(super) texts: &'a Texts,
    pub(super) lang: Lang,
}

/// A campaign's text with the language it is in, which may not be the page's.
pub(super) struct Said<'a> {
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    pub(super) text: &'a str,
}

impl Words<'_> {
    /// The text `id`.
    pub(super) fn get(&self, id: &str) -> String {
        self.texts.get(self.lang, id)
    }

    /// The text `id` with named arguments.
    pub(super) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.texts.with(self.lang, id, args)
    }

    /// A day, written out.
    pub(super) fn day(&self, day: Day) -> String {
        let (year, month, date) = day.civil();
        let month = self.get(&format!("month-{month}"));
        let (year, date) = (self.digits(year.unsigned_abs()), self.digits(date));
        let day = self.with("day", &[("date", &date), ("month", &month), ("year", &year)]);
        // Marks around each number would leave nothing from which the whole date takes its direction.
        day.replace(['\u{2068}', '\u{2069}'], "")
    }

    /// A count.
    pub(super) fn number(&self, value: u32) -> String {
        number(self.lang, u64::from(value))
    }

    /// A number that is a name, such as a year: digits of the language, not grouped.
    fn digits(&self, value: u32) -> String {
        value.to_string().bytes().map(|digit| number(self.lang, u64::from(digit - b'0'))).collect()
    }
}

impl<'a> Said<'a> {
    /// The nearest text; empty ones are left out by templates.
    pub(super) fn new(text: &'a Local, lang: Lang) -> Self {
        let (lang, text) = text.best(lang).unwrap_or((lang, ""));
        Self { lang: lang.code(), dir: lang.direction().as_str(), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_every_language() {
        assert_eq!(load().unwrap().missing(), "");
    }

    #[test]
    fn days_are_written_as_the_language_writes_them() {
        let texts = load().unwrap();
        let written = |lang| Words { texts: &texts, lang }.day(Day::from_civil(2026, 3, 9));
        assert_eq!(written(Lang::En), "9 March 2026");
        assert_eq!(written(Lang::Fa), "۹ مارس ۲۰۲۶");
        assert_eq!(written(Lang::Ar), "٩ مارس ٢٠٢٦");
    }
}
