//! The verbs, one by one.

use bytes::Bytes;
use hamseda_core::{Clock as _, Day, SystemClock};
use hamseda_inbox::InboxError;
use hamseda_store::Blobs;
use hamseda_store::testing::Fresh;

use crate::{NOBODY, TODAY, WIDE, blobs, code, content, filled, new_id, noise, open, quota, raw};

pub(crate) async fn parts_come_back_in_order(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    for cuts in [vec![10_000], vec![1, 9_999], vec![3_333, 3_333, 3_334], vec![1; 40]] {
        let parts: Vec<_> = cuts.iter().map(|&n| noise(n)).collect();
        let whole = parts.concat();
        let id = filled(&inbox, whole.len() as u64, &parts).await;
        assert_eq!(content(&inbox, id).await.unwrap(), whole);
    }
}

pub(crate) async fn what_was_appended_is_there_after_a_restart(fresh: Fresh) {
    let part = noise(500);
    let id = filled(&open(&fresh, WIDE).await, 900, std::slice::from_ref(&part)).await;
    let inbox = open(&fresh, WIDE).await;
    assert_eq!(inbox.state(id).await.unwrap().received, 500);
    assert_eq!(code(content(&inbox, id).await), "inbox-unknown", "an upload that is not complete was read");
    let rest = noise(400);
    inbox.append(&mut inbox.claim(id, 500).await.unwrap(), rest.clone()).await.unwrap();
    assert_eq!(content(&inbox, id).await.unwrap(), [part, rest].concat());
}

pub(crate) async fn a_newer_claim_takes_over(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 100, &[]).await;
    let mut old = inbox.claim(id, 0).await.unwrap();
    let mut new = inbox.claim(id, 0).await.unwrap();
    assert_eq!(code(inbox.append(&mut old, noise(10)).await), "inbox-taken");
    let part = noise(100);
    inbox.append(&mut new, part.clone()).await.unwrap();
    assert_eq!(code(inbox.append(&mut old, noise(10)).await), "inbox-taken");
    assert_eq!(content(&inbox, id).await.unwrap(), part);
    assert_eq!(blobs(&fresh).await, 1, "the refused parts left blobs behind");
}

