//! Texts as templates use them.

use hamseda_core::{Day, Lang, Local, Texts, TextsError, number};

const EN: &str = include_str!("../../locales/en.ftl");

/// How the ids begin of what the script says.
const CLIENT: &str = "app-";
/// Arguments in those texts, and the hole that the script fills.
const ARGUMENTS: [(&str, &str); 16] = [
    ("after", "{after}"),
    ("before", "{before}"),
    ("code", "{code}"),
    ("count", "{count}"),
    ("day", "{day}"),
    ("done", "{done}"),
    ("have", "{have}"),
    ("k", "{k}"),
    ("n", "{n}"),
    ("name", "{name}"),
    ("percent", "{percent}"),
    ("seconds", "{seconds}"),
    ("size", "{size}"),
    ("time", "{time}"),
    ("what", "{what}"),
    ("word", "{word}"),
];

/// The languages of the pages. A campaign offers those of its own languages that stand here.
const FILES: &[(Lang, &str)] = &[
    (Lang::En, EN),
    (Lang::Fa, include_str!("../../locales/fa.ftl")),
    (Lang::Ar, include_str!("../../locales/ar.ftl")),
    (Lang::Fr, include_str!("../../locales/fr.ftl")),
    (Lang::De, include_str!("../../locales/de.ftl")),
    (Lang::Es, include_str!("../../locales/es.ftl")),
    (Lang::Ku, include_str!("../../locales/ku.ftl")),
    (Lang::Tr, include_str!("../../locales/tr.ftl")),
];

/// The intake's texts.
pub(super) fn load() -> Result<Texts, TextsError> {
    Texts::new(FILES)
}

/// What the script says in `lang`: a JSON object of texts by id, `{n}` where an argument goes.
pub(super) fn for_client(texts: &Texts, lang: Lang) -> String {
    let ids = EN.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id);
    let said = ids.filter_map(|id| id.strip_prefix(CLIENT).map(|short| (short, texts.with(lang, id, &ARGUMENTS))));
    serde_json::Value::Object(said.map(|(id, text)| (id.to_owned(), text.into())).collect()).to_string()
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
    fn the_script_gets_every_text_with_holes_it_knows() {
        let texts = load().unwrap();
        let english: serde_json::Value = serde_json::from_str(&for_client(&texts, Lang::En)).unwrap();
        assert_eq!(english["work-part"], "Part {n} of {count} is safe on the server.");
        for lang in texts.languages() {
            let said: serde_json::Value = serde_json::from_str(&for_client(&texts, lang)).unwrap();
            for (id, text) in said.as_object().unwrap() {
                let text = text.as_str().unwrap();
                assert!(!text.contains("{$") && !text.contains("{ $"), "{lang} {id}: {text}");
                let holes = |text: &str| {
                    text.split('{')
                        .skip(1)
                        .map(|rest| rest.split('}').next().unwrap().to_owned())
                        .collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(holes(text), holes(english[id].as_str().unwrap()), "{lang} {id}");
            }
        }
    }

    /// A text that lacks an argument says less than it should; one with another argument prints its name.
    #[test]
    fn every_text_uses_the_arguments_of_the_english_one() {
        let arguments = |text: &str| {
            let parts = text.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap_or_default().to_owned());
            parts.collect::<std::collections::BTreeSet<_>>()
        };
        let texts_of = |file: &'static str| file.lines().filter_map(|line| line.split_once(" = "));
        let english: std::collections::BTreeMap<_, _> = texts_of(EN).collect();
        for (lang, file) in FILES {
            for (id, text) in texts_of(file).filter(|(id, _)| !id.starts_with('#')) {
                assert_eq!(arguments(text), arguments(english[id]), "{lang} {id}");
                assert!(!text.contains('\u{200b}') && !text.contains("  "), "{lang} {id}: {text}");
            }
        }
    }

    #[test]
    fn days_are_written_as_the_language_writes_them() {
        let texts = load().unwrap();
        let written = |lang| Words { texts: &texts, lang }.day(Day::from_civil(2026, 3, 9));
        assert_eq!(written(Lang::En), "9 March 2026");
        assert_eq!(written(Lang::Fa), "۹ مارس ۲۰۲۶");
        assert_eq!(written(Lang::Ar), "٩ مارس ٢٠٢٦");
        assert_eq!(written(Lang::Fr), "9 mars 2026");
        assert_eq!(written(Lang::De), "9. März 2026");
        assert_eq!(written(Lang::Es), "9 de marzo de 2026");
        assert_eq!(written(Lang::Ku), "9 Adar 2026");
        assert_eq!(written(Lang::Tr), "9 Mart 2026");
    }
}
