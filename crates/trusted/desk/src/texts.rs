//! The desk's words, and which language a browser gets.

use hamseda_core::{Lang, Texts, TextsError};

const FILES: [(Lang, &str); 3] = [
    (Lang::En, include_str!("../locales/en.ftl")),
    (Lang::Fa, include_str!("../locales/fa.ftl")),
    (Lang::Ar, include_str!("../locales/ar.ftl")),
];

pub(crate) fn load() -> Result<Texts, TextsError> {
    Texts::new(&FILES)
}

/// The first language of `Accept-Language` that the desk speaks; weights are ignored, browsers send them in order.
pub(crate) fn preferred(accept: &str) -> Lang {
    let tags = accept.split(',').filter_map(|part| part.split([';', '-']).next());
    let known = |tag: &str| FILES.iter().map(|(lang, _)| *lang).find(|lang| lang.code() == tag.trim());
    tags.filter_map(known).next().unwrap_or(Lang::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_every_language() {
        assert_eq!(load().unwrap().missing(), "");
    }

    #[test]
    fn the_browsers_first_known_language_wins() {
        assert_eq!(preferred("fa-IR,fa;q=0.9,en;q=0.8"), Lang::Fa);
        assert_eq!(preferred("de,ar;q=0.5"), Lang::Ar);
        assert_eq!(preferred(""), Lang::En);
    }
}
