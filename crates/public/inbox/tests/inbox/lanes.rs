//! Two lanes and the invites that open one of them.

use hamseda_core::{Handle, TokenId};
use hamseda_inbox::{Admission, Budget, Inbox, Lane, Quota};
use hamseda_store::testing::Fresh;

use crate::{NOBODY, TODAY, WIDE, code, new_id, noise, open, quota};

fn invited(token: u8) -> Admission {
    Admission::invited(Handle::from_bytes([1; 32]), TokenId::from_bytes([token; 32]))
}

async fn lane(inbox: &Inbox, admission: &Admission) -> Lane {
    inbox.create(new_id(), 10, TODAY, admission).await.unwrap().lane
}

pub(crate) async fn a_token_opens_the_invited_lane_once(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = new_id();
    let first = inbox.create(id, 10, TODAY, &invited(1)).await.unwrap();
    assert_eq!((first.lane, first.token), (Lane::Invited, Some(TokenId::from_bytes([1; 32]))));
    assert_eq!(lane(&inbox, &NOBODY).await, Lane::Ordinary);
    assert_eq!(lane(&inbox, &invited(2)).await, Lane::Invited);
    assert_eq!(lane(&inbox, &Admission::carried(Handle::from_bytes([1; 32]))).await, Lane::Invited);
    // Used again, here or after a restart: the ordinary lane, but the desk still learns which token it was.
    let inbox = open(&fresh, WIDE).await;
    let again = inbox.create(new_id(), 10, TODAY, &invited(1)).await.unwrap();
    assert_eq!((again.lane, again.token), (Lane::Ordinary, first.token));
    // One that never became whole gives its invite back; one that did does not.
    inbox.terminate(id).await.unwrap();
    let id = new_id();
    assert_eq!(inbox.create(id, 10, TODAY, &invited(1)).await.unwrap().lane, Lane::Invited);
    inbox.append(&mut inbox.claim(id, 0).await.unwrap(), noise(10)).await.unwrap();
    inbox.done(id, TODAY).await.unwrap();
    assert_eq!(lane(&inbox, &invited(1)).await, Lane::Ordinary);
    // The stand-in for bad tokens is nobody's.
    assert_eq!(lane(&inbox, &invited(0)).await, Lane::Ordinary);
}

pub(crate) async fn a_flooded_quarantine_leaves_the_invited_alone(fresh: Fresh) {
    let budgets = Quota {
        ordinary: Budget { open_uploads: 3, bytes: 100_000 },
        invited: Budget { open_uploads: 2, bytes: 200_000 },
    };
    let inbox = open(&fresh, budgets).await;
    let flood = [new_id(), new_id(), new_id()];
    for id in flood {
        inbox.create(id, 1_000_000, TODAY, &NOBODY).await.unwrap();
    }
    assert_eq!(code(inbox.create(new_id(), 10, TODAY, &NOBODY).await), "inbox-full");
    inbox.append(&mut inbox.claim(flood[0], 0).await.unwrap(), noise(100_000)).await.unwrap();
    assert_eq!(code(inbox.claim(flood[1], 0).await), "inbox-full");
    // Its own budget is whole, and is its own limit.
    let id = new_id();
    inbox.create(id, 200_000, TODAY, &invited(1)).await.unwrap();
    inbox.append(&mut inbox.claim(id, 0).await.unwrap(), noise(200_000)).await.unwrap();
    assert_eq!(code(inbox.create(new_id(), 10, TODAY, &invited(2)).await), "inbox-full");
}

pub(crate) async fn crumbs_cost_a_lane_more_than_they_carry(fresh: Fresh) {
    let inbox = open(&fresh, quota(10, 5 * 16 * 1024)).await;
    let id = new_id();
    inbox.create(id, 1_000, TODAY, &NOBODY).await.unwrap();
    let mut claim = inbox.claim(id, 0).await.unwrap();
    for _ in 0..5 {
        inbox.append(&mut claim, noise(1)).await.unwrap();
    }
    assert_eq!(code(inbox.append(&mut claim, noise(1)).await), "inbox-full");
}

/// What is held is counted again by whoever opens the inbox next.
pub(crate) async fn figures_survive_a_restart(fresh: Fresh) {
    let budget = quota(2, 50_000);
    let id = new_id();
    {
        let inbox = open(&fresh, budget).await;
        inbox.create(id, 60_000, TODAY, &NOBODY).await.unwrap();
        inbox.append(&mut inbox.claim(id, 0).await.unwrap(), noise(40_000)).await.unwrap();
    }
    let inbox = open(&fresh, budget).await;
    inbox.create(new_id(), 60_000, TODAY, &NOBODY).await.unwrap();
    assert_eq!(code(inbox.create(new_id(), 10, TODAY, &NOBODY).await), "inbox-full");
    let mut claim = inbox.claim(id, 40_000).await.unwrap();
    assert_eq!(code(inbox.append(&mut claim, noise(10_001)).await), "inbox-full");
}
