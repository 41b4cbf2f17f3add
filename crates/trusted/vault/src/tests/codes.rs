//! Codes: status records, replies, letters.

use hamseda_core::{Coded, MessageId, OsRandom, Secret};
use hamseda_seal::{REPLY_CHARS, RecordKey, Status, StatusRecord, locator};
use hamseda_store::testing::Fresh;

use super::house::{FLOOR_1, House, REJECT, accept, keep_parts, parts, reviewer};
use crate::{Actor, Decision, Event, LetterReceived};

const DAY: i64 = 24 * 3600;

fn reply_key(n: u8) -> Secret<[u8; 32]> {
    Secret::new([n; 32])
}

/// What the sender with this code reads, if anything.
async fn reads(house: &House, n: u8) -> Option<StatusRecord> {
    let place = locator(&reply_key(n));
    let records = house.vault.records().await.unwrap();
    let mine = records.iter().find(|record| record.locator == place)?;
    let bytes = mine.record.seal(&mine.key, mine.locator, &mut OsRandom).unwrap();
    Some(StatusRecord::open(&bytes, &RecordKey::of(&reply_key(n)), place).unwrap())
}

async fn status(house: &House, n: u8) -> Option<Status> {
    reads(house, n).await.map(|record| record.status)
}

pub(super) async fn a_record_follows_its_message(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.stored(1).await;
    assert_eq!(status(&house, 1).await, None, "nothing is known before it is opened");
    let lease = house.lease().await;
    let given = parts(1);
    house.vault.opened(&lease, given.w_commitment, given.reply_key.as_ref()).await.unwrap();
    assert_eq!(status(&house, 1).await, Some(Status::Arrived));
    keep_parts(&house.vault, &given).await;
    house.vault.prepared(&lease, given).await.unwrap();
    assert_eq!(status(&house, 1).await, Some(Status::InReview));
    accept(&house.vault, id).await;
    assert_eq!(status(&house, 1).await, Some(Status::InReview), "counted is what the log shows");
    house.close(&FLOOR_1).await.unwrap();
    assert_eq!(status(&house, 1).await, Some(Status::Counted));

    let held = house.prepared(2).await;
    house.vault.decide(held, Decision::Hold, &reviewer()).await.unwrap();
    let rejected = house.prepared(3).await;
    house.vault.decide(rejected, REJECT, &reviewer()).await.unwrap();
    let twin = house.prepared(4).await;
    house.vault.duplicate(twin, id, &reviewer()).await.unwrap();
    house.stored(5).await;
    let lease = house.lease().await;
    house.vault.opened(&lease, [5; 32], Some(&reply_key(5))).await.unwrap();
    house.vault.unreadable(&lease, "x", "x").await.unwrap();
    let expected = [(2, Status::Held), (3, Status::NotUsed), (4, Status::NotUsed), (5, Status::Unreadable)];
    for (n, expected) in expected {
        assert_eq!(status(&house, n).await, Some(expected), "{n}");
    }
    let without = house.prepared_with(6, |parts| parts.reply_key = None).await;
    assert_eq!(house.vault.records().await.unwrap().len(), 5);
    assert!(!house.vault.correspondence(without).await.unwrap().can_reply);
    house.agrees().await;
}

pub(super) async fn a_withdrawn_code_is_told_so_and_then_forgotten(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.prepared(1).await;
    house.vault.reply(id, "thank you", &reviewer()).await.unwrap();
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();
    let read = reads(&house, 1).await.unwrap();
    assert_eq!((read.status, read.replies.len()), (Status::Withdrawn, 0));
    house.pass(30 * DAY);
    assert_eq!(status(&house, 1).await, Some(Status::Withdrawn));
    house.pass(DAY);
    assert_eq!(status(&house, 1).await, None);
    let due = house.vault.due_records(24).await.unwrap().unwrap();
    house.vault.records_handed(&due).await.unwrap();
    house.pass(-31 * DAY);
    assert_eq!(status(&house, 1).await, None, "the key of its record is gone");
}

