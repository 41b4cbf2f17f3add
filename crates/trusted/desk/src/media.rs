//! Protected masters and posters, with ranges so that a player seeks. The path is looked up by message, never taken from the
//! request.

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use hamseda_core::MessageId;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::view::refusal;

pub(crate) async fn file(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path((id, file)): Path<(String, String)>,
    request: Request,
) -> Response {
    match path(&app, &id, &file).await {
        Ok(path) => match ServeFile::new(path).oneshot(request).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        },
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

async fn path(app: &App, id: &str, file: &str) -> Result<std::path::PathBuf, Refusal> {
    let id: MessageId = id.parse().map_err(|_| Refusal::GONE)?;
    let parts = app.config.vault.message(id).await?.parts.ok_or(Refusal::GONE)?;
    let artefact = match file {
        "master.mp4" => parts.master,
        "poster.jpg" => parts.poster,
        _ => return Err(Refusal::GONE),
    };
    app.config.vault.artefact(artefact).await?.ok_or(Refusal::GONE)
}
