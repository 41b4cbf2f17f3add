//! `POST /withdraw`: the secret of a message goes in; whatever is here of it goes, and the desk gets the secret with its
//! next pull. One answer, whatever there was.

use axum::extract::{Request, State};
use axum::response::Response;
use hamseda_core::{Coded as _, Secret};
use hamseda_seal::{SmallFile, handle};

use super::small::{self, Asker, Brought};
use crate::pages::code;
use crate::router::{App, Shared};

pub(crate) async fn withdraw(State(app): State<Shared>, request: Request) -> Response {
    let asker = Asker::of(&app, &request);
    let brought = small::read(app.config.pace.idle, request).await;
    let Some(secret) = brought.and_then(secret) else { return asker.refused(&app) };
    if let Err(error) = app.config.inbox.withdraw(secret.expose(), handle(&secret), app.config.clock.today()).await {
        return small::failed(&error);
    }
    erase(&app);
    asker.told(&app, code::withdrawn, "taken back\n")
}

/// Lets the bytes go, without the answer waiting for it: its time would tell whether there were any. What fails is tried
/// again within half a minute.
fn erase(app: &App) {
    let inbox = app.config.inbox.clone();
    tokio::spawn(async move {
        if let Err(error) = inbox.finish_removals().await {
            tracing::error!(code = error.code(), %error, "what was withdrawn could not be deleted yet");
        }
    });
}

fn secret(brought: Brought) -> Option<Secret<[u8; 32]>> {
    match brought {
        Brought::Raw(bytes) => Some(Secret::new(bytes.try_into().ok()?)),
        Brought::File(file) => match SmallFile::parse(&file) {
            Ok(SmallFile::Withdrawal(secret)) => Some(secret),
            _ => None,
        },
    }
}
