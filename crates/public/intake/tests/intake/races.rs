//! Requests that want the same upload at the same time.

use hamseda_core::{OsRandom, Random};
use hamseda_store::testing::Fresh;

use crate::support::{Line, Site, run, sealed};

#[test]
fn an_older_request_can_not_write_once_a_newer_one_came() {
    run(async |fresh| {
        let whole = sealed();
        let server = Site::on(&fresh).start().await;
        let path = server.create(whole.len()).await;
        let mut old = Line::patch(server.address, &path, 0, whole.len()).await;
        old.send(&whole[..400_000]).await;
        // HEAD waits for nobody: the old request holds its bytes in memory still.
        let offset = server.head(&path).await.offset();
        assert_eq!(offset, 0);
        let answer = server.patch(&path, 0, &whole[..300_000]).await;
        assert_eq!(answer.offset(), 300_000);
        old.send(&vec![0xff; whole.len() - 400_000]).await;
        assert_eq!(old.answer().await.status, 409);
        assert_eq!(server.patch(&path, 300_000, &whole[300_000..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}

/// Several devices, or one that panics, send the same message at once, in pieces of any size, and cut lines.
async fn senders_that_race_make_one_whole_message(fresh: Fresh) {
    let whole = sealed();
    let server = Site::on(&fresh).start().await;
    let path = server.create(whole.len()).await;
    let address = server.address;
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (path, whole) = (path.clone(), whole.clone());
        senders.spawn(async move {
            loop {
                let headers = [("Tus-Resumable", "1.0.0")];
                let head = crate::support::request(address, "HEAD", &path, &headers, b"").await;
                let at = usize::try_from(head.offset()).unwrap();
                if at == whole.len() {
                    return;
                }
                let [a, b] = two_random_bytes();
                let piece = (usize::from(a) * 1_500 + 1).min(whole.len() - at);
                let mut line = Line::patch(address, &path, at as u64, piece).await;
                line.send(&whole[at..at + piece - usize::from(b % 4 == 0)]).await;
                if b % 4 == 0 {
                    line.cut();
                } else {
                    assert!(matches!(line.answer().await.status, 204 | 409));
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.unwrap();
    }
    assert_eq!(server.content(&path).await, whole);
}

fn two_random_bytes() -> [u8; 2] {
    (&mut OsRandom as &mut dyn Random).bytes()
}

hamseda_store::conformance!(senders_that_race_make_one_whole_message);
