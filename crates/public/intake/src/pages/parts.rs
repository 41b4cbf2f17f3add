//! The plain road: a form that takes sealed parts, and the page that says which are still missing.
//!
//! Refuses: script, and to name anything but numbers of parts: a page that lies open tells nothing else.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use hamseda_core::Lang;

use super::call::html;
use super::digits;
use super::frame::{Frame, in_language};
use crate::headers;
use crate::router::{App, Shared};

/// What came of one form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The messages that parts of this form belong to.
    pub(crate) sets: Vec<Set>,
    /// A file was dropped after its first bytes, because it is not sealed.
    pub(crate) raw: bool,
    /// Files that are damaged, cut off or too large.
    pub(crate) bad: u32,
    /// Parts were all there but did not make up the file that was sealed, or do not belong together.
    pub(crate) unfit: bool,
    /// There was no room for more.
    pub(crate) full: bool,
}

/// One message that comes in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set {
    /// Parts it was cut into.
    pub(crate) count: u16,
    /// Parts that are not here yet, from 0, ascending; none when the message is whole.
    pub(crate) missing: Vec<u16>,
}

#[derive(Template)]
#[template(path = "parts.html")]
struct Form<'a> {
    frame: Frame<'a>,
    sealer_hash: &'a str,
}

#[derive(Template)]
#[template(path = "parts_result.html")]
struct Result<'a> {
    frame: Frame<'a>,
    taken: &'a Taken,
    whole: Vec<String>,
    missing: Vec<Missing>,
    bad: Option<String>,
}

/// A message of which parts are missing, in words.
struct Missing {
    line: String,
    parts: Vec<String>,
}

/// `GET /fa/parts`
pub(crate) async fn chosen(State(app): State<Shared>, path: Path<String>, headers: HeaderMap) -> Response {
    in_language(app, path, headers, form).await
}

fn form(app: &App, lang: Lang) -> Response {
    let page = Form { frame: Frame::new(app, lang, "parts"), sealer_hash: &app.pages.sealer_hash };
    posting(html(StatusCode::OK, page.render()))
}

/// The page that follows the form.
pub(crate) fn result(app: &App, lang: Lang, taken: &Taken) -> Response {
    let frame = Frame::new(app, lang, "parts");
    let number = |n: usize| frame.words.number(u32::try_from(n).unwrap_or(u32::MAX));
    let missing = taken.sets.iter().filter(|set| !set.missing.is_empty()).map(|set| {
        let have = usize::from(set.count).saturating_sub(set.missing.len());
        let count = number(usize::from(set.count));
        let part = |n: &u16| frame.words.with("parts-number", &[("n", &number(usize::from(*n) + 1))]);
        Missing {
            line: frame.words.with("parts-missing", &[("have", &number(have)), ("count", &count)]),
            parts: set.missing.iter().map(part).collect(),
        }
    });
    let missing = missing.collect();
    let whole = taken.sets.iter().filter(|set| set.missing.is_empty());
    let whole =
        whole.map(|set| frame.words.with("parts-done", &[("count", &number(usize::from(set.count)))])).collect();
    let bad = (taken.bad > 0).then(|| frame.words.with("parts-bad", &[("count", &number(taken.bad as usize))]));
    posting(html(taken.status(), Result { taken, whole, missing, bad, frame }.render()))
}

impl Taken {
    /// Whether the form brought nothing at all.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn status(&self) -> StatusCode {
        if self.raw {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        } else if self.full {
            StatusCode::INSUFFICIENT_STORAGE
        } else if self.bad > 0 || self.unfit {
            StatusCode::UNPROCESSABLE_ENTITY
        } else if self.is_empty() {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        }
    }
}

fn posting(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, headers::FORMS);
    response
}

impl Form<'_> {
    fn groups(&self) -> impl Iterator<Item = &str> {
        digits::groups(self.sealer_hash)
    }
}
