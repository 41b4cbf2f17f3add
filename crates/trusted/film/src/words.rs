//! The film's own words, in the language of the film where it has them, else in English.

use hamseda_core::{Lang, Texts, TextsError};

/// Words in one language.
pub(crate) struct Phrases {
    texts: Texts,
    /// The language they are in: the one asked for, or English.
    pub(crate) lang: Lang,
    /// The file they come from: part of the address of what they are drawn on.
    pub(crate) source: &'static str,
}

const FILES: [(Lang, &str); 3] = [
    (Lang::En, include_str!("../locales/en.ftl")),
    (Lang::Fa, include_str!("../locales/fa.ftl")),
    (Lang::Ar, include_str!("../locales/ar.ftl")),
];

impl Phrases {
    /// Loads the embedded files.
    pub(crate) fn load(lang: Lang) -> Result<Self, TextsError> {
        let texts = Texts::new(&FILES)?;
        let (lang, source) = FILES.into_iter().find(|(l, _)| *l == lang).unwrap_or(FILES[0]);
        Ok(Self { texts, lang, source })
    }

    pub(crate) fn get(&self, id: &str) -> String {
        self.texts.get(self.lang, id)
    }

    pub(crate) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.texts.with(self.lang, id, args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text() {
        assert_eq!(Phrases::load(Lang::Fa).unwrap().texts.missing(), "");
        assert_eq!(Phrases::load(Lang::De).unwrap().lang, Lang::En);
    }
}
