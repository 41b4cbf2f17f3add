//! Languages and text in several of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The value of the HTML attribute `dir`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

macro_rules! languages {
    ($($variant:ident $code:literal $name:literal $dir:ident;)*) => {
        /// A language the product knows. The base direction of every text comes from it, never from the text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Lang { $(
            #[doc = $name]
            #[serde(rename = $code)]
            $variant,
        )* }

        impl Lang {
            /// Every language, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// BCP 47 tag.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The language's name in itself.
            #[must_use]
            pub const fn own_name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Base direction.
            #[must_use]
            pub const fn direction(self) -> Direction {
                match self { $(Self::$variant => Direction::$dir,)* }
            }
        }
    };
}

languages! {
    Fa "fa" "فارسی" Rtl;
    Ar "ar" "العربية" Rtl;
    En "en" "English" Ltr;
    Ckb "ckb" "کوردی" Rtl;
    Ur "ur" "اردو" Rtl;
    He "he" "עברית" Rtl;
    Fr "fr" "français" Ltr;
    De "de" "Deutsch" Ltr;
    Es "es" "español" Ltr;
    Ku "ku" "kurdî" Ltr;
    Tr "tr" "Türkçe" Ltr;
    Hi "hi" "हिन्दी" Ltr;
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A tag that is none of [`Lang::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language this campaign can use; known: fa ar en ckb ur he fr de es ku tr hi")]
pub struct ParseLangError(String);

impl FromStr for Lang {
    type Err = ParseLangError;

    fn from_str(text: &str) -> Result<Self, ParseLangError> {
        Self::ALL.iter().copied().find(|lang| lang.code() == text).ok_or_else(|| ParseLangError(text.into()))
    }
}

/// One text in several languages, as TOML writes it: `{ en = "…", fa = "…" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Local(pub BTreeMap<Lang, String>);

impl Local {
    /// The text in `lang`, else in English, else in any language, else nothing. Says which language was found, for
    /// the element that shows it needs that language's `lang` and `dir`.
    #[must_use]
    pub fn best(&self, lang: Lang) -> Option<(Lang, &str)> {
        [lang, Lang::En]
            .iter()
            .find_map(|l| self.0.get_key_value(l))
            .or_else(|| self.0.iter().next())
            .map(|(l, text)| (*l, text.as_str()))
    }

    /// The text of [`Local::best`], empty where there is none.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        self.best(lang).map_or("", |(_, text)| text)
    }
}

impl<const N: usize> From<[(Lang, &str); N]> for Local {
    fn from(pairs: [(Lang, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(lang, text)| (lang, text.to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_the_nearest_language() {
        let text = Local::from([(Lang::En, "we"), (Lang::Fa, "ما")]);
        assert_eq!(text.best(Lang::Fa), Some((Lang::Fa, "ما")));
        assert_eq!(text.best(Lang::Ar), Some((Lang::En, "we")));
        assert_eq!(Local::default().get(Lang::En), "");
    }

    #[test]
    fn codes_parse_back() {
        for lang in Lang::ALL {
            assert_eq!(lang.code().parse(), Ok(*lang));
        }
        assert!("EN".parse::<Lang>().is_err());
    }
}
