//! Seeing a message unprotected, with a worker at the other end of the hatch that notes what it was asked.

use std::time::Duration;

use hamseda_core::{MessageId, Secret};
use hamseda_desk::hatch::{Answer, Opening, Order, Why, order, say, send};
use hamseda_vault::{Actor, Event};
use reqwest::{Response, StatusCode, header};
use tokio::net::UnixStream;

use crate::common::{Desk, desk, desk_with, message};

const REASON: [(&str, &str); 3] = [("reason", "protection"), ("words", ""), ("state", "prepared")];

impl Desk {
    async fn ask(&self, cookie: &str, id: MessageId) -> Response {
        let csrf = self.csrf(cookie).await;
        let mut form = REASON.to_vec();
        form.push(("csrf", &csrf));
        self.post(cookie, &format!("/message/{id}/original"), &form).await
    }

    async fn end(&self, cookie: &str, id: MessageId) -> Response {
        let csrf = self.csrf(cookie).await;
        self.post(cookie, &format!("/message/{id}/original/end"), &[("csrf", &csrf), ("state", "held")]).await
    }

    /// Requests of the custody chain, by the name of who asked.
    async fn asked(&self) -> Vec<String> {
        let events = self.vault.custody(None).await.unwrap();
        events.iter().filter(|e| e.event == Event::OriginalAsked).map(|e| e.actor.to_string()).collect()
    }

    async fn clip(&self, cookie: &str, id: MessageId) -> Response {
        self.get(cookie, &format!("/message/{id}/original.mp4")).await
    }