pub(crate) async fn claims_that_race_never_mix(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 64, &[]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for who in 0..6_u8 {
        let inbox = inbox.clone();
        tasks.spawn(async move {
            loop {
                let upload = inbox.state(id).await.unwrap();
                if upload.complete() {
                    return;
                }
                // Who writes, and where: a part that landed elsewhere than it was meant for would show.
                let at = u8::try_from(upload.received).unwrap();
                let Ok(mut claim) = inbox.claim(id, upload.received).await else { continue };
                let _ = inbox.append(&mut claim, Bytes::copy_from_slice(&[who, at])).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let whole = content(&inbox, id).await.unwrap();
    assert!(whole.chunks(2).enumerate().all(|(i, pair)| usize::from(pair[1]) == i * 2), "{whole:?}");
    assert_eq!(blobs(&fresh).await, 32);
}

pub(crate) async fn offsets_and_lengths_are_checked(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 10, &[noise(4)]).await;
    for offset in [0, 3, 5, 10, 11] {
        assert!(matches!(inbox.claim(id, offset).await, Err(InboxError::Offset { expected: 4 })), "{offset}");
    }
    let mut claim = inbox.claim(id, 4).await.unwrap();
    assert_eq!(code(inbox.append(&mut claim, noise(7)).await), "inbox-too-long");
    inbox.append(&mut claim, Bytes::new()).await.unwrap();
    inbox.append(&mut claim, noise(6)).await.unwrap();
    assert!(inbox.state(id).await.unwrap().complete());
    assert_eq!(code(inbox.claim(new_id(), 0).await), "inbox-unknown");
    assert_eq!(code(inbox.state(new_id()).await), "inbox-unknown");
}

pub(crate) async fn a_full_inbox_says_so_and_goes_on_later(fresh: Fresh) {
    let inbox = open(&fresh, quota(2, 100_000)).await;
    let first = filled(&inbox, 60_000, &[noise(60_000)]).await;
    let second = filled(&inbox, 60_000, &[noise(30_000)]).await;
    let mut claim = inbox.claim(second, 30_000).await.unwrap();
    assert_eq!(code(inbox.append(&mut claim, noise(10_001)).await), "inbox-full");
    inbox.append(&mut claim, noise(10_000)).await.unwrap_err();
    assert_eq!(blobs(&fresh).await, 2, "what was refused stayed on the disk");
    // A part costs 16 KiB at least: what is full for one more part is not full yet for anything.
    inbox.done(first, TODAY).await.unwrap();
    inbox.append(&mut claim, noise(10_000)).await.unwrap();
    inbox.create(new_id(), 60, TODAY, &NOBODY).await.unwrap();
    assert_eq!(code(inbox.create(new_id(), 60, TODAY, &NOBODY).await), "inbox-full", "open uploads were not counted");
}

pub(crate) async fn an_upload_in_crumbs_is_refused(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 2_000, &vec![Bytes::from_static(b"x"); 1_023]).await;
    let mut claim = inbox.claim(id, 1_023).await.unwrap();
    inbox.append(&mut claim, noise(1)).await.unwrap();
    assert_eq!(code(inbox.claim(id, 1_024).await), "inbox-too-many-parts");
}

pub(crate) async fn what_is_unfinished_expires_and_what_is_complete_stays(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let empty = filled(&inbox, 9, &[]).await;
    let begun = filled(&inbox, 9, &[noise(3)]).await;
    let complete = filled(&inbox, 9, &[noise(9)]).await;
    assert_eq!(inbox.expire(Day(TODAY.0 + 1), 14).await.unwrap(), 0);
    assert_eq!(inbox.expire(Day(TODAY.0 + 2), 14).await.unwrap(), 1);
    assert_eq!(code(inbox.state(empty).await), "inbox-unknown");
    assert_eq!(inbox.expire(Day(TODAY.0 + 13), 14).await.unwrap(), 0);
    assert_eq!(inbox.state(begun).await.unwrap().expires(14), Day(TODAY.0 + 14));
    assert_eq!(inbox.expire(Day(TODAY.0 + 14), 14).await.unwrap(), 1);
    assert_eq!(inbox.expire(Day(TODAY.0 + 9_999), 14).await.unwrap(), 0);
    assert_eq!(content(&inbox, complete).await.unwrap().len(), 9);
    assert_eq!(blobs(&fresh).await, 1);
}

pub(crate) async fn the_desk_lists_in_pages_and_takes_away(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    filled(&inbox, 5, &[noise(2)]).await;
    let mut expected = Vec::new();
    for _ in 0..130 {
        expected.push(filled(&inbox, 5, &[noise(5)]).await);
    }
    expected.sort();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = inbox.complete(after).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        listed.extend(page.iter().map(|upload| upload.id));
    }
    assert_eq!(listed, expected);
    for id in expected {
        inbox.done(id, TODAY).await.unwrap();
        inbox.done(id, TODAY).await.unwrap();
        assert_eq!(code(content(&inbox, id).await), "inbox-unknown");
    }
    assert_eq!(blobs(&fresh).await, 1, "only the unfinished upload's part is left");
}

pub(crate) async fn the_desk_can_not_take_what_is_unfinished_but_its_sender_can(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 5, &[noise(2)]).await;
    assert_eq!(code(inbox.done(id, TODAY).await), "inbox-unknown");
    let mut claim = inbox.claim(id, 2).await.unwrap();
    inbox.terminate(id).await.unwrap();
    assert_eq!(code(inbox.append(&mut claim, noise(3)).await), "inbox-unknown");
    assert_eq!(code(inbox.terminate(id).await), "inbox-unknown");
    assert_eq!(blobs(&fresh).await, 0);
}

