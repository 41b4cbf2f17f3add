//! `POST /status`: a locator goes in, a record comes out, always 4096 bytes, whether or not anybody has the locator.
//!
//! What it can't know it can't tell: the record is sealed under a key that came inside the message, and where there is no
//! record the answer is drawn from the locator.

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hamseda_core::Locator;
use hamseda_seal::SmallFile;

use super::small::{self, Asker, Brought};
use crate::router::Shared;

pub(crate) async fn status(State(app): State<Shared>, request: Request) -> Response {
    let asker = Asker::of(&app, &request);
    let brought = small::read(app.config.pace.idle, request).await;
    let Some(locator) = brought.as_ref().and_then(locator) else { return asker.refused(&app) };
    match app.config.inbox.record(locator).await {
        Ok(record) => {
            // The name a browser saves it under says nothing.
            let head = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"answer\""),
            ];
            (head, record).into_response()
        }
        Err(error) => small::failed(&error),
    }
}

fn locator(brought: &Brought) -> Option<Locator> {
    match brought {
        Brought::Raw(bytes) => Locator::from_slice(bytes).ok(),
        Brought::File(file) => match SmallFile::parse(file) {
            Ok(SmallFile::Status(locator)) => Some(locator),
            _ => None,
        },
    }
}
