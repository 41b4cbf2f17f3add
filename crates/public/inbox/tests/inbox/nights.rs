//! What a night does to what the day brought.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hamseda_core::{Clock as _, Day, OsRandom, SystemClock, UnixSeconds};
use hamseda_inbox::{Inbox, Lane};
use hamseda_store::Blobs;
use hamseda_store::testing::Fresh;

use crate::{TODAY, WIDE, blobs, content, filled, noise, open};

async fn names(fresh: &Fresh) -> BTreeSet<String> {
    let listed = Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap();
    listed.into_iter().map(|blob| blob.key).collect()
}

/// The times that the files say.
fn times(fresh: &Fresh) -> BTreeSet<SystemTime> {
    let files = std::fs::read_dir(fresh.path("blobs/part")).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().modified().unwrap()).collect()
}

fn midnight(day: Day) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(day.0).unwrap() * 86_400)
}

async fn repack(inbox: &Inbox, day: Day) -> usize {
    inbox.repack(day, &mut OsRandom).await.unwrap()
}

pub(crate) async fn what_came_by_day_is_written_anew(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let (cuts, two_pieces) = ([noise(3), noise(1), noise(40_000)], [noise(1_500_000), noise(700_000)]);
    let complete = filled(&inbox, 40_004, &cuts).await;
    let large = filled(&inbox, 2_200_000, &two_pieces).await;
    let begun = filled(&inbox, 9, &[noise(2), noise(2)]).await;
    filled(&inbox, 9, &[]).await;
    let (before, tomorrow) = (names(&fresh).await, Day(TODAY.0 + 1));
    assert_eq!(before.len(), 7);
    assert_eq!(times(&fresh), [midnight(TODAY)].into(), "a file tells the hour");

    assert_eq!(repack(&inbox, tomorrow).await, 3);
    let after = names(&fresh).await;
    assert_eq!(after.len(), 3, "how the line was cut can still be seen");
    assert!(after.is_disjoint(&before), "a blob kept its name, and with it its place");
    assert_eq!(times(&fresh), [midnight(tomorrow)].into());
    assert_eq!(content(&inbox, complete).await.unwrap(), cuts.concat());
    assert_eq!(content(&inbox, large).await.unwrap(), two_pieces.concat());
    // The next night has nothing to do, until something is added.
    assert_eq!(repack(&inbox, tomorrow).await, 0);
    inbox.append(&mut inbox.claim(begun, 4).await.unwrap(), noise(5)).await.unwrap();
    assert_eq!(repack(&inbox, tomorrow).await, 1);
    assert_eq!(content(&inbox, begun).await.unwrap().len(), 9);
    assert_eq!(blobs(&fresh).await, 3);
}

/// Nights, additions, removals and new claims at the same time: nothing is lost and nothing mixed.
pub(crate) async fn what_is_added_to_meanwhile_stays_whole(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let whole = noise(30_000);
    let ids = [filled(&inbox, 30_000, &[]).await, filled(&inbox, 30_000, &[]).await];
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids {
        let (inbox, whole) = (inbox.clone(), whole.clone());
        tasks.spawn(async move {
            for start in (0..30_000).step_by(1_000) {
                let mut claim = inbox.claim(id, start as u64).await.unwrap();
                inbox.append(&mut claim, whole.slice(start..start + 1_000)).await.unwrap();
            }
        });
    }
    let night = inbox.clone();
    tasks.spawn(async move {
        for _ in 0..15 {
            repack(&night, TODAY).await;
            filled(&night, 5, &[noise(5)]).await;
        }
    });
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for id in ids {
        assert_eq!(content(&inbox, id).await.unwrap(), whole);
    }
    repack(&inbox, TODAY).await;
    assert_eq!(blobs(&fresh).await, 2 + 15);
}

pub(crate) async fn a_part_that_takes_days_is_not_swept(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let id = filled(&inbox, 8, &[]).await;
    let mut claim = inbox.claim(id, 0).await.unwrap();
    let mut part = inbox.part(Lane::Ordinary, TODAY);
    part.write(noise(8)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(inbox.sweep(SystemClock.now()).await.unwrap(), 0);
    }
    inbox.count(&mut claim, vec![part]).await.unwrap();
    assert_eq!(content(&inbox, id).await.unwrap().len(), 8);
    // One that was dropped is gone at once.
    let mut part = inbox.part(Lane::Ordinary, TODAY);
    part.write(noise(8)).await.unwrap();
    drop(part);
    assert_eq!(blobs(&fresh).await, 1);
    // And what a stream left unfinished two days ago goes, too.
    let incoming = fresh.path("blobs/incoming");
    std::fs::create_dir_all(&incoming).unwrap();
    std::fs::write(incoming.join("left"), b"x").unwrap();
    inbox.sweep(UnixSeconds(SystemClock.now().0 + 3 * 86_400)).await.unwrap();
    assert!(!incoming.join("left").exists());
}

/// Whether any file of the database holds these bytes.
fn holds(fresh: &Fresh, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(fresh.folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    files.into_iter().any(|content| content.windows(bytes.len()).any(|window| window == bytes))
}

/// SQLite overwrites removed rows in its pages; what it wrote before lies in the write-ahead log until a scrub.
pub(crate) async fn what_was_removed_leaves_the_write_ahead_log(fresh: Fresh) {
    let inbox = open(&fresh, WIDE).await;
    let (gone, stays) = (filled(&inbox, 9, &[noise(9)]).await, filled(&inbox, 9, &[noise(3)]).await);
    inbox.terminate(gone).await.unwrap();
    let sqlite = fresh.url().starts_with("sqlite:");
    assert_eq!(holds(&fresh, gone.as_bytes()), sqlite, "the search finds nothing, or nothing needs a scrub");
    inbox.scrub().await.unwrap();
    assert!(!holds(&fresh, gone.as_bytes()), "a removed upload's id lies in the database's files");
    assert_eq!(holds(&fresh, stays.as_bytes()), sqlite);
}