pub(super) async fn a_code_used_twice_has_one_record(fresh: Fresh) {
    let house = House::open(fresh).await;
    let same = |parts: &mut crate::Parts| parts.reply_key = Some(reply_key(1));
    let (first, second) = (house.prepared_with(1, same).await, house.prepared_with(2, same).await);
    house.vault.reply(second, "two", &reviewer()).await.unwrap();
    house.vault.reply(first, "three", &reviewer()).await.unwrap();
    house.vault.decide(second, Decision::Hold, &reviewer()).await.unwrap();
    assert_eq!(house.vault.records().await.unwrap().len(), 1);
    let read = reads(&house, 1).await.unwrap();
    assert_eq!((read.status, read.replies), (Status::Held, vec!["two".to_owned(), "three".to_owned()]));
    house.vault.withdraw(second, &Actor::Sender).await.unwrap();
    assert_eq!(status(&house, 1).await, Some(Status::InReview), "the one that stands");
}

pub(super) async fn desk_and_sender_write_to_one_another(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (vault, by) = (&house.vault, reviewer());
    let id = house.prepared(1).await;
    let silent = house.prepared_with(2, |parts| parts.reply_key = None).await;
    assert_eq!(vault.reply(silent, "x", &by).await.unwrap_err().code(), "vault-no-code");
    for text in ["", "  \n ", "a\u{7}b", &"x".repeat(REPLY_CHARS + 1)] {
        assert_eq!(vault.reply(id, text, &by).await.unwrap_err().code(), "vault-reply-text", "{text:.10}");
    }
    vault.reply(id, " line one\r\nline two ", &by).await.unwrap();
    let said = Secret::new("I am safe.".to_owned());
    assert_eq!(vault.letter([1; 32], &reply_key(1), &said).await.unwrap(), LetterReceived::New(id));
    assert_eq!(vault.letter([1; 32], &reply_key(1), &said).await.unwrap(), LetterReceived::Known(id));
    assert_eq!(vault.letter([2; 32], &reply_key(99), &said).await.unwrap(), LetterReceived::Dropped);
    assert_eq!(vault.letter([3; 32], &reply_key(2), &said).await.unwrap(), LetterReceived::Dropped, "it has no code");

    let all = vault.correspondence(id).await.unwrap();
    assert!(all.can_reply);
    assert_eq!((all.replies[0].text.as_str(), &all.replies[0].author), ("line one\nline two", &by));
    assert_eq!((all.letters.len(), all.letters[0].text.as_str()), (1, "I am safe."));
    assert_eq!(reads(&house, 1).await.unwrap().replies, ["line one\nline two"]);
    let events: Vec<_> = vault.custody(Some(id)).await.unwrap().iter().map(|e| e.event).collect();
    assert!(events.ends_with(&[Event::Replied, Event::Letter]), "{events:?}");

    for n in 0..60u8 {
        vault.letter([100 + n; 32], &reply_key(1), &said).await.unwrap();
    }
    assert_eq!(vault.correspondence(id).await.unwrap().letters.len(), 50);
    vault.withdraw(id, &by).await.unwrap();
    assert_eq!(vault.letter([4; 32], &reply_key(1), &said).await.unwrap(), LetterReceived::Dropped);
    assert_eq!(vault.reply(id, "x", &by).await.unwrap_err().code(), "vault-no-code");
    assert_eq!(vault.correspondence(id).await.unwrap(), crate::Correspondence::default());
    assert_eq!(vault.correspondence(MessageId::from_bytes([0; 16])).await.unwrap_err().code(), "vault-no-message");
    house.agrees().await;
}

pub(super) async fn records_are_handed_over_by_a_clock_that_knows_no_message(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.prepared(1).await;
    let hand = async |hours| match house.vault.due_records(hours).await.unwrap() {
        Some(due) => {
            house.vault.records_handed(&due).await.unwrap();
            true
        }
        None => false,
    };
    assert!(hand(24).await, "the first time");
    house.vault.reply(id, "news", &reviewer()).await.unwrap();
    assert!(!hand(24).await, "a change alone makes nothing due");
    house.pass(DAY);
    assert!(hand(24).await && !hand(24).await);
    house.pass(DAY);
    assert!(hand(24).await, "nothing changed, and all are handed over");
    // In a trial: at every change, and at none.
    assert!(!hand(0).await);
    house.vault.reply(id, "more", &reviewer()).await.unwrap();
    assert!(hand(0).await && !hand(0).await);
}
