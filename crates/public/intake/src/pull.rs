//! The desk's pull: list what is complete, take it, say that it is safe.
//!
//! The only way to content, and only with the token. The server knows the token's SHA-256 and compares in constant time.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::{Coded, Day, TokenId, UploadId};
use hamseda_inbox::{InboxError, Upload};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::router::{App, Shared};

/// A request that gets no content.
pub(crate) enum Refusal {
    Token,
    Inbox(InboxError),
}

impl From<InboxError> for Refusal {
    fn from(error: InboxError) -> Self {
        Self::Inbox(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Token => {
                let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
                (StatusCode::UNAUTHORIZED, challenge, "a pull needs the desk's token\n").into_response()
            }
            Self::Inbox(InboxError::Unknown) => {
                (StatusCode::NOT_FOUND, "no complete upload has this id\n").into_response()
            }
            Self::Inbox(error) => {
                tracing::error!(code = error.code(), %error, "a pull failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "the intake's store failed; its log says why\n").into_response()
            }
        }
    }
}

/// Where a list goes on.
#[derive(Deserialize)]
pub(crate) struct Cursor {
    after: Option<UploadId>,
}

/// One line of the list.
#[derive(Serialize)]
pub(crate) struct Line {
    id: UploadId,
    bytes: u64,
    day: Day,
    /// SHA-256 of the invite it came with, so that the desk counts each once.
    token: Option<TokenId>,
}

impl From<Upload> for Line {
    fn from(upload: Upload) -> Self {
        Self { id: upload.id, bytes: upload.length, day: upload.day, token: upload.token }
    }
}

/// `GET /pull/v1/list?after=ID`
pub(crate) async fn list(
    State(app): State<Shared>,
    Query(cursor): Query<Cursor>,
    headers: HeaderMap,
) -> Result<Json<Vec<Line>>, Refusal> {
    authorised(&app, &headers)?;
    let uploads = app.config.inbox.complete(cursor.after).await?;
    Ok(Json(uploads.into_iter().map(Line::from).collect()))
}

/// `GET /pull/v1/{id}`: the sealed bytes.
pub(crate) async fn fetch(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authorised(&app, &headers)?;
    let (upload, stream) = app.config.inbox.read(parse(&id)?).await?;
    let head = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, upload.length.to_string()),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

/// `POST /pull/v1/{id}/done`: the desk has it on its own disk; the copy here goes.
pub(crate) async fn done(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    authorised(&app, &headers)?;
    app.config.inbox.done(parse(&id)?, app.config.clock.today()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse(id: &str) -> Result<UploadId, Refusal> {
    id.parse().map_err(|_| Refusal::Inbox(InboxError::Unknown))
}

pub(crate) fn authorised(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let given: [u8; 32] = Sha256::digest(token.ok_or(Refusal::Token)?).into();
    if bool::from(given.ct_eq(&app.config.pull_token_sha256)) { Ok(()) } else { Err(Refusal::Token) }
}
