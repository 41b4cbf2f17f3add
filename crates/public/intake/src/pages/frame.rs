//! What stands around every page but the call: the way out, the languages, the foot.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use hamseda_core::Lang;

use super::words::{Said, Words};
use super::{EXIT, call, language, missing};
use crate::router::{App, Shared};

/// The frame of one page.
pub(super) struct Frame<'a> {
    pub(super) words: Words<'a>,
    pub(super) exit: &'static str,
    pub(super) languages: &'a [Lang],
    /// The page's name below its language, such as `send`.
    pub(super) path: &'static str,
    pub(super) slogan: Said<'a>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(app: &'a App, lang: Lang, path: &'static str) -> Self {
        let words = Words { texts: &app.pages.texts, lang };
        let slogan = Said::new(&app.config.campaign.slogan, lang);
        Self { words, exit: EXIT, languages: &app.pages.langs, path, slogan }
    }

    /// The text `id`.
    pub(super) fn get(&self, id: &str) -> String {
        self.words.get(id)
    }

    /// The page's language.
    pub(super) fn code(&self) -> &'static str {
        self.words.lang.code()
    }

    /// Which way it is written.
    pub(super) fn dir(&self) -> &'static str {
        self.words.lang.direction().as_str()
    }

    /// Whether this is the page's language.
    pub(super) fn is_current(&self, lang: &Lang) -> bool {
        *lang == self.words.lang
    }
}

/// The language of a path such as `/fa/send`, where this campaign offers it.
pub(crate) fn offered(app: &App, code: &str) -> Option<Lang> {
    code.parse().ok().filter(|lang| app.pages.langs.contains(lang))
}

/// The language that a browser asks for.
pub(crate) fn asked(app: &App, headers: &HeaderMap) -> Lang {
    language::choose(call::wish(headers), &app.pages.langs)
}

/// A page in the language of its path, or the page that says that nothing is there.
pub(super) async fn in_language(
    app: Shared,
    Path(code): Path<String>,
    headers: HeaderMap,
    page: impl FnOnce(&App, Lang) -> Response,
) -> Response {
    match offered(&app, &code) {
        Some(lang) => page(&app, lang),
        None => missing::page(axum::extract::State(app), headers).await,
    }
}
