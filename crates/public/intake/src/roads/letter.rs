//! `POST /letter`: a sealed letter, always of one length, waits here for the desk.

use axum::extract::{Request, State};
use axum::response::Response;
use hamseda_seal::{MAX_RECIPIENTS, MIN_RECIPIENTS, check_letter};

use super::small::{self, Asker, Brought};
use crate::pages::code;
use crate::router::Shared;

pub(crate) async fn letter(State(app): State<Shared>, request: Request) -> Response {
    let asker = Asker::of(&app, &request);
    let brought = small::read(app.config.pace.idle, request).await;
    let Some(Brought::Raw(letter) | Brought::File(letter)) = brought else { return asker.refused(&app) };
    if !is_letter(&letter) {
        return asker.refused(&app);
    }
    if let Err(error) = app.config.inbox.put_letter(&letter, app.config.clock.today()).await {
        return small::failed(&error);
    }
    asker.told(&app, code::letter_taken, "taken\n")
}

/// Whether these bytes are the outside of a letter. Letters to older key sets are read as long as messages are.
pub(crate) fn is_letter(bytes: &[u8]) -> bool {
    (MIN_RECIPIENTS..=MAX_RECIPIENTS).any(|count| check_letter(count, bytes).is_ok())
}
