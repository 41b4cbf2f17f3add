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
    let length = length(&app, headers)?;
    // Only lengths that size classes allow; before anything is stored.
    Gate::open(&app, length, 0)?;
    let checksum = grammar::checksum(headers)?;
    let admission = admission(&app.config.issuers, grammar::handle(headers)?, grammar::token(headers));
    let (id, today) = (UploadId::random(&mut OsRandom), app.config.clock.today());
    let mut upload = app.config.inbox.create(id, length, today, &admission).await?;
    Seat::of(&request, upload.lane);
    if has_bytes(headers) {
        let begun = async {
            let claim = app.config.inbox.claim(id, 0).await?;
            fits(&claim, request.headers())?;
            receive::receive(&app, claim, checksum, request.into_body()).await
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
    let mut headers = offset_headers(&app, &upload);
    headers.extend(HeaderValue::try_from(format!("/upload/{id}")).ok().map(|value| (header::LOCATION, value)));
    Ok((StatusCode::CREATED, headers).into_response())
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
