//! PATCH: more bytes.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hamseda_core::UploadId;

use super::answer::offset_headers;
use super::refusal::Refusal;
use super::{has_bytes, number, receive};
use crate::router::Shared;

pub(super) async fn patch(app: Shared, id: UploadId, request: Request) -> Result<Response, Refusal> {
    if !has_bytes(request.headers()) {
        return Err(Refusal::BodyType);
    }
    let offset = number(request.headers(), "Upload-Offset")?;
    let claim = app.config.inbox.claim(id, offset).await?;
    let upload = receive::receive(&app, claim, request.into_body()).await?;
    Ok((StatusCode::NO_CONTENT, offset_headers(&app, &upload)).into_response())
}
