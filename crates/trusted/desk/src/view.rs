//! From templates to answers.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use hamseda_core::{Lang, Texts};

use crate::app::App;
use crate::error::Refusal;

/// What every template needs: a language and its words.
pub(crate) struct Page<'a> {
    pub(crate) lang: Lang,
    texts: &'a Texts,
}

impl<'a> Page<'a> {
    pub(crate) const fn new(app: &'a App, lang: Lang) -> Self {
        Self::of(&app.texts, lang)
    }

    pub(crate) const fn of(texts: &'a Texts, lang: Lang) -> Self {
        Self { lang, texts }
    }

    pub(crate) fn t(&self, id: &str) -> String {
        self.texts.get(self.lang, id)
    }

    /// The text `id` if there is one.
    pub(crate) fn known(&self, id: &str) -> Option<String> {
        Some(self.t(id)).filter(|text| text != id)
    }

    pub(crate) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.texts.with(self.lang, id, args)
    }

    pub(crate) const fn dir(&self) -> &'static str {
        self.lang.direction().as_str()
    }

    /// A number in the page's digits.
    pub(crate) fn number(&self, n: u64) -> String {
        hamseda_core::number(self.lang, n)
    }

    /// A text whose digits become the page's.
    pub(crate) fn digits(&self, text: &str) -> String {
        text.chars().map(|c| c.to_digit(10).map_or_else(|| c.to_string(), |d| self.number(u64::from(d)))).collect()
    }

    /// A text in the page's own language.
    pub(crate) fn own(&self, text: String) -> Said {
        Said { text, lang: self.lang.code(), dir: self.dir() }
    }
}

/// A text with the language and direction of its element: it may differ from the page's.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) lang: &'static str,
    pub(crate) dir: &'static str,
}

impl Said {
    pub(crate) fn of(text: &str, lang: Lang) -> Self {
        Self { text: text.to_owned(), lang: lang.code(), dir: lang.direction().as_str() }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: Page<'a>,
    text: &'static str,
}

/// Renders a template.
pub(crate) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The page of a request that was not done.
pub(crate) fn refusal(app: &App, lang: Lang, refusal: Refusal) -> Response {
    html(refusal.status, &ErrorPage { page: Page::new(app, lang), text: refusal.text })
}
