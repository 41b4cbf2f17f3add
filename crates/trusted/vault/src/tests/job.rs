//! Leases, and what workers report.

use std::collections::HashSet;

use hamseda_core::{Coded, MessageState};
use hamseda_store::testing::Fresh;

use super::house::{House, TTL, keep_parts, parts, reviewer};
use crate::{Failed, Lease};

pub(super) async fn no_two_workers_get_one_job(fresh: Fresh) {
    let house = House::open(fresh).await;
    for n in 0..12 {
        house.stored(n).await;
    }
    let mut workers = Vec::new();
    for name in ["w1", "w2", "w3", "w4"] {
        let vault = house.another().await;
        workers.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(lease) = vault.lease(name, TTL).await.unwrap() {
                taken.push(lease.message);
            }
            taken
        }));
    }
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    assert_eq!(taken.len(), 12);
    assert_eq!(taken.into_iter().collect::<HashSet<_>>().len(), 12);
}

pub(super) async fn a_lost_lease_is_refused(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.stored(1).await;
    let slow = house.lease().await;
    assert_eq!(house.vault.lease("other", TTL).await.unwrap(), None);
    house.pass(i64::from(TTL));
    let quick = house.vault.lease("other", TTL).await.unwrap().unwrap();
    assert_eq!((quick.job, quick.message, &*quick.worker), (slow.job, id, "other"));
    keep_parts(&house.vault, &parts(1)).await;
    let refused = |result: Result<(), crate::VaultError>| assert_eq!(result.unwrap_err().code(), "vault-lease-lost");
    refused(house.vault.prepared(&slow, parts(1)).await.map(drop));
    refused(house.vault.unreadable(&slow, "x", "x").await);
    refused(house.vault.renew(&slow, TTL).await);
    refused(house.vault.fail(&slow, "x", "x").await.map(drop));
    assert_eq!(house.vault.message(id).await.unwrap().state, MessageState::Stored);
    house.vault.prepared(&quick, parts(1)).await.unwrap();
    refused(house.vault.prepared(&quick, parts(1)).await.map(drop));
    house.agrees().await;
}

pub(super) async fn a_renewed_lease_holds(fresh: Fresh) {
    let house = House::open(fresh).await;
    house.stored(1).await;
    let lease = house.lease().await;
    house.pass(i64::from(TTL) - 1);
    house.vault.renew(&lease, TTL).await.unwrap();
    house.pass(i64::from(TTL) - 1);
    assert_eq!(house.vault.lease("other", TTL).await.unwrap(), None);
    assert_eq!(house.vault.counts().await.unwrap().jobs_leased, 1);
}

pub(super) async fn a_restarted_worker_frees_its_leases(fresh: Fresh) {
    let house = House::open(fresh).await;
    house.stored(1).await;
    let dead = house.lease().await;
    assert_eq!(house.vault.worker_started("other").await.unwrap(), 0);
    assert_eq!(house.vault.worker_started("w").await.unwrap(), 1);
    let lease = house.lease().await;
    assert_eq!(lease.message, dead.message);
    assert_eq!(house.vault.renew(&dead, TTL).await.unwrap_err().code(), "vault-lease-lost");
}

pub(super) async fn a_job_that_keeps_failing_is_given_up(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.stored(1).await;
    for attempt in 1..=5 {
        let lease = house.lease().await;
        let failed = house.vault.fail(&lease, "disk-full", "the disk is full").await.unwrap();
        assert_eq!(failed, if attempt < 5 { Failed::WillRetry } else { Failed::GivenUp });
    }
    assert_eq!(house.vault.lease("w", TTL).await.unwrap(), None);
    let message = house.vault.message(id).await.unwrap();
    assert_eq!(message.state, MessageState::Unreadable);
    assert_eq!((message.code.as_deref(), message.reason.as_deref()), (Some("disk-full"), Some("the disk is full")));
    house.agrees().await;
}

pub(super) async fn a_job_that_kills_its_workers_is_given_up(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.stored(1).await;
    let other = house.stored(2).await;
    let take = async || -> Option<Lease> {
        house.pass(i64::from(TTL));
        house.vault.lease("w", TTL).await.unwrap()
    };
    for _ in 0..64 {
        assert_eq!(take().await.unwrap().message, id);
    }
    assert_eq!(take().await.unwrap().message, other, "the next job is served at once");
    let message = house.vault.message(id).await.unwrap();
    assert_eq!((message.state, message.code.as_deref()), (MessageState::Unreadable, Some("job-given-up")));
    house.agrees().await;
}

pub(super) async fn parts_come_back(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.prepared(7).await;
    let (back, given) = (house.vault.message(id).await.unwrap().parts.unwrap(), parts(7));
    // `Debug` shows everything but the reply key.
    assert_eq!(format!("{back:?}"), format!("{given:?}"));
    assert_eq!(back.reply_key.unwrap().expose(), given.reply_key.unwrap().expose());
    let without = house.prepared_with(8, |parts| parts.reply_key = None).await;
    assert!(house.vault.message(without).await.unwrap().parts.unwrap().reply_key.is_none());
}

pub(super) async fn parts_must_have_been_kept(fresh: Fresh) {
    let house = House::open(fresh).await;
    house.stored(1).await;
    let lease = house.lease().await;
    assert_eq!(house.vault.prepared(&lease, parts(1)).await.unwrap_err().code(), "vault-no-artefact");
    house.vault.renew(&lease, TTL).await.unwrap();
}

pub(super) async fn an_unreadable_message_can_be_tried_again(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.stored(1).await;
    let lease = house.lease().await;
    house.vault.unreadable(&lease, "cage-no-video", "there is no picture in it").await.unwrap();
    let message = house.vault.message(id).await.unwrap();
    assert_eq!(message.reason.as_deref(), Some("there is no picture in it"));
    house.agrees().await;
    house.vault.retry(id, &reviewer()).await.unwrap();
    let message = house.vault.message(id).await.unwrap();
    assert_eq!((message.state, message.code, message.reason), (MessageState::Stored, None, None));
    assert_eq!(house.lease().await.message, id);
    house.agrees().await;
}
