//! The router, what its handlers share, and the headers every answer carries.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hamseda_core::{Campaign, Clock, Secret, Texts};
use hamseda_vault::Vault;

use crate::hatch::Hatch;
use crate::original::Showing;
use crate::{DeskError, decide, guard, login, media, original, queue, reply, texts, twins};

/// What the desk needs.
#[derive(Clone)]
pub struct DeskConfig {
    /// Messages, decisions, sessions.
    pub vault: Vault,
    /// Slogan and places.
    pub campaign: Campaign,
    /// What opens the door: `hamseda desk` prints it.
    pub login_key: Secret<String>,
    /// Ends sessions.
    pub clock: Arc<dyn Clock>,
    /// Where workers hand over what a reviewer asked to see unprotected.
    pub hatch: Hatch,
    /// How long that stays in memory, beside the clip's own length.
    pub view_time: Duration,
}

pub(crate) struct App {
    pub(crate) config: DeskConfig,
    pub(crate) texts: Texts,
    pub(crate) showing: Showing,
}

/// Handlers share one.
pub(crate) type Shared = Arc<App>;

pub(crate) fn router(config: DeskConfig) -> Result<Router, DeskError> {
    let app: Shared = Arc::new(App { config, texts: texts::load()?, showing: Showing::default() });
    let inside = Router::new()
        .route("/", get(queue::list))
        .route("/message/{id}", get(queue::message))
        .route("/message/{id}/decide", post(decide::decide))
        .route("/message/{id}/reply", post(reply::reply))
        .route("/message/{id}/twin", post(twins::judge))
        .route("/twins", get(twins::list))
        .route("/message/{id}/original", get(original::page).post(original::ask))
        .route("/message/{id}/original.mp4", get(original::clip))
        .route("/message/{id}/original/end", post(original::end))
        .route("/media/{id}/{file}", get(media::file))
        .route("/logout", post(login::logout))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), guard::session));
    Ok(Router::new()
        .merge(inside)
        .route("/login", get(login::page).post(login::enter))
        .route("/static/{file}", get(asset))
        .layer(middleware::from_fn(guard::own_host))
        .layer(middleware::map_response(headers))
        .with_state(app))
}

/// Style, script and fonts, as the binary holds them.
async fn asset(State(app): State<Shared>, Path(file): Path<String>) -> Response {
    let text = |mime: &'static str, body: &'static str| ([(header::CONTENT_TYPE, mime)], body).into_response();
    match file.as_str() {
        "desk.css" => text("text/css; charset=utf-8", hamseda_assets::DESK_CSS),
        "desk.js" => text("text/javascript; charset=utf-8", hamseda_assets::DESK_JS),
        "icon.svg" => {
            let icon = hamseda_assets::icon_svg(app.config.campaign.accent_rgb());
            ([(header::CONTENT_TYPE, "image/svg+xml")], icon).into_response()
        }
        name => match hamseda_assets::WEB_FONTS.iter().find(|font| font.name == name) {
            Some(font) => ([(header::CONTENT_TYPE, hamseda_assets::WOFF2_TYPE)], font.bytes).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; \
                   font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Nothing of the desk stays in a cache, in a frame, or in another site's log.
async fn headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not "no-referrer": browsers would then send "Origin: null" with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
