//! Archived keys, epochs and invite tokens.

use hamseda_core::{Coded, TokenId};
use hamseda_store::testing::Fresh;

use super::house::{House, put};
use crate::{Actor, Archived, EpochLeft, Event, Received};

fn worker() -> Actor {
    Actor::Worker("w".into())
}

fn archived(epoch: u32) -> Archived {
    Archived { epoch, stanza: format!("-> wrapped {epoch}\n") }
}

pub(super) async fn a_key_is_archived_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (first, second) = (house.stored(1).await, house.stored(2).await);
    assert_eq!(house.vault.unarchived(10).await.unwrap(), [first, second]);
    assert_eq!(house.vault.archived(first).await.unwrap(), None);
    house.vault.archive(first, &archived(1), &worker()).await.unwrap();
    house.vault.archive(first, &archived(2), &worker()).await.unwrap();
    house.vault.not_archived(first, "open-truncated").await.unwrap();
    assert_eq!(house.vault.archived(first).await.unwrap(), Some(archived(1)));
    let events = house.vault.custody(Some(first)).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.event == Event::Archived).count(), 1);
    assert_eq!(house.vault.unarchived(10).await.unwrap(), [second]);
    house.vault.not_archived(second, "open-truncated").await.unwrap();
    assert_eq!(house.vault.unarchived(10).await.unwrap(), []);
    assert_eq!(house.vault.archived(second).await.unwrap(), None);
    // Trying again, with another key perhaps, also tries to archive again.
    let lease = house.lease().await;
    let lease = if lease.message == second { lease } else { house.lease().await };
    house.vault.unreadable(&lease, "open-truncated", "cut").await.unwrap();
    house.vault.retry(second, &Actor::Operator).await.unwrap();
    assert_eq!(house.vault.unarchived(10).await.unwrap(), [second]);
    house.agrees().await;
}

pub(super) async fn a_withdrawal_destroys_the_archived_key(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (id, never) = (house.prepared(1).await, house.stored(2).await);
    house.vault.archive(id, &archived(1), &worker()).await.unwrap();
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();
    house.vault.withdraw(never, &Actor::Sender).await.unwrap();
    assert_eq!(house.vault.archived(id).await.unwrap(), None);
    assert_eq!(house.vault.unarchived(10).await.unwrap(), []);
    assert_eq!(house.vault.archive(id, &archived(1), &worker()).await.unwrap_err().code(), "vault-is-withdrawn");
    assert_eq!(house.vault.not_archived(id, "x").await.unwrap_err().code(), "vault-is-withdrawn");
    house.agrees().await;
}

pub(super) async fn what_an_epoch_still_needs(fresh: Fresh) {
    let house = House::open(fresh).await;
    let left = async |epoch| house.vault.epoch_left(epoch).await.unwrap();
    assert_eq!(left(1).await, EpochLeft::default());
    let opened = house.prepared(1).await;
    assert_eq!(left(1).await, EpochLeft { unarchived: 1, ..EpochLeft::default() });
    house.vault.archive(opened, &archived(1), &worker()).await.unwrap();
    assert_eq!(left(1).await, EpochLeft { archived: 1, ..EpochLeft::default() });
    let waits = house.stored(2).await;
    house.vault.archive(waits, &archived(1), &worker()).await.unwrap();
    let later = house.stored(3).await;
    house.vault.archive(later, &archived(2), &worker()).await.unwrap();
    assert_eq!(left(1).await, EpochLeft { unopened: 1, unarchived: 0, archived: 2 });
    assert_eq!(left(2).await, EpochLeft { unopened: 1, unarchived: 0, archived: 1 });
    house.vault.withdraw(waits, &Actor::Sender).await.unwrap();
    let left = left(1).await;
    assert_eq!(left, EpochLeft { archived: 1, ..EpochLeft::default() });
    house.vault.epoch_destroyed(1, left).await.unwrap();
    let events = house.vault.custody(None).await.unwrap();
    assert_eq!(events.last().unwrap().detail, r#"{"archived":1,"epoch":1,"unarchived":0,"unopened":0}"#);
    house.agrees().await;
}

pub(super) async fn a_token_counts_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (token, other) = (TokenId::from_bytes([1; 32]), TokenId::from_bytes([2; 32]));
    let (first, second) = (put(&house.vault, b"first").await, put(&house.vault, b"second").await);
    let Received::New(a) = house.vault.receive_invited(first.clone(), token).await.unwrap() else {
        panic!("it is new")
    };
    // The same token on another message: received like any other, not invited.
    let Received::New(b) = house.vault.receive_invited(second.clone(), token).await.unwrap() else {
        panic!("it is new")
    };
    let invited = async |id| house.vault.invited(id).await.unwrap();
    assert!(invited(a.id()).await && !invited(b.id()).await);
    // The same file once more, and with a second token, which is not wasted on it.
    house.vault.receive_invited(first.clone(), token).await.unwrap();
    house.vault.receive_invited(first.clone(), other).await.unwrap();
    assert_eq!(house.vault.tokens_spent().await.unwrap(), 1);
    // A file that first came by a road without tokens is invited once it comes with one.
    assert_eq!(house.vault.receive_invited(second.clone(), other).await.unwrap(), Received::Known(b.id()));
    assert!(invited(b.id()).await);
    assert_eq!(house.vault.tokens_spent().await.unwrap(), 2);
    // Any number of pulls at once: one message gets it.
    let token = TokenId::from_bytes([3; 32]);
    let files = [put(&house.vault, b"third").await, put(&house.vault, b"fourth").await];
    let (one, two) = (house.another().await, house.another().await);
    let (one, two) =
        tokio::join!(one.receive_invited(files[0].clone(), token), two.receive_invited(files[1].clone(), token));
    assert!(invited(one.unwrap().id()).await != invited(two.unwrap().id()).await);
    house.agrees().await;
}

pub(super) async fn a_spent_token_stays_spent(fresh: Fresh) {
    let house = House::open(fresh).await;
    let token = TokenId::from_bytes([1; 32]);
    let file = put(&house.vault, b"first").await;
    let id = house.vault.receive_invited(file, token).await.unwrap().id();
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();
    assert!(!house.vault.invited(id).await.unwrap());
    let next = put(&house.vault, b"second").await;
    let id = house.vault.receive_invited(next, token).await.unwrap().id();
    assert!(!house.vault.invited(id).await.unwrap());
    house.agrees().await;
}
