//! What a tus client is told when something is not done: a status and one plain line.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::Coded;
use hamseda_inbox::InboxError;
use hamseda_seal::ShapeError;

/// A request that was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Another protocol version, or none.
    Version,
    /// A method that does not belong here; these do.
    Method(&'static str),
    /// A header that is missing, there twice, or can't be read.
    Header(&'static str),
    /// A checksum that is not offered.
    Algorithm,
    /// The bytes don't fit their checksum.
    Checksum,
    /// More bytes than were declared.
    TooLong,
    /// A body of another type.
    BodyType,
    /// No such upload.
    Unknown,
    /// Not a sealed message.
    Shape(ShapeError),
    /// The line was cut; what came is durable.
    Cut,
    /// The server ends; what came is durable.
    Stopping,
    /// The inbox did not take it.
    Inbox(InboxError),
}

impl From<InboxError> for Refusal {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Unknown => Self::Unknown,
            error => Self::Inbox(error),
        }
    }
}

impl From<ShapeError> for Refusal {
    fn from(error: ShapeError) -> Self {
        Self::Shape(error)
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Version => StatusCode::PRECONDITION_FAILED,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Header(_) | Self::Algorithm => StatusCode::BAD_REQUEST,
            // The protocol's own number.
            Self::Checksum => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Shape(ShapeError::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Shape(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Cut => StatusCode::REQUEST_TIMEOUT,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Inbox(error) => match error {
                InboxError::Offset { .. } | InboxError::Taken => StatusCode::CONFLICT,
                InboxError::TooLong | InboxError::TooManyParts => StatusCode::PAYLOAD_TOO_LARGE,
                error if error.is_full() => StatusCode::INSUFFICIENT_STORAGE,
                InboxError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Version => "this is tus 1.0.0; send Tus-Resumable: 1.0.0".into(),
            Self::Method(_) => "nothing is read back here; only uploads go on".into(),
            Self::Header(name) => format!(
                "the header {name} is missing, there twice, or is not what it should be; send it once, as tus writes it"
            ),
            Self::Algorithm => format!(
                "this checksum is not offered; take one of {} and send its sum in base64",
                super::checksum::OFFERED
            ),
            Self::Checksum => "the bytes changed on their way; none of this request counts, send it again".into(),
            Self::TooLong => InboxError::TooLong.to_string(),
            Self::BodyType => format!("this body is of another type; bytes are sent as {}", super::BODY_TYPE),
            Self::Unknown => InboxError::Unknown.to_string(),
            Self::Shape(error) => error.to_string(),
            Self::Cut => "the line was cut; ask for the offset and go on".into(),
            Self::Stopping => "the server is restarting; ask for the offset in a minute and go on".into(),
            Self::Inbox(error) if error.is_full() => InboxError::Full.to_string(),
            Self::Inbox(error @ (InboxError::Store(_) | InboxError::Batch(_))) => {
                tracing::error!(code = error.code(), %error, "an upload could not be stored");
                "the server could not store this; ask for the offset later and go on".into()
            }
            Self::Inbox(error) => error.to_string(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), format!("{}\n", self.text())).into_response();
        if let Self::Inbox(InboxError::Offset { expected }) = self {
            response.headers_mut().insert("Upload-Offset", expected.into());
        }
        let extra = match self {
            Self::Version => Some(("tus-version".parse(), super::VERSION)),
            Self::Method(allowed) => Some((Ok(header::ALLOW), allowed)),
            _ => None,
        };
        if let Some((Ok(name), value)) = extra {
            response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
        }
        response
    }
}
