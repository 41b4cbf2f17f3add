//! A reviewer's day over real HTTP: the door, the queue, three decisions, and what is refused.

use std::collections::BTreeMap;

use hamseda_core::{MessageId, MessageState, SealedHash, Secret};
use hamseda_vault::{Bytes, Event};
use reqwest::{StatusCode, header};

use crate::common::{FORM, desk, futures, message, urlencoded};

#[tokio::test]
async fn a_reviewer_accepts_holds_and_rejects_under_their_name() {
    let desk = desk().await;
    let (first, second, third) =
        (message(&desk.vault, 1).await, message(&desk.vault, 2).await, message(&desk.vault, 3).await);
    let cookie = desk.login().await;
    let csrf = desk.csrf(&cookie).await;

    let answer = desk.decide(&cookie, &csrf, first, "accept").await;
    assert_eq!(
        answer.headers()[header::LOCATION].to_str().unwrap(),
        format!("/message/{second}?state=prepared&done=accept")
    );
    desk.decide(&cookie, &csrf, second, "hold").await;
    let answer = desk.decide(&cookie, &csrf, third, "reject").await;
    assert_eq!(answer.headers()[header::LOCATION], "/?state=prepared&done=reject");

    assert_eq!(desk.state(first).await, MessageState::Accepted);
    assert_eq!(desk.state(second).await, MessageState::Held);
    assert_eq!(desk.state(third).await, MessageState::Rejected);
    let custody = desk.vault.custody(Some(first)).await.unwrap();
    let accepted = custody.iter().find(|e| e.event == Event::Accepted).unwrap();
    assert_eq!(accepted.actor.to_string(), "reviewer:Reviewer One");

    // Somebody else's decision stands: the second one changes nothing and says so.
    let late = desk.decide(&cookie, &csrf, third, "accept").await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(late.text().await.unwrap().contains("Somebody decided about this message before you"));
    assert_eq!(desk.state(third).await, MessageState::Rejected);
}

#[tokio::test]
async fn nobody_comes_in_without_the_key_and_nothing_is_decided_without_the_form() {
    let desk = desk().await;
    let id = message(&desk.vault, 1).await;
    for path in ["/", &format!("/message/{id}"), &format!("/media/{id}/master.mp4")] {
        let answer = desk.get("hamseda-desk=0", path).await;
        assert_eq!(
            (answer.status(), &answer.headers()[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/login".parse().unwrap())
        );
    }
    let form = BTreeMap::from([("name", "x"), ("key", "wrong")]);
    let answer = desk
        .client
        .post(format!("{}/login", desk.url))
        .body(urlencoded(&form))
        .header(header::CONTENT_TYPE, FORM)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers().get(header::SET_COOKIE).is_none());

    let cookie = desk.login().await;
    let answer = desk.decide(&cookie, &"0".repeat(64), id, "accept").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.state(id).await, MessageState::Prepared);

    let elsewhere =
        desk.client.get(format!("{}/login", desk.url)).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::MISDIRECTED_REQUEST);

    // After leaving, the cookie opens nothing.
    let csrf = desk.csrf(&cookie).await;
    let form = BTreeMap::from([("csrf", csrf.as_str())]);
    let request = desk
        .client
        .post(format!("{}/logout", desk.url))
        .header(header::COOKIE, &cookie)
        .body(urlencoded(&form))
        .header(header::CONTENT_TYPE, FORM);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(desk.get(&cookie, "/").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn rule_4_the_desk_shows_protected_artefacts_with_ranges_and_caches_nothing() {
    let desk = desk().await;
    let id = message(&desk.vault, 2).await;
    let cookie = desk.login().await;
    let request = desk.client.get(format!("{}/media/{id}/master.mp4", desk.url)).header(header::COOKIE, &cookie);
    let answer = request.header(header::RANGE, "bytes=100-199").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.bytes().await.unwrap(), vec![6; 100]);
    for file in ["sealed", "..%2f..%2fvault.db", "tiles"] {
        assert_eq!(desk.get(&cookie, &format!("/media/{id}/{file}")).await.status(), StatusCode::NOT_FOUND, "{file}");
    }
    let page = desk.get(&cookie, "/").await.text().await.unwrap();
    assert!(!page.contains("<b>نام"), "a pseudonym must be escaped");
    assert!(page.contains("logged, not audited"), "a figure comes with its standing");
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let desk = desk().await;
    let file = desk.vault.put_sealed(futures(Bytes::from_static(b"not a seal"))).await.unwrap();
    desk.vault.receive(file).await.unwrap();
    let lease = desk.vault.lease("test", 60).await.unwrap().unwrap();
    assert_eq!(lease.sealed, SealedHash::from_slice(lease.sealed.as_bytes()).unwrap());
    desk.vault.unreadable(&lease, "media-text", "this is a text file, not a clip").await.unwrap();
    let cookie = desk.login().await;
    let page = desk.get(&cookie, "/?state=unreadable").await.text().await.unwrap();
    assert!(page.contains("this is a text file, not a clip") && page.contains("Can&#39;t be read"), "{page}");
    assert!(!page.contains("data-key=\"a\""), "it can't be accepted");
}

#[tokio::test]
async fn a_reviewer_writes_to_a_sender_with_a_code_and_reads_their_letters() {
    let desk = desk().await;
    let (silent, coded) = (message(&desk.vault, 1).await, message(&desk.vault, 2).await);
    let letter = Secret::new("<script>alert(1)</script> I am safe.".to_owned());
    desk.vault.letter([9; 32], &Secret::new([2; 32]), &letter).await.unwrap();
    let cookie = desk.login().await;
    let csrf = desk.csrf(&cookie).await;
    let write = async |id: MessageId, csrf: &str, text: &str| {
        let form = BTreeMap::from([("csrf", csrf), ("text", text), ("state", "prepared")]);
        let request = desk.client.post(format!("{}/message/{id}/reply", desk.url)).body(urlencoded(&form));
        request.header(header::CONTENT_TYPE, FORM).header(header::COOKIE, &cookie).send().await.unwrap()
    };
    let page = desk.get(&cookie, &format!("/message/{silent}")).await.text().await.unwrap();
    assert!(!page.contains("name=\"text\""), "nobody could read a reply");
    assert_eq!(write(silent, &csrf, "hello").await.status(), StatusCode::CONFLICT);
    assert_eq!(write(coded, &"0".repeat(64), "hello").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(write(coded, &csrf, &"x".repeat(801)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let kept = write(coded, &csrf, "thank you").await;
    assert_eq!(
        kept.headers()[header::LOCATION].to_str().unwrap(),
        format!("/message/{coded}?state=prepared&done=reply#letters")
    );
    let page = desk.get(&cookie, &format!("/message/{coded}?done=reply")).await.text().await.unwrap();
    assert!(page.contains("thank you") && page.contains("Reviewer One,") && page.contains("I am safe."), "{page}");
    assert!(!page.contains("<script>alert"), "a letter must be escaped");

    desk.vault.withdraw(coded, &hamseda_vault::Actor::Sender).await.unwrap();
    let page = desk.get(&cookie, &format!("/message/{coded}?state=withdrawn")).await.text().await.unwrap();
    assert!(page.contains("Its sender took it back") && !page.contains("thank you") && !page.contains("<textarea"));
    assert_eq!(write(coded, &csrf, "hello").await.status(), StatusCode::CONFLICT);
}
