//! Requests that want the same upload at the same time.

use hamseda_core::{OsRandom, Random};
use hamseda_store::testing::Fresh;

use crate::support::{Line, Site, run, sealed};

/// The sender comes back at once; the cut request has bytes that fill no part yet. None of them is asked for again.
#[test]
fn a_sender_that_comes_back_at_once_goes_on_behind_the_last_byte() {
    run(async |fresh| {
        let whole = sealed();
        let server = Site::on(&fresh).start().await;
        let path = server.create(whole.len()).await;
        let mut at = 0;
        for piece in [30_000, 2, 100_000, 70_000, 16_384, 60_000, 5] {
            let mut line = Line::patch(server.address, &path, at as u64, whole.len() - at).await;
            line.send(&whole[at..at + 1]).await;
            // Now the request is being read.
            server.reaches(&path, at as u64 + 1).await;
            line.send(&whole[at + 1..at + piece]).await;
            line.cut();
            at += piece;
            // What a busy server had not read yet comes with the next question.
            server.reaches(&path, at as u64).await;
        }
        assert_eq!(server.patch(&path, at as u64, &whole[at..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}

/// A phone that changed its network: the old line is open and silent. Whoever asks gets all that came, and goes on.
#[test]
fn an_older_request_can_not_write_once_a_newer_one_came() {
    run(async |fresh| {
        let whole = sealed();
        let server = Site::on(&fresh).start().await;
        let path = server.create(whole.len()).await;
        let mut old = Line::patch(server.address, &path, 0, whole.len()).await;
        old.send(&whole[..400_000]).await;
        server.reaches(&path, 400_000).await;
        let answer = server.patch(&path, 400_000, &whole[400_000..700_000]).await;
        assert_eq!(answer.offset(), 700_000);
        // Its server side has ended; what is still sent goes nowhere.
        let _ = old.send(&vec![0xff; whole.len() - 400_000]).await;
        assert_eq!(old.answer().await.status, 409);
        assert_eq!(server.patch(&path, 700_000, &whole[700_000..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}

/// Two devices send the same message: the second begins where the first one's counted bytes end, and what the first had read
/// beyond that is kept although nobody asked.
#[test]
fn what_the_older_request_had_read_is_kept_when_it_is_taken_over() {
    run(async |fresh| {
        let whole = sealed();
        let server = Site::on(&fresh).start().await;
        let path = server.create(whole.len()).await;
        let mut old = Line::patch(server.address, &path, 0, whole.len()).await;
        old.send(&whole[..200_000]).await;
        server.reaches(&path, 200_000).await;
        old.send(&whole[200_000..250_000]).await;
        let refused = server.patch(&path, 200_000, &whole[200_000..200_001]).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
        assert_eq!(old.answer().await.status, 409);
        assert_eq!(server.head(&path).await.offset(), 250_000);
    });
}

/// Asking too early, or for what is here already, ends nobody's upload.
#[test]
fn a_request_for_bytes_that_are_here_disturbs_nobody() {
    run(async |fresh| {
        let whole = sealed();
        let server = Site::on(&fresh).start().await;
        let path = server.create(whole.len()).await;
        let mut line = Line::patch(server.address, &path, 0, whole.len()).await;
        line.send(&whole[..200_000]).await;
        server.reaches(&path, 200_000).await;
        assert_eq!(server.patch(&path, 100_000, &whole[100_000..]).await.status, 409);
        line.send(&whole[200_000..]).await;
        assert_eq!(line.answer().await.offset(), whole.len() as u64);
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
