//! PATCH: more bytes.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hamseda_core::UploadId;
use hamseda_inbox::{DEFERRED, InboxError};

use super::answer::offset_headers;
use super::create::fits;
use super::gate::Gate;
use super::refusal::Refusal;
use super::{has_bytes, header, receive};
use crate::crowd::Seat;
use crate::router::{App, Shared};

pub(super) async fn patch(app: Shared, id: UploadId, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    if !has_bytes(headers) {
        return Err(Refusal::BodyType);
    }
    let offset = header::number(headers, "Upload-Offset")?;
    let checksum = header::checksum(headers)?;
    declare(&app, id, headers).await?;
    take_over(&app, id, offset).await?;
    let holding = app.holders.hold(id);
    let claim = app.config.inbox.claim(id, offset).await?;
    let lane = claim.upload().lane;
    app.lanes.stir(lane);
    Seat::of(&request, lane);
    fits(&claim, headers)?;
    let upload = receive::receive(&app, claim, holding, checksum, request.into_body()).await?;
    Ok((StatusCode::NO_CONTENT, offset_headers(&app, &upload)).into_response())
}

/// Lets a request that still holds the upload count what it has, and end; unless this one could not go on anyway.
async fn take_over(app: &App, id: UploadId, offset: u64) -> Result<(), Refusal> {
    if !app.holders.is_held(id) {
        return Ok(());
    }
    let mut expected = app.config.inbox.stands(id).await?.received;
    if offset > expected {
        app.holders.counted(id).await;
        expected = app.config.inbox.stands(id).await?.received;
    }
    if offset != expected {
        return Err(InboxError::Offset { expected }.into());
    }
    app.holders.ended(id).await;
    Ok(())
}

/// Where lengths may be deferred, this is when they are told.
async fn declare(app: &App, id: UploadId, headers: &HeaderMap) -> Result<(), Refusal> {
    if app.config.any_length.is_none() {
        return Ok(());
    }
    let Some(length) = header::optional_number(headers, "Upload-Length")? else { return Ok(()) };
    Gate::open(app, length, 0)?;
    match app.config.inbox.state(id).await?.length {
        DEFERRED => app.config.inbox.declare(id, length).await.map(drop).map_err(Refusal::from),
        known if known == length => Ok(()),
        _ => Err(Refusal::Header("Upload-Length")),
    }
}
