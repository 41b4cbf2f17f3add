//! Texts for people, from Fluent files that a crate embeds.
//!
//! A crate keeps `locales/<lang>.ftl`, embeds them with `include_str!` and asks by id. A text that a language lacks comes
//! from English; an id that English lacks is a defect a test finds (`Texts::missing`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::Lang;

/// A Fluent file that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("texts in {lang}: {why}")]
pub struct TextsError {
    lang: Lang,
    why: String,
}

/// Texts of one crate in several languages.
pub struct Texts {
    bundles: BTreeMap<Lang, (FluentBundle<FluentResource>, Vec<String>)>,
}

impl Texts {
    /// Parses `(language, file)` pairs; English must be among them.
    ///
    /// # Errors
    /// A file that Fluent refuses, or no English.
    pub fn new(files: &[(Lang, &str)]) -> Result<Self, TextsError> {
        let mut bundles = BTreeMap::new();
        for &(lang, source) in files {
            let error = |why: String| TextsError { lang, why };
            let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, e)| error(format!("{e:?}")))?;
            let ids = resource.entries().filter_map(message_id).collect();
            let tag = lang.code().parse().map_err(|e| error(format!("{e:?}")))?;
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Direction marks around arguments: a Latin name inside a Persian sentence keeps its own order.
            bundle.set_use_isolating(lang.direction() == crate::Direction::Rtl);
            bundle.add_resource(resource).map_err(|e| error(format!("{e:?}")))?;
            bundles.insert(lang, (bundle, ids));
        }
        if !bundles.contains_key(&Lang::En) {
            return Err(TextsError { lang: Lang::En, why: "English is missing".into() });
        }
        Ok(Self { bundles })
    }

    /// The text `id` in `lang`, else in English, else the id itself (which a test of the crate must make impossible).
    #[must_use]
    pub fn get(&self, lang: Lang, id: &str) -> String {
        self.with(lang, id, &[])
    }

    /// Like [`Texts::get`], with named arguments.
    #[must_use]
    pub fn with(&self, lang: Lang, id: &str, args: &[(&str, &str)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, *value);
        }
        for lang in [lang, Lang::En] {
            let Some((bundle, _)) = self.bundles.get(&lang) else { continue };
            let Some(pattern) = bundle.get_message(id).and_then(|m| m.value()) else { continue };
            let mut errors = Vec::new();
            return bundle.format_pattern(pattern, Some(&fluent), &mut errors).into_owned();
        }
        id.to_owned()
    }

    /// Languages that have a file.
    pub fn languages(&self) -> impl Iterator<Item = Lang> {
        self.bundles.keys().copied()
    }

    /// A line per text that English has and another language lacks, or the other way round. Empty when complete.
    #[must_use]
    pub fn missing(&self) -> String {
        let mut out = String::new();
        let Some((_, english)) = self.bundles.get(&Lang::En) else { return out };
        for (lang, (_, ids)) in &self.bundles {
            for id in english.iter().filter(|id| !ids.contains(id)) {
                let _ = writeln!(out, "{lang} lacks {id}");
            }
            for id in ids.iter().filter(|id| !english.contains(id)) {
                let _ = writeln!(out, "{lang} has {id}, English does not");
            }
        }
        out
    }
}

fn message_id(entry: &fluent_syntax::ast::Entry<&str>) -> Option<String> {
    match entry {
        fluent_syntax::ast::Entry::Message(m) => Some(m.id.name.to_owned()),
        _ => None,
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.bundles.keys()).finish()
    }
}

/// Writes a number in the digits of a language (Persian and Arabic pages use their own), grouped by thousands.
#[must_use]
pub fn number(lang: Lang, value: u64) -> String {
    let plain = value.to_string();
    let (zero, separator) = match lang {
        Lang::Fa | Lang::Ckb | Lang::Ur => ('۰', '٬'),
        Lang::Ar => ('٠', '٬'),
        Lang::Fr | Lang::Es => ('0', '\u{202f}'),
        Lang::De | Lang::Tr | Lang::Ku => ('0', '.'),
        Lang::En | Lang::He | Lang::Hi => ('0', ','),
    };
    let mut out = String::new();
    for (i, c) in plain.chars().enumerate() {
        if i > 0 && (plain.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        let digit = c as u32 - '0' as u32;
        out.push(char::from_u32(zero as u32 + digit).unwrap_or(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_back_to_english_and_report_gaps() {
        let texts =
            Texts::new(&[(Lang::En, "hello = Hello { $who }\nbye = Bye\n"), (Lang::Fa, "hello = سلام { $who }\n")])
                .unwrap();
        assert_eq!(texts.with(Lang::En, "hello", &[("who", "Ana")]), "Hello Ana");
        assert_eq!(texts.with(Lang::Fa, "hello", &[("who", "Ana")]), "سلام \u{2068}Ana\u{2069}");
        assert_eq!(texts.get(Lang::Fa, "bye"), "Bye");
        assert_eq!(texts.missing(), "fa lacks bye\n");
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(number(Lang::En, 4952), "4,952");
        assert_eq!(number(Lang::Fa, 4952), "۴٬۹۵۲");
        assert_eq!(number(Lang::Ar, 7), "٧");
    }
}
