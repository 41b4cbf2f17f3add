//! POST: making an upload, with its first bytes if they come along.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::{Handle, OsRandom, Random as _, UploadId};
use hamseda_inbox::Admission;

use super::answer::offset_headers;
use super::refusal::Refusal;
use super::{has_bytes, number, receive};
use crate::router::Shared;

pub(super) async fn create(app: Shared, request: Request) -> Result<Response, Refusal> {
    let length = number(request.headers(), "Upload-Length")?;
    // Only lengths that size classes allow; before anything is stored.
    app.shape(length, 0)?;
    let (id, today) = (UploadId::random(&mut OsRandom), app.config.clock.today());
    let mut handle = [0; 32];
    OsRandom.fill(&mut handle);
    let mut upload = app.config.inbox.create(id, length, today, &Admission::ordinary(Handle::from_bytes(handle))).await?;
    if has_bytes(request.headers()) {
        let claim = app.config.inbox.claim(id, 0).await?;
        upload = receive::receive(&app, claim, request.into_body()).await?;
    }
    let mut headers = offset_headers(&app, &upload);
    headers.extend(HeaderValue::try_from(format!("/upload/{id}")).ok().map(|value| (header::LOCATION, value)));
    Ok((StatusCode::CREATED, headers).into_response())
}
