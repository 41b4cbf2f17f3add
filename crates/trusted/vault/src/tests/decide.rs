//! Decisions, and which step is allowed where.

use hamseda_core::{Coded, MessageId, MessageState};
use hamseda_store::testing::Fresh;

use super::house::{FLOOR_1, House, REJECT, TTL, accept, keep_parts, parts, put, reviewer, sign};
use crate::{Decision, Event, VaultError};

/// Brings message `n` to a state by the verbs that lead there.
async fn bring(house: &House, n: u8, state: MessageState) -> MessageId {
    let (vault, by) = (&house.vault, reviewer());
    match state {
        MessageState::Stored => house.stored(n).await,
        MessageState::Prepared => house.prepared(n).await,
        MessageState::Accepted => house.accepted(n).await,
        MessageState::Released => house.released(n).await.id(),
        MessageState::Unreadable => {
            let id = house.stored(n).await;
            vault.unreadable(&house.lease().await, "x", "x").await.unwrap();
            id
        }
        MessageState::Held | MessageState::Rejected | MessageState::Duplicate | MessageState::Withdrawn => {
            let id = house.prepared(n).await;
            match state {
                MessageState::Held => drop(vault.decide(id, Decision::Hold, &by).await.unwrap()),
                MessageState::Rejected => drop(vault.decide(id, REJECT, &by).await.unwrap()),
                MessageState::Withdrawn => vault.withdraw(id, &by).await.unwrap(),
                _ => {
                    let twin = house.prepared(n + 1).await;
                    vault.duplicate(id, twin, &by).await.unwrap();
                }
            }
            id
        }
    }
}

async fn step(house: &House, step: &str, id: MessageId, twin: MessageId) -> Result<(), VaultError> {
    let (vault, by) = (&house.vault, reviewer());
    match step {
        "accept" => vault.decide(id, Decision::Accept, &by).await.map(drop),
        "hold" => vault.decide(id, Decision::Hold, &by).await.map(drop),
        "reject" => vault.decide(id, REJECT, &by).await.map(drop),
        "duplicate" => vault.duplicate(id, twin, &by).await,
        "retry" => vault.retry(id, &by).await,
        _ => vault.withdraw(id, &by).await,
    }
}

pub(super) async fn every_step_is_allowed_in_its_states_only(fresh: Fresh) {
    use MessageState::{Accepted, Duplicate, Held, Prepared, Rejected, Released, Stored, Unreadable, Withdrawn};
    let house = House::open(fresh).await;
    let twin = house.prepared(250).await;
    let allowed: [(&str, &[MessageState], MessageState); 6] = [
        ("accept", &[Prepared, Held], Accepted),
        ("hold", &[Prepared], Held),
        ("reject", &[Prepared, Held], Rejected),
        ("duplicate", &[Prepared, Held, Accepted, Released], Duplicate),
        ("retry", &[Unreadable], Stored),
        ("withdraw", MessageState::ALL, Withdrawn),
    ];
    let mut n = 0;
    for (name, from, to) in allowed {
        for &state in MessageState::ALL {
            n += 2;
            let id = bring(&house, n, state).await;
            assert_eq!(house.vault.message(id).await.unwrap().state, state);
            let result = step(&house, name, id, twin).await;
            let after = house.vault.message(id).await.unwrap().state;
            if from.contains(&state) {
                assert!(result.is_ok(), "{name} in {state}: {result:?}");
                assert_eq!(after, to, "{name} in {state}");
            } else {
                assert_eq!(result.unwrap_err().code(), format!("vault-is-{state}"), "{name}");
                assert_eq!(after, state, "{name}");
            }
            // So that the next message's job is its own.
            while house.vault.lease("w", 1_000_000).await.unwrap().is_some() {}
        }
    }
    let nobody = MessageId::from_bytes([0; 16]);
    assert_eq!(step(&house, "accept", nobody, twin).await.unwrap_err().code(), "vault-no-message");
    house.agrees().await;
}

pub(super) async fn testimony_is_held_and_never_counted(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.prepared_with(1, |parts| parts.choices.uses.testimony = true).await;
    assert_eq!(house.vault.message(id).await.unwrap().state, MessageState::Held);
    let result = house.vault.decide(id, Decision::Accept, &reviewer()).await;
    assert_eq!(result.unwrap_err().code(), "vault-not-counted");
    assert_eq!(house.vault.counts().await.unwrap().leaves_waiting, 0);
    house.agrees().await;
}

pub(super) async fn a_message_that_must_not_count_is_not_accepted(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.prepared_with(1, |parts| parts.choices.uses.count = false).await;
    let result = house.vault.decide(id, Decision::Accept, &reviewer()).await;
    assert_eq!(result.unwrap_err().code(), "vault-not-counted");
    assert_eq!(house.vault.message(id).await.unwrap().state, MessageState::Prepared);
}

pub(super) async fn a_reused_tag_is_replaced_and_recorded(fresh: Fresh) {
    let house = House::open(fresh).await;
    let first = house.prepared(1).await;
    let second = house.prepared_with(2, |parts| parts.tag = [1; 16]).await;
    let third = house.prepared_with(3, |parts| parts.w_commitment = [1; 32]).await;
    let fourth = house.prepared_with(4, |parts| parts.tag = [0; 16]).await;
    assert_eq!(accept(&house.vault, first).await.tag(), [1; 16]);
    for id in [second, third, fourth] {
        let accepted = accept(&house.vault, id).await;
        assert!(accepted.tag_was_taken() && ![[0; 16], [1; 16], [3; 16]].contains(&accepted.tag()));
        let events = house.vault.custody(Some(id)).await.unwrap();
        let event = events.iter().find(|event| event.event == Event::Accepted).unwrap();
        assert_eq!(event.detail, r#"{"tag_was_taken":true}"#);
    }
    assert_eq!(house.close(&FLOOR_1).await.unwrap().messages, 4);
    house.agrees().await;
}

pub(super) async fn two_reviewers_decide_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (a, b) = (house.another().await, house.another().await);
    for n in 0..6 {
        let id = house.prepared(n).await;
        let by = reviewer();
        let (one, two) = tokio::join!(a.decide(id, Decision::Accept, &by), b.decide(id, REJECT, &by));
        assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    }
    house.agrees().await;
}

pub(super) async fn many_at_once_keep_one_chain(fresh: Fresh) {
    let house = House::open(fresh).await;
    let mut tasks = Vec::new();
    for worker in 0..6u8 {
        let vault = house.another().await;
        tasks.push(tokio::spawn(async move {
            for n in 0..4 {
                let file = put(&vault, &[worker * 4 + n; 60]).await;
                vault.receive(file).await.unwrap();
                let lease = vault.lease(&format!("w{worker}"), TTL).await.unwrap().unwrap();
                let parts = parts(lease.sealed.as_bytes()[0]);
                keep_parts(&vault, &parts).await;
                let prepared = vault.prepared(&lease, parts).await.unwrap();
                accept(&vault, prepared.id()).await;
                vault.close_batch(&FLOOR_1, &sign).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(house.vault.counts().await.unwrap().of(MessageState::Released), 24);
    let batches = house.vault.counts().await.unwrap().batches;
    assert_eq!(house.vault.verify_custody().await.unwrap().seq, 24 * 3 + batches);
    house.agrees().await;
}
