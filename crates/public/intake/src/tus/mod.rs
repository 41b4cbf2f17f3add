//! Uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>): core, creation, creation-with-upload, termination,
//! expiration, checksum.
//!
//! Where it departs from the protocol, on purpose: `Upload-Metadata` is accepted and forgotten, so HEAD does not return it
//! (a file name is a confession); the length is fixed at creation and must be one that a sealed message can have. Two
//! headers of our own: `Hamseda-Handle` (what a withdrawal finds it by) and `Hamseda-Token` (an invite).
//!
//! Refuses: a header twice, an offset that isn't where the durable bytes end, more bytes than were declared, bytes that
//! don't fit their checksum (460, and none of that request's bytes counts), to say whether a token was good.

mod answer;
mod checksum;
mod create;
mod date;
mod gate;
mod header;
mod holders;
mod patch;
mod receive;
mod refusal;
mod sink;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header as names};
use axum::response::{IntoResponse, Response};
use hamseda_core::UploadId;
use hamseda_inbox::DEFERRED;

use crate::router::{App, Shared};
use answer::offset_headers;
pub(crate) use holders::Holders;
use refusal::Refusal;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration,checksum";
const BODY_TYPE: &str = "application/offset+octet-stream";

/// `/upload`
pub(crate) async fn collection(State(app): State<Shared>, request: Request) -> Response {
    let answer = match spoken(&request) {
        Ok(Method::OPTIONS) => Ok(options(&app)),
        Ok(Method::POST) => create::create(app, request).await,
        Ok(_) => Err(Refusal::Method("OPTIONS, POST")),
        Err(refusal) => Err(refusal),
    };
    answer::dress(answer.unwrap_or_else(IntoResponse::into_response))
}

/// `/upload/{id}`
pub(crate) async fn resource(State(app): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    let answer = match (spoken(&request), id.parse::<UploadId>()) {
        (Err(refusal), _) => Err(refusal),
        (Ok(Method::OPTIONS), _) => Ok(options(&app)),
        (Ok(_), Err(_)) => Err(Refusal::Unknown),
        (Ok(Method::HEAD), Ok(id)) => head(&app, id).await,
        (Ok(Method::PATCH), Ok(id)) => patch::patch(app, id, request).await,
        (Ok(Method::DELETE), Ok(id)) => terminate(&app, id).await,
        (Ok(_), Ok(_)) => Err(Refusal::Method("OPTIONS, HEAD, PATCH, DELETE")),
    };
    answer::dress(answer.unwrap_or_else(IntoResponse::into_response))
}

/// The method meant, once the protocol's version is agreed on. Proxies that know no PATCH are helped by
/// `X-HTTP-Method-Override`.
fn spoken(request: &Request) -> Result<Method, Refusal> {
    let named = request.headers().get("X-HTTP-Method-Override");
    let method = named.and_then(|name| Method::from_bytes(name.as_bytes()).ok()).unwrap_or(request.method().clone());
    let fits = request.headers().get("Tus-Resumable").is_some_and(|version| version == VERSION);
    // A browser that looks at the address learns that there is nothing to see before it learns about versions.
    if fits || matches!(method, Method::OPTIONS | Method::GET) { Ok(method) } else { Err(Refusal::Version) }
}

fn options(app: &App) -> Response {
    let (longest, deferring) = match app.config.any_length {
        None => (app.allowed_lengths().last().unwrap_or_default(), ""),
        Some(longest) => (longest, ",creation-defer-length"),
    };
    let headers = [
        ("Tus-Version", VERSION.to_owned()),
        ("Tus-Extension", format!("{EXTENSIONS}{deferring}")),
        ("Tus-Max-Size", longest.to_string()),
        ("Tus-Checksum-Algorithm", checksum::OFFERED.to_owned()),
    ];
    // 200, as most servers answer: suites that test servers know no other.
    (StatusCode::OK, headers).into_response()
}

/// Reads one row. Who holds the upload counts first what it has, but a dead PATCH can't hold the answer up.
async fn head(app: &App, id: UploadId) -> Result<Response, Refusal> {
    app.holders.counted(id).await;
    let upload = app.config.inbox.stands(id).await?;
    let mut headers = offset_headers(app, &upload);
    if upload.length == DEFERRED {
        headers.insert("Upload-Defer-Length", 1.into());
    } else {
        headers.insert("Upload-Length", upload.length.into());
    }
    Ok(headers.into_response())
}

async fn terminate(app: &App, id: UploadId) -> Result<Response, Refusal> {
    app.config.inbox.terminate(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whether a request says that its body is part of the upload.
fn has_bytes(headers: &HeaderMap) -> bool {
    headers.get(names::CONTENT_TYPE).is_some_and(|kind| kind == BODY_TYPE)
}
