//! Receiving and looking at messages.

use hamseda_core::{Coded, MessageState, SealedHash};
use hamseda_store::testing::Fresh;

use super::house::{House, put};
use crate::{Page, Received, SealedFile};

pub(super) async fn a_sealed_file_is_received_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let file = put(&house.vault, b"sealed").await;
    assert!(!house.vault.knows(file.hash).await.unwrap());
    let Received::New(stored) = house.vault.receive(file.clone()).await.unwrap() else { panic!("it is new") };
    assert_eq!(stored.sealed(), file.hash);
    assert_eq!(put(&house.vault, b"sealed").await, file);
    assert_eq!(house.vault.receive(file.clone()).await.unwrap(), Received::Known(stored.id()));
    let message = house.vault.message_of(file.hash).await.unwrap().unwrap();
    assert_eq!((message.id, message.state, message.bytes), (stored.id(), MessageState::Stored, 6));
    assert_eq!(message.day.to_string(), "2026-06-21");
    assert_eq!(house.vault.counts().await.unwrap().jobs_free, 1);
    house.agrees().await;
}

pub(super) async fn a_message_needs_its_bytes(fresh: Fresh) {
    let house = House::open(fresh).await;
    let file = put(&house.vault, b"sealed").await;
    for wrong in
        [SealedFile { bytes: 5, ..file.clone() }, SealedFile { hash: SealedHash::from_bytes([1; 32]), ..file.clone() }]
    {
        assert_eq!(house.vault.receive(wrong).await.unwrap_err().code(), "store-no-blob");
    }
    assert_eq!(house.vault.counts().await.unwrap().received(), 0);
}

pub(super) async fn two_pulls_of_one_file_make_one_message(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (a, b) = (house.another().await, house.another().await);
    for n in 0..8u8 {
        let file = put(&house.vault, &[n; 50]).await;
        let (a, b) = tokio::join!(a.receive(file.clone()), b.receive(file));
        let new = [a.unwrap(), b.unwrap()].into_iter().filter(|r| matches!(r, Received::New(_))).count();
        assert_eq!(new, 1);
    }
    assert_eq!(house.vault.counts().await.unwrap().received(), 8);
    house.agrees().await;
}

pub(super) async fn pages_continue_where_they_ended(fresh: Fresh) {
    let house = House::open(fresh).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(house.stored(n).await);
    }
    let (mut page, mut seen) = (Page::first(2), Vec::new());
    loop {
        let messages = house.vault.messages(Some(MessageState::Stored), page).await.unwrap();
        assert!(messages.len() <= 2);
        let Some(last) = messages.last() else { break };
        page.after = last.arrival;
        seen.extend(messages.iter().map(|m| m.id));
    }
    assert_eq!(seen, ids);
    assert!(house.vault.messages(Some(MessageState::Held), Page::ALL).await.unwrap().is_empty());
}