/// Its sender may not have heard that it was whole.
pub(crate) async fn what_the_desk_took_stands_at_its_end_for_three_days(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let (whole, begun, gone) = (
        filled(&inbox, 5, &[noise(5)]).await,
        filled(&inbox, 5, &[noise(2)]).await,
        filled(&inbox, 5, &[noise(5)]).await,
    );
    inbox.terminate(gone).await.unwrap();
    inbox.done(whole, TODAY).await.unwrap();
    for days in 0..=3 {
        let today = Day(TODAY.0 + days);
        inbox.expire(today, 14).await.unwrap();
        let stands = inbox.stands(whole).await.map(|upload| (upload.received, upload.complete()));
        assert_eq!(stands.ok(), (days < 3).then_some((5, true)), "after {days} days");
        let claimed = if days < 3 { "inbox-offset" } else { "inbox-unknown" };
        assert_eq!(code(inbox.claim(whole, 0).await), claimed);
    }
    inbox.done(gone, TODAY).await.unwrap();
    assert_eq!(code(inbox.stands(gone).await), "inbox-unknown", "what its sender took back is not remembered");
    assert_eq!(inbox.stands(begun).await.unwrap().received, 2);
    // Nothing is there to be taken or read.
    assert_eq!(code(inbox.state(whole).await), "inbox-unknown");
    assert_eq!(code(content(&inbox, whole).await), "inbox-unknown");
}

/// What lies there says neither which upload it was nor whose.
pub(crate) async fn a_finished_upload_is_kept_as_a_hash_and_a_length(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 5, &[noise(5)]).await;
    inbox.done(id, TODAY).await.unwrap();
    let rows = raw(&fresh).await;
    let rows = rows.read("look", |tx| async move { tx.all("SELECT id, length, day FROM finished", &[]).await });
    let rows: Result<_, hamseda_store::StoreError> = rows.await;
    let rows = rows.unwrap();
    let kept = rows[0].get::<Vec<u8>>(0).unwrap();
    assert_eq!((rows.len(), kept.len()), (1, 32));
    assert!(!kept.windows(8).any(|window| id.as_bytes().starts_with(window)));
    assert_eq!((rows[0].get::<u64>(1).unwrap(), rows[0].get::<Day>(2).unwrap()), (5, TODAY));
}

pub(crate) async fn a_removal_cut_short_is_finished_at_the_next_start(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 5, &[noise(2), noise(3)]).await;
    // What `done` commits before it deletes blobs; then the machine stops.
    let db = raw(&fresh).await;
    let removal = db.run("test", |tx| async move {
        tx.execute("INSERT INTO doomed (blob_key) SELECT blob_key FROM part", &[]).await?;
        tx.execute("DELETE FROM part", &[]).await?;
        tx.execute("DELETE FROM upload", &[]).await
    });
    removal.await.unwrap();
    assert_eq!(blobs(&fresh).await, 2);
    let inbox = open(&fresh, WIDE).await;
    assert_eq!(blobs(&fresh).await, 0);
    assert_eq!(code(inbox.state(id).await), "inbox-unknown");
}

pub(crate) async fn a_blob_without_a_row_is_swept_at_the_second_look(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 5, &[noise(2)]).await;
    let lost = Blobs::open(&fresh.blobs_url()).unwrap();
    lost.put("part/left-by-a-stop", noise(9)).await.unwrap();
    assert_eq!(inbox.sweep(SystemClock.now()).await.unwrap(), 0, "a part whose row may be on its way was deleted");
    assert_eq!(inbox.sweep(SystemClock.now()).await.unwrap(), 1);
    assert_eq!(blobs(&fresh).await, 1);
    assert_eq!(inbox.state(id).await.unwrap().received, 2);
}