    /// The page of a view, once `word` is on it.
    async fn page_with(&self, cookie: &str, id: MessageId, word: &str) -> String {
        loop {
            let page = self.get(cookie, &format!("/message/{id}/original?state=prepared")).await;
            assert_eq!(page.status(), StatusCode::OK, "waiting for {word}");
            let page = page.text().await.unwrap();
            if page.contains(word) {
                return page;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits for the view of this session to be gone.
    async fn gone(&self, cookie: &str, id: MessageId) {
        while self.clip(cookie, id).await.status() != StatusCode::NOT_FOUND {
            tokio::task::yield_now().await;
        }
    }
}

/// A worker that hands `clip` to the next who asks.
async fn hand_over(opening: &Opening, clip: &[u8]) -> Order {
    let mut stream = opening.next().await.unwrap();
    let order = order(&mut stream).await.unwrap();
    send(&mut stream, &Secret::new(clip.to_vec()), 10).await.unwrap();
    order
}

/// A worker that was asked and has not answered yet.
async fn asked(opening: &Opening) -> (UnixStream, Order) {
    let mut stream = opening.next().await.unwrap();
    let order = order(&mut stream).await.unwrap();
    (stream, order)
}

#[tokio::test]
async fn rule_4_an_original_is_recorded_before_it_comes_and_is_wiped_after() {
    let desk = desk().await;
    let id = message(&desk.vault, 1).await;
    let opening = desk.hatch.open("w").await.unwrap();
    let cookie = desk.login().await;
    assert_eq!(desk.clip(&cookie, id).await.status(), StatusCode::NOT_FOUND);

    let answer = desk.ask(&cookie, id).await;
    let place = format!("/message/{id}/original?state=prepared");
    assert_eq!(
        (answer.status(), answer.headers()[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, &*place)
    );
    // The worker is asked only after the chain holds the request: it finds it there.
    let (mut stream, order) = asked(&opening).await;
    let view = desk.vault.show_original(id, order.asked, &Actor::Worker("w".into())).await.unwrap();
    assert_eq!((order.message, view.reviewer()), (id, "Reviewer One"));
    say(&mut stream, &Answer::Made { frames: 40, of: 90 }).await.unwrap();
    let page = desk.page_with(&cookie, id, r#"<progress value="40" max="90">"#).await;
    assert!(page.contains(r#"http-equiv="refresh""#) && !page.contains("<video"), "{page}");
    let bytes: Vec<u8> = (0..200_000u32).map(|i| i as u8).collect();
    send(&mut stream, &Secret::new(bytes.clone()), 10).await.unwrap();

    let page = desk.page_with(&cookie, id, "<video").await;
    insta::assert_snapshot!(page.replace(&id.to_string(), "ID").replace(&desk.csrf(&cookie).await, "CSRF"));
    let whole = desk.clip(&cookie, id).await;
    assert_eq!(whole.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!((whole.status(), whole.bytes().await.unwrap().to_vec()), (StatusCode::OK, bytes.clone()));
    let request = desk.client.get(format!("{}/message/{id}/original.mp4", desk.url)).header(header::COOKIE, &cookie);
    let part = request.header(header::RANGE, "bytes=70000-169999").send().await.unwrap();
    assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 70000-169999/200000");
    assert_eq!(
        (part.status(), part.bytes().await.unwrap()[..].to_vec()),
        (StatusCode::PARTIAL_CONTENT, bytes[70_000..170_000].to_vec())
    );

    // A session of somebody else sees nothing of it, and must wait.
    let other = desk.login().await;
    assert_eq!(desk.clip(&other, id).await.status(), StatusCode::NOT_FOUND);
    let refused = desk.ask(&other, id).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(desk.asked().await, ["reviewer:Reviewer One"], "what is not shown is not recorded");

    let answer = desk.end(&cookie, id).await;
    assert_eq!(answer.headers()[header::LOCATION].to_str().unwrap(), format!("/message/{id}?state=held&done=original"));
    assert_eq!(desk.clip(&cookie, id).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&cookie, &place).await.status(), StatusCode::SEE_OTHER);
    let page = desk.get(&cookie, &format!("/message/{id}")).await.text().await.unwrap();
    assert!(page.contains("Reviewer One, ") && page.contains(": to check the mask or the altered voice"), "{page}");
}

#[tokio::test]
async fn rule_4_an_original_needs_a_reason_a_form_of_ours_and_a_worker() {
    let desk = desk().await;
    let id = message(&desk.vault, 1).await;
    let cookie = desk.login().await;
    let answer = desk.ask(&cookie, id).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().await.unwrap().contains("hamseda worker"), "it says what to do");

    let opening = desk.hatch.open("w").await.unwrap();
    let csrf = desk.csrf(&cookie).await;
    let path = format!("/message/{id}/original");
    let nobody = "0".repeat(64);
    for (token, reason, words, status) in [
        (nobody.as_str(), "risk", "", StatusCode::FORBIDDEN),
        (&csrf, "", "curious", StatusCode::UNPROCESSABLE_ENTITY),
        (&csrf, "other", " ", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let form = [("csrf", token), ("reason", reason), ("words", words), ("state", "prepared")];
        assert_eq!(desk.post(&cookie, &path, &form).await.status(), status, "{reason:?}");
    }
    assert_eq!(desk.post("hamseda-desk=0", &path, &REASON).await.headers()[header::LOCATION], "/login");
    assert_eq!(desk.asked().await, [""; 0]);

    // The place is free after a request that failed, and a worker that refuses says why.
    assert_eq!(desk.ask(&cookie, id).await.status(), StatusCode::SEE_OTHER);
    loop {
        // Lines that were knocked at but not spoken through end at once.
        let mut stream = opening.next().await.unwrap();
        if order(&mut stream).await.is_ok() {
            say(&mut stream, &Answer::Refused { why: Why::Unreadable, detail: "no <b>moov</b>".into() }).await.unwrap();
            break;
        }
    }
    let page = desk.page_with(&cookie, id, "role=\"alert\"").await;
    assert!(page.contains("be opened or decoded") && page.contains("no &#60;b&#62;moov"), "{page}");
    assert!(!page.contains("<video"));
}

#[tokio::test]
async fn an_original_goes_when_its_time_is_up_and_when_the_reviewer_leaves() {
    let desk = desk_with(Duration::from_millis(200)).await;
    let id = message(&desk.vault, 1).await;
    let opening = desk.hatch.open("w").await.unwrap();
    let cookie = desk.login().await;
    desk.ask(&cookie, id).await;
    hand_over(&opening, b"clip").await;
    desk.gone(&cookie, id).await;

    // A worker that is still at it notices that nobody waits any more.
    desk.ask(&cookie, id).await;
    let (mut stream, _) = asked(&opening).await;
    let csrf = desk.csrf(&cookie).await;
    desk.post(&cookie, "/logout", &[("csrf", &csrf)]).await;
    let mut byte = [0];
    assert_eq!(tokio::io::AsyncReadExt::read(&mut stream, &mut byte).await.unwrap(), 0, "the line is closed");

    // Somebody else may look now.
    let other = desk.login().await;
    assert_eq!(desk.ask(&other, id).await.status(), StatusCode::SEE_OTHER);
}
