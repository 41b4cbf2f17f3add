//! `programme.toml`: the editor's wishes. Unknown fields are errors; an error names line and column.

use std::collections::BTreeSet;
use std::ops::Range;

use hamseda_core::{Coded, Lang, Local, MessageId, PlaceId};
use serde::Deserialize;
use toml::Spanned;

/// What the editor asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// Language of cards and lower thirds.
    pub language: Lang,
    /// Title; empty means the campaign's slogan.
    #[serde(default)]
    pub title: Local,
    /// Line under the title; empty means the campaign's.
    #[serde(default)]
    pub line: Local,
    /// Length to aim for, seconds; 0 takes every message that the rules allow.
    #[serde(default)]
    pub target_seconds: u32,
    /// Sections in order.
    #[serde(default, rename = "section")]
    pub sections: Vec<Section>,
    /// Supporters, after the sections.
    #[serde(default)]
    pub supporters: Supporters,
    /// Closing card.
    #[serde(default)]
    pub closing: Closing,
}

/// A section: a card, pinned messages, then messages by rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Heading of its card; empty means no card.
    #[serde(default)]
    pub heading: Local,
    /// Messages at its head, in this order.
    #[serde(default)]
    pub pin: Vec<Spanned<MessageId>>,
    /// Which others; none when missing.
    pub rule: Option<Rule>,
}

/// Which messages a section takes. Every condition must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Only this language.
    pub language: Option<Lang>,
    /// Only this town, or towns of this province.
    pub place: Option<PlaceId>,
    /// Order.
    #[serde(default)]
    pub order: Order,
    /// At most so many; pinned ones don't count.
    pub max: Option<u32>,
}

/// Order of messages that a rule chose. Ties fall back to the id, which is random and says nothing of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Towns take turns, so that neighbours in the film come from different places; cards stand apart from each other.
    #[default]
    Mixed,
    /// Town by town, as the campaign file lists them; messages without a place last.
    Place,
    /// Shortest first.
    Short,
    /// Longest first.
    Long,
}

/// The supporters' section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supporters {
    /// Whether they are in the film.
    #[serde(default = "yes")]
    pub show: bool,
    /// Heading of the card; empty means no card.
    #[serde(default)]
    pub heading: Local,
    /// At most so many.
    pub max: Option<u32>,
}

impl Default for Supporters {
    fn default() -> Self {
        Self { show: true, heading: Local::default(), max: None }
    }
}

const fn yes() -> bool {
    true
}

/// The closing card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// The editor's last line above the number.
    #[serde(default)]
    pub line: Local,
}

/// A programme that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("programme.toml, line {line}, column {column}: {why}")]
pub struct ProgrammeError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub why: String,
}

impl Coded for ProgrammeError {
    fn code(&self) -> &'static str {
        "programme-file"
    }
}

impl ProgrammeError {
    fn at(text: &str, span: Range<usize>, why: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, why: why.into() }
    }
}

impl Programme {
    /// Parses and checks `programme.toml`.
    ///
    /// # Errors
    /// TOML that doesn't fit, a message pinned twice, more than 24 h of target length.
    pub fn parse(text: &str) -> Result<Self, ProgrammeError> {
        let programme: Self = toml::from_str(text)
            .map_err(|e| ProgrammeError::at(text, e.span().unwrap_or(0..0), e.message().trim_end_matches('\n')))?;
        let mut seen = BTreeSet::new();
        for pin in programme.sections.iter().flat_map(|s| &s.pin) {
            if !seen.insert(pin.get_ref()) {
                let why = format!("message {} is pinned twice; a message is in the film once", pin.get_ref());
                return Err(ProgrammeError::at(text, pin.span(), why));
            }
        }
        if programme.target_seconds > 24 * 3600 {
            let at = text.find("target_seconds").unwrap_or(0);
            return Err(ProgrammeError::at(text, at..at, "target_seconds is at most 86400, a day"));
        }
        Ok(programme)
    }

    /// The programme of a new campaign: every message, towns taking turns, then the supporters.
    #[must_use]
    pub fn standard(language: Lang) -> Self {
        let everything = Section { heading: Local::default(), pin: Vec::new(), rule: Some(Rule::default()) };
        Self {
            language,
            title: Local::default(),
            line: Local::default(),
            target_seconds: 0,
            sections: vec![everything],
            supporters: Supporters::default(),
            closing: Closing::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
language = "fa"
target_seconds = 240
[[section]]
heading = { en = "From the coast", fa = "از کرانه" }
pin = ["00000000000000000000000000000001"]
rule = { place = "port-ardal", order = "mixed", max = 12 }
[supporters]
heading = { en = "They stand with them" }
[closing]
line = { en = "Thank you" }
"#;

    fn error(text: &str) -> ProgrammeError {
        Programme::parse(text).expect_err("accepted")
    }

    #[test]
    fn a_programme_parses() {
        let programme = Programme::parse(FILE).unwrap();
        assert_eq!((programme.language, programme.target_seconds), (Lang::Fa, 240));
        assert_eq!(programme.sections[0].pin.len(), 1);
        assert_eq!(programme.sections[0].rule.as_ref().unwrap().max, Some(12));
        assert!(programme.supporters.show);
    }

    #[test]
    fn an_error_names_line_and_column() {
        let wrong_key = error(&FILE.replace("max = 12", "maximum = 12"));
        assert_eq!((wrong_key.line, wrong_key.column), (7, 49), "{wrong_key}");
        // Columns count characters, not bytes: the heading's Persian stands before it.
        let after_persian = error(&FILE.replace("\"از کرانه\" }", "\"از کرانه\", xx = 1 }"));
        assert_eq!((after_persian.line, after_persian.column), (5, 53), "{after_persian}");
        let wrong_place = error(&FILE.replace("\"port-ardal\"", "\"Port Ardal\""));
        assert_eq!(wrong_place.line, 7, "{wrong_place}");
        assert!(wrong_place.why.contains("a-z"), "{wrong_place}");
        let cut = error("language = \"fa\"\n[[section]\n");
        assert_eq!(cut.line, 2, "{cut}");
        assert_eq!(error("").why, "missing field `language`");
    }

    #[test]
    fn a_message_pinned_twice_is_pointed_at() {
        let id = "00000000000000000000000000000001";
        let twice = error(&format!("language = \"en\"\n[[section]]\npin = [\"{id}\",\n  \"{id}\"]\n"));
        assert_eq!((twice.line, twice.column), (4, 3), "{twice}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(language|=|\"fa\"|\\[\\[section\\]\\]|pin|\n|[a-zآ-ی]| ){0,40}") {
            let _ = Programme::parse(&text);
        }
    }
}
