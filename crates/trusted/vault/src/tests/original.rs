//! Seeing a message unprotected.

use hamseda_core::MessageState;
use hamseda_store::testing::Fresh;

use super::house::{House, REJECT, reviewer};
use crate::{Actor, Event, OriginalReason, VaultError};

fn worker() -> Actor {
    Actor::Worker("w".into())
}

pub(super) async fn rule_4_an_original_is_shown_once_to_whoever_asked(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let (one, two) = (house.prepared(1).await, house.prepared(2).await);
    let asked = vault.ask_original(one, OriginalReason::Protection, " the mask\nslips ", &reviewer()).await.unwrap();
    let event = vault.custody(Some(one)).await.unwrap().pop().unwrap();
    assert_eq!(
        (event.seq, event.event, event.actor.to_string()),
        (asked, Event::OriginalAsked, "reviewer:mina".into())
    );
    assert_eq!(event.detail, r#"{"why":"protection","words":"the mask slips"}"#);

    let refused = async |message, asked| match vault.show_original(message, asked, &worker()).await {
        Err(VaultError::NotAsked { .. }) => true,
        Ok(view) => panic!("{view:?}"),
        Err(other) => panic!("{other:?}"),
    };
    assert!(refused(two, asked).await, "another message's record");
    assert!(refused(one, asked - 1).await, "another event");
    assert!(refused(one, asked + 1).await, "an event that is still to come");
    let view = vault.show_original(one, asked, &worker()).await.unwrap();
    assert_eq!((view.message(), view.reviewer()), (one, "mina"));
    assert!(refused(one, asked).await, "a second time");
    let again = vault.ask_original(one, OriginalReason::Twin, "", &reviewer()).await.unwrap();
    assert!(vault.show_original(one, again, &worker()).await.is_ok());
    assert!(refused(one, asked).await, "the first stays used");
    vault.verify_custody().await.unwrap();
}

pub(super) async fn rule_4_nobody_asks_without_a_reason_or_for_what_is_gone(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let id = house.prepared(1).await;
    let before = vault.verify_custody().await.unwrap();
    let other = OriginalReason::Other;
    for words in [" \n", &"x".repeat(201), "a\u{7}b"] {
        assert!(
            matches!(vault.ask_original(id, other, words, &reviewer()).await, Err(VaultError::Why(200))),
            "{words}"
        );
    }
    let nobody = vault.ask_original(id, OriginalReason::Risk, "", &Actor::Operator).await;
    assert!(matches!(nobody, Err(VaultError::Why(_))), "only people at the desk ask");
    assert_eq!(vault.verify_custody().await.unwrap(), before);

    let asked = vault.ask_original(id, other, "x", &reviewer()).await.unwrap();
    vault.decide(id, REJECT, &reviewer()).await.unwrap();
    vault.withdraw(id, &Actor::Sender).await.unwrap();
    let gone = |e: &VaultError| matches!(e, VaultError::State { state: MessageState::Withdrawn, .. });
    assert!(gone(&vault.ask_original(id, other, "x", &reviewer()).await.unwrap_err()));
    assert!(gone(&vault.show_original(id, asked, &worker()).await.unwrap_err()), "withdrawn in between");
    let waiting = house.stored(2).await;
    assert!(vault.ask_original(waiting, other, "x", &reviewer()).await.is_err(), "not prepared yet");
}
