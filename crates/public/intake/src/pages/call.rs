//! The first page: the call, what to know, the way to the sending page, the other roads.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hamseda_core::campaign::Floors;
use hamseda_core::{Day, Lang};

use super::words::{Said, Words};
use super::{EXIT, digits, language, missing};
use crate::router::{App, Shared};

#[derive(Template)]
#[template(path = "call.html")]
struct Call<'a> {
    words: Words<'a>,
    exit: &'static str,
    languages: &'a [Lang],
    slogan: Said<'a>,
    line: Said<'a>,
    text: Said<'a>,
    questions: Vec<Said<'a>>,
    length: String,
    dates: String,
    when: &'static str,
    /// Said where the campaign lowered its floors.
    floors: Option<String>,
    keys_until: String,
    /// Said once the key set has run out.
    expired: Option<String>,
    hash: String,
    /// The same in words, where the language has a list of them.
    key_words: Option<Vec<&'static str>>,
    address: String,
}

/// `GET /`: the language the browser asks for, without a redirect that a log could hold.
pub(crate) async fn negotiated(State(app): State<Shared>, headers: HeaderMap) -> Response {
    let lang = language::choose(wish(&headers), &app.pages.langs);
    let mut response = page(&app, lang, &headers);
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept-language"));
    response
}

/// `GET /fa/`
pub(crate) async fn chosen(State(app): State<Shared>, Path(code): Path<String>, headers: HeaderMap) -> Response {
    match code.parse() {
        Ok(lang) if app.pages.langs.contains(&lang) => page(&app, lang, &headers),
        _ => missing::page(State(app), headers).await,
    }
}

/// The languages a browser asks for.
pub(super) fn wish(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// A rendered page.
pub(super) fn html(status: StatusCode, page: askama::Result<String>) -> Response {
    match page {
        Ok(page) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
        Err(error) => {
            tracing::error!(code = "intake-page", %error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn page(app: &App, lang: Lang, headers: &HeaderMap) -> Response {
    let campaign = &app.config.campaign;
    let call = &campaign.call;
    let words = Words { texts: &app.pages.texts, lang };
    let today = app.config.clock.today();
    let keyset = app.keyset();
    let expires = keyset.terms().expires;
    let until = words.day(expires);
    let page = Call {
        exit: EXIT,
        languages: &app.pages.langs,
        slogan: Said::new(&campaign.slogan, lang),
        line: Said::new(&campaign.line, lang),
        text: Said::new(&call.text, lang),
        questions: call.questions.iter().map(|question| Said::new(question, lang)).collect(),
        length: words.with("length-seconds", &[("seconds", &words.number(call.seconds))]),
        dates: words.with("dates-from-to", &[("from", &words.day(call.opens)), ("to", &words.day(call.closes))]),
        when: when(call.opens, call.closes, today),
        floors: campaign.floors.lowered().then(|| floors(&words, campaign.floors)),
        keys_until: words.with("keys-until", &[("day", &until)]),
        expired: (today > expires).then(|| words.with("send-expired", &[("day", &until)])),
        hash: hex::encode(keyset.hash()),
        key_words: keyset.words(lang),
        address: address(&campaign.intake_url, headers),
        words,
    };
    html(StatusCode::OK, page.render())
}

fn floors(words: &Words<'_>, floors: Floors) -> String {
    words.with("floors", &[("batch", &words.number(floors.batch)), ("k", &words.number(floors.k))])
}

impl Call<'_> {
    /// Whether this is the page's language.
    fn is_current(&self, lang: &Lang) -> bool {
        *lang == self.words.lang
    }

    fn groups(&self) -> impl Iterator<Item = &str> {
        digits::groups(&self.hash)
    }
}

/// Which text says where the campaign stands today.
fn when(opens: Day, closes: Day, today: Day) -> &'static str {
    if today < opens {
        "when-before"
    } else if today > closes {
        "when-after"
    } else {
        "when-open"
    }
}

/// The address to send to: the campaign's, else the one this page was asked at.
fn address(intake_url: &str, headers: &HeaderMap) -> String {
    if !intake_url.is_empty() {
        return intake_url.to_owned();
    }
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.filter(|host| !host.is_empty() && host.bytes().all(fine)).unwrap_or("127.0.0.1");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let plain = name.ends_with(".onion") || matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    format!("{}://{host}/", if plain { "http" } else { "https" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_to_send_to() {
        let asked = |host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            address("", &headers)
        };
        assert_eq!(asked("127.0.0.1:8480"), "http://127.0.0.1:8480/");
        assert_eq!(asked("abcdef.onion"), "http://abcdef.onion/");
        assert_eq!(asked("intake.example"), "https://intake.example/");
        assert_eq!(asked("\"; rm -rf ~ #"), "http://127.0.0.1/");
        assert_eq!(address("http://x.onion/", &HeaderMap::new()), "http://x.onion/");
    }

    #[test]
    fn the_campaign_is_open_on_its_first_and_last_day() {
        let (opens, closes) = (Day(10), Day(20));
        for (today, expected) in [(9, "when-before"), (10, "when-open"), (20, "when-open"), (21, "when-after")] {
            assert_eq!(when(opens, closes, Day(today)), expected);
        }
    }
}
