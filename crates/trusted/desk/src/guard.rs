//! Who may come in: only requests made to this machine by its own name, and only people with a session.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::Lang;
use hamseda_tally::sha256;
use hamseda_vault::Session;
use subtle::ConstantTimeEq;

use crate::app::Shared;
use crate::error::Refusal;
use crate::texts;

/// The session's cookie. Without `__Host-`, which needs https; the path and `SameSite=Strict` do the rest on loopback.
pub(crate) const COOKIE: &str = "hamseda-desk";

/// A reviewer who is logged in, as handlers get it.
#[derive(Debug, Clone)]
pub(crate) struct Reviewer {
    pub(crate) session: Session,
    pub(crate) lang: Lang,
}

impl Reviewer {
    /// What a form must bring along.
    pub(crate) fn csrf(&self) -> String {
        hex::encode(self.session.csrf)
    }

    /// Whether a form came from one of our own pages.
    ///
    /// # Errors
    /// [`Refusal::FORM`].
    pub(crate) fn check_csrf(&self, given: &str) -> Result<(), Refusal> {
        let fits: bool = self.csrf().as_bytes().ct_eq(given.as_bytes()).into();
        if fits { Ok(()) } else { Err(Refusal::FORM) }
    }
}

/// Refuses a request whose `Host` is not this machine: a page elsewhere may have pointed its own name here.
pub(crate) async fn own_host(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    if !is_own(host) {
        return (StatusCode::MISDIRECTED_REQUEST, "open the desk as http://127.0.0.1 or http://localhost")
            .into_response();
    }
    if request.method() == Method::POST && !same_origin(request.headers(), host) {
        return (StatusCode::FORBIDDEN, "this form came from another page").into_response();
    }
    next.run(request).await
}

fn is_own(host: &str) -> bool {
    // An IPv6 address has colons of its own, inside brackets.
    let name = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    let name = name.unwrap_or_default();
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".onion")
}

fn same_origin(headers: &HeaderMap, host: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    origin.to_str().is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, rest)| rest == host))
}

/// Lets people with a session through and sends the others to the door.
pub(crate) async fn session(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let Some(token) = cookie(request.headers()) else { return Redirect::to("/login").into_response() };
    match app.config.vault.session(sha256(token.as_bytes())).await {
        Ok(Some(session)) => {
            request.extensions_mut().insert(Reviewer { session, lang });
            next.run(request).await
        }
        Ok(None) => Redirect::to("/login").into_response(),
        Err(error) => crate::view::refusal(&app, lang, Refusal::from(error)),
    }
}

pub(crate) fn language(headers: &HeaderMap) -> Lang {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok()).map_or(Lang::En, texts::preferred)
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    all.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_host() {
        for host in ["localhost", "localhost:8481", "127.0.0.1:1", "[::1]:8481", "abc.onion"] {
            assert!(is_own(host), "{host}");
        }
        for host in ["", "evil.example", "127.0.0.1.evil.example", "[::2]:1", "localhost.evil.example:80"] {
            assert!(!is_own(host), "{host}");
        }
    }

    #[test]
    fn a_form_from_elsewhere_is_seen() {
        let mut headers = HeaderMap::new();
        assert!(same_origin(&headers, "localhost:1"));
        headers.insert(header::ORIGIN, "http://localhost:1".parse().unwrap());
        assert!(same_origin(&headers, "localhost:1"));
        headers.insert(header::ORIGIN, "http://localhost:2".parse().unwrap());
        assert!(!same_origin(&headers, "localhost:1"));
        headers.insert(header::ORIGIN, "null".parse().unwrap());
        assert!(!same_origin(&headers, "localhost:1"));
    }
}
