//! `POST /{lang}/parts`: a plain form with any number of files, in any order: numbered parts, or whole sealed files.
//!
//! Runs as a task of its own: however the connection ends, what had come whole by then is kept. Raw video is known by its
//! first bytes, and nothing more of that form is read.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::small::content_type;
use super::take::{Stopped, Taker};
use crate::form::Form;
use crate::pages::parts::{Taken, result};
use crate::pages::{frame, missing};
use crate::router::Shared;
use crate::stop::Guard;

/// How long bytes that nobody wants are still read, so that the sender sees the page instead of a broken line.
const LINGER: Duration = Duration::from_secs(5);

/// `POST /fa/parts`
pub(crate) async fn take(State(app): State<Shared>, Path(code): Path<String>, request: Request) -> Response {
    let Some(lang) = frame::offered(&app, &code) else {
        return missing::page(State(app), request.headers().clone()).await;
    };
    let Ok(form) = Form::new(content_type(request.headers())) else { return result(&app, lang, &Taken::default()) };
    let taker = Taker::new(app.clone(), form, request.extensions().get().cloned());
    let (answer, answered) = oneshot::channel();
    let (guard, idle) = (app.stop.guard(), app.config.pace.idle);
    tokio::spawn(async move {
        let mut body = request.into_body().into_data_stream();
        let (taken, stopped) = run(taker, &mut body, guard, idle).await;
        let unread = stopped.is_some();
        // Nobody is left to tell when the line was cut.
        let _ = answer.send((taken, stopped));
        if unread {
            let _ = timeout(LINGER, async { while let Some(Ok(_)) = body.next().await {} }).await;
        }
    });
    let mut response = match answered.await {
        Ok((taken, None | Some(Stopped::Raw | Stopped::Full | Stopped::Malformed))) => result(&app, lang, &taken),
        Ok((_, Some(Stopped::Cut))) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Ok((_, Some(Stopped::Ending))) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Ok((_, Some(Stopped::Failed))) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if !matches!(response.status(), StatusCode::OK) {
        // Bytes of the form may still be on the line.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Feeds the body to the taker until it is over, or something ends it before.
async fn run(
    mut taker: Taker,
    body: &mut BodyDataStream,
    mut guard: Guard,
    idle: Duration,
) -> (Taken, Option<Stopped>) {
    let ended = loop {
        let bytes: Option<Bytes> = tokio::select! {
            frame = timeout(idle, body.next()) => match frame {
                Ok(Some(Ok(bytes))) => Some(bytes),
                Ok(None) => None,
                Ok(Some(Err(_))) | Err(_) => break Err(Stopped::Cut),
            },
            () = guard.told() => break Err(Stopped::Ending),
        };
        let Some(bytes) = bytes else { break taker.finish() };
        if let Err(stopped) = taker.push(&bytes).await {
            break Err(stopped);
        }
    };
    (taker.taken(), ended.err())
}
