//! The desk's side: it takes withdrawals and letters away and brings status records.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::{Locator, SealedHash};
use hamseda_inbox::{InboxError, RECORD_LEN, Replacing};
use serde::{Deserialize, Serialize};

use crate::pull::{Refusal, authorised};
use crate::router::Shared;

/// One withdrawal.
#[derive(Serialize)]
pub(crate) struct Withdrawal {
    secret: String,
}

/// `GET /pull/v1/withdrawals`
pub(crate) async fn withdrawals(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Vec<Withdrawal>>, Refusal> {
    authorised(&app, &headers)?;
    let secrets = app.config.inbox.withdrawals().await?;
    Ok(Json(secrets.iter().map(|secret| Withdrawal { secret: hex::encode(secret) }).collect()))
}

/// `POST /pull/v1/withdrawals/done`: the desk has them on its own disk.
pub(crate) async fn withdrawals_done(
    State(app): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    authorised(&app, &headers)?;
    let Some(secrets) = secrets(&body) else { return Ok(unread("a list of secrets, 64 hex digits each\n")) };
    app.config.inbox.withdrawals_done(&secrets).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /pull/v1/letters`
pub(crate) async fn letters(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<Vec<SealedHash>>, Refusal> {
    authorised(&app, &headers)?;
    Ok(Json(app.config.inbox.letters().await?))
}

/// `GET /pull/v1/letters/{id}`
pub(crate) async fn letter(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authorised(&app, &headers)?;
    let letter = app.config.inbox.letter(parse(&id)?).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], letter).into_response())
}

/// `POST /pull/v1/letters/{id}/done`
pub(crate) async fn letter_done(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    authorised(&app, &headers)?;
    app.config.inbox.letter_done(parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a batch of records is meant.
#[derive(Deserialize)]
pub(crate) struct Meant {
    /// 1: the first batch of a replacement of all records.
    #[serde(default)]
    all: u8,
    /// 1: the last batch of it.
    #[serde(default)]
    last: u8,
}

/// `PUT /pull/v1/records`: locator (32 bytes) and record (4096), again and again.
pub(crate) async fn records(
    State(app): State<Shared>,
    Query(meant): Query<Meant>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    authorised(&app, &headers)?;
    let (pairs, rest) = body.as_chunks::<{ Locator::LEN + RECORD_LEN }>();
    if !rest.is_empty() {
        return Ok(unread("a locator of 32 bytes and a record of 4096, again and again\n"));
    }
    let records: Vec<_> = pairs.iter().map(pair).collect();
    let replacing = Replacing { first: meant.all == 1, last: meant.last == 1 };
    app.config.inbox.put_records(&records, replacing).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn pair(bytes: &[u8; Locator::LEN + RECORD_LEN]) -> (Locator, [u8; RECORD_LEN]) {
    let (mut locator, mut record) = ([0; Locator::LEN], [0; RECORD_LEN]);
    locator.copy_from_slice(&bytes[..Locator::LEN]);
    record.copy_from_slice(&bytes[Locator::LEN..]);
    (Locator::from_bytes(locator), record)
}

fn secrets(body: &[u8]) -> Option<Vec<[u8; 32]>> {
    let texts: Vec<&str> = serde_json::from_slice(body).ok()?;
    let secret = |text: &str| {
        let mut secret = [0; 32];
        hex::decode_to_slice(text, &mut secret).ok().map(|()| secret)
    };
    texts.into_iter().map(secret).collect()
}

fn unread(expected: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("this address takes {expected}")).into_response()
}

fn parse(id: &str) -> Result<SealedHash, Refusal> {
    id.parse().map_err(|_| Refusal::Inbox(InboxError::Unknown))
}
