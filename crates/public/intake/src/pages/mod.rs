//! Pages for people: the call, what to know before recording, how to send.
//!
//! Refuses: script, inline style, forms, cookies, redirects, anything from another host. A page is complete without its
//! style sheet.

pub(crate) mod call;
pub(crate) mod files;
mod language;
pub(crate) mod missing;
pub(crate) mod style;
mod words;

use hamseda_core::{Lang, Texts, TextsError};

use crate::Config;

/// Where "leave this page" leads: a page that anybody may have open.
const EXIT: &str = "https://www.wikipedia.org/";

/// What all pages share.
#[derive(Debug)]
pub(crate) struct Pages {
    texts: Texts,
    /// Languages of the campaign that have texts here; never empty.
    langs: Vec<Lang>,
    style: String,
}

impl Pages {
    pub(crate) fn new(config: &Config) -> Result<Self, TextsError> {
        let texts = words::load()?;
        let known: Vec<Lang> = texts.languages().collect();
        let mut langs: Vec<Lang> = config.campaign.languages.iter().copied().filter(|l| known.contains(l)).collect();
        if langs.is_empty() {
            langs.push(Lang::En);
        }
        Ok(Self { texts, langs, style: style::sheet(config.campaign.accent_rgb()) })
    }
}
