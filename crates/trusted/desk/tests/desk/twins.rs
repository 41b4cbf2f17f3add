//! Messages that may be the same, over real HTTP.

use std::collections::BTreeMap;

use hamseda_core::{MessageId, MessageState};
use hamseda_vault::{Event, Twin, TwinSense, TwinVerdict};
use reqwest::{Response, StatusCode, header};

use crate::common::{Desk, FORM, desk, message, urlencoded};

async fn judge(desk: &Desk, cookie: &str, csrf: &str, id: MessageId, other: MessageId, what: &str) -> Response {
    let other = other.to_string();
    let form = BTreeMap::from([("csrf", csrf), ("other", &other), ("what", what), ("state", "prepared")]);
    let request = desk.client.post(format!("{}/message/{id}/twin", desk.url)).header(header::COOKIE, cookie);
    request.header(header::CONTENT_TYPE, FORM).body(urlencoded(&form)).send().await.unwrap()
}

#[tokio::test]
async fn a_pair_is_shown_and_a_person_decides() {
    let desk = desk().await;
    let (one, two, three) =
        (message(&desk.vault, 1).await, message(&desk.vault, 2).await, message(&desk.vault, 3).await);
    let twin = |other| Twin { other, verdict: TwinVerdict::Same, picture: TwinSense::Same, sound: TwinSense::Unclear };
    desk.vault.found_twins(two, &[twin(one)]).await.unwrap();
    desk.vault.found_twins(three, &[Twin { verdict: TwinVerdict::Unsure, ..twin(one) }]).await.unwrap();
    let cookie = desk.login().await;
    let csrf = desk.csrf(&cookie).await;

    let list = desk.get(&cookie, "/twins").await.text().await.unwrap();
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text} is not on the list"));
    assert!(at(&two.to_string()) < at(&three.to_string()), "the likeliest first");
    assert!(list.contains("Probably a copy") && list.contains("Picture: the same · Sound: can’t be told"));
    let page = desk.get(&cookie, &format!("/message/{two}")).await.text().await.unwrap();
    assert!(page.contains(&format!("/media/{one}/poster.jpg")) && page.contains("May be the same as"));

    // Without the form nothing is decided.
    assert_eq!(judge(&desk, &cookie, "0", two, one, "duplicate").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(judge(&desk, &cookie, &csrf, two, one, "merge").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.state(two).await, MessageState::Prepared);

    let answer = judge(&desk, &cookie, &csrf, two, one, "duplicate").await;
    let next = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert_eq!(next, format!("/message/{one}?state=prepared&done=duplicate"));
    assert!(desk.get(&cookie, &next).await.text().await.unwrap().contains("off the count"));
    assert_eq!(desk.state(two).await, MessageState::Duplicate);
    judge(&desk, &cookie, &csrf, three, one, "different").await;
    assert_eq!(desk.state(three).await, MessageState::Prepared);
    let said = desk.vault.custody(Some(three)).await.unwrap().pop().unwrap();
    assert_eq!((said.event, said.actor.to_string().as_str()), (Event::NoDuplicate, "reviewer:Reviewer One"));
    assert!(desk.get(&cookie, "/twins").await.text().await.unwrap().contains("Nothing waits here"));
}
