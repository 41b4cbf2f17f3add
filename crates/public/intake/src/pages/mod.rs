//! Pages for people: the call, sending, the plain road, codes.
//!
//! Refuses: inline script and inline style, cookies, redirects, anything from another host. A page is complete without
//! its style sheet; one that needs script says so without it and leads to the road that needs none.

mod call;
pub(crate) mod code;
mod digits;
mod facts;
pub(crate) mod files;
pub(crate) mod frame;
mod language;
pub(crate) mod missing;
mod packed;
pub(crate) mod parts;
mod script;
mod sealer;
mod send;
mod style;
mod words;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::from_fn;
use axum::routing::get;
use hamseda_core::{Lang, Texts};

use crate::router::Shared;
use crate::{Config, IntakeError};
use facts::Facts;

/// Where "leave this page" leads: a page that anybody may have open.
const EXIT: &str = "https://www.wikipedia.org/";

/// The pages and what they load.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(call::negotiated))
        .route("/{lang}", get(call::chosen))
        .route("/{lang}/", get(call::chosen))
        .route("/{lang}/send", get(send::chosen))
        .route("/{lang}/parts", get(parts::chosen))
        .route("/{lang}/code", get(code::chosen))
        .route("/capture/{file}", get(script::file))
        .route("/sealer.html", get(sealer::sealer))
        .route("/kit.json", get(sealer::kit))
        .route("/style/{file}", get(style::file))
        .layer(from_fn(packed::layer))
}

/// What all pages share.
#[derive(Debug)]
pub(crate) struct Pages {
    texts: Texts,
    /// Languages of the campaign that have texts here; never empty.
    langs: Vec<Lang>,
    style: String,
    /// The campaign, as JSON for the script.
    facts: String,
    /// What the script says, as JSON, by language.
    client_texts: BTreeMap<Lang, String>,
    /// The campaign, for the offline sealer's file, which the key set of the day completes.
    kit: Facts,
    sealer_hash: String,
    sealer_policy: HeaderValue,
}

impl Pages {
    pub(crate) fn new(config: &Config) -> Result<Self, IntakeError> {
        let texts = words::load()?;
        let known: Vec<Lang> = texts.languages().collect();
        let mut langs: Vec<Lang> = config.campaign.languages.iter().copied().filter(|l| known.contains(l)).collect();
        if langs.is_empty() {
            langs.push(Lang::En);
        }
        let facts = Facts::new(&config.campaign, config.keys.pin(), &langs, &config.limits);
        let client_texts = langs.iter().map(|&lang| (lang, words::for_client(&texts, lang))).collect();
        Ok(Self {
            texts,
            style: style::sheet(config.campaign.accent_rgb()),
            client_texts,
            facts: facts.to_json()?,
            kit: facts,
            langs,
            sealer_hash: facts::sha256_hex(hamseda_assets::SEALER_HTML.as_bytes()),
            sealer_policy: sealer::policy(),
        })
    }

    /// What the script says in `lang`, as JSON.
    fn client_texts(&self, lang: Lang) -> &str {
        self.client_texts.get(&lang).map_or("{}", String::as_str)
    }
}
