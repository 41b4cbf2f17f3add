//! POST: making an upload, with its first bytes if they come along.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::{OsRandom, UploadId};
use hamseda_inbox::{Claim, DEFERRED};

use super::answer::offset_headers;
use super::gate::Gate;
use super::refusal::Refusal;
use super::{has_bytes, header as grammar, receive};
use crate::crowd::Seat;
use crate::lane::admission;
use crate::router::{App, Shared};

pub(super) async fn create(app: Shared, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    let (length, request_host) = (length(&app, headers)?, headers.get(header::HOST).cloned());
    // Only lengths that size classes allow; before anything is stored.
    Gate::open(&app, length, 0)?;
    if !has_bytes(headers) && grammar::optional_number(headers, "Content-Length")?.is_some_and(|length| length > 0) {
        return Err(Refusal::BodyType);
    }
    let checksum = grammar::checksum(headers)?;
    let admission = admission(&app.config.issuers, grammar::handle(headers)?, grammar::token(headers));
    app.lanes.stir(admission.lane);
    let (id, today) = (UploadId::random(&mut OsRandom), app.config.clock.today());
    let mut upload = app.config.inbox.create(id, length, today, &admission).await?;
    Seat::of(&request, upload.lane);
    if has_bytes(headers) {
        let begun = async {
            let claim = app.config.inbox.claim(id, 0).await?;
            fits(&claim, request.headers())?;
            let holding = app.holders.hold(id);
            receive::receive(&app, claim, holding, checksum, request.into_body()).await
        };
        match begun.await {
            Ok(stands) => upload = stands,
            Err(refusal) => {
                // Its sender never learns where it is: nothing of it stays.
                let _ = app.config.inbox.terminate(id).await;
                return Err(refusal);
            }
        }
    }
    let location = location(&app, id, request_host);
    let mut headers = offset_headers(&app, &upload);
    headers.extend(HeaderValue::try_from(location).ok().map(|value| (header::LOCATION, value)));
    Ok((StatusCode::CREATED, headers).into_response())
}

/// Where the upload is: below whatever address this server has outside, which it does not know. Tools that drive conformance
/// suites want a whole address and know this server by its own.
fn location(app: &App, id: UploadId, host: Option<HeaderValue>) -> String {
    let host = host.as_ref().filter(|_| app.config.any_length.is_some()).and_then(|host| host.to_str().ok());
    host.map_or_else(|| format!("/upload/{id}"), |host| format!("http://{host}/upload/{id}"))
}

fn length(app: &App, headers: &HeaderMap) -> Result<u64, Refusal> {
    let known = grammar::optional_number(headers, "Upload-Length")?;
    if app.config.any_length.is_some() {
        let deferred = headers.get_all("Upload-Defer-Length").iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        match (known, deferred.as_slice()) {
            (None, [b"1"]) => return Ok(DEFERRED),
            (Some(_), []) | (None, []) => {}
            _ => return Err(Refusal::Header("Upload-Defer-Length")),
        }
    }
    known.ok_or(Refusal::Header("Upload-Length"))
}

/// A body that is known to be too long is refused before its first byte is stored.
pub(super) fn fits(claim: &Claim, headers: &HeaderMap) -> Result<(), Refusal> {
    let announced = grammar::optional_number(headers, "Content-Length")?;
    if announced.is_some_and(|length| length > claim.left()) { Err(Refusal::TooLong) } else { Ok(()) }
}
