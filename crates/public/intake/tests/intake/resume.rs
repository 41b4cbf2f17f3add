//! Rule 2: a byte that was acknowledged is durable, and a cut costs nothing but the way.

use std::time::Duration;

use hamseda_intake::Pace;
use proptest::prelude::*;

use crate::support::{Line, Site, run, sealed};

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_came_before_a_cut_is_kept(
        mut cuts in prop::collection::vec(0usize..1_000_000, 0..5),
        part_bytes in 1_000usize..3_000_000,
        restart: bool,
    ) {
        run(async |fresh| {
            let mut site = Site::on(&fresh);
            site.pace = Pace { part_bytes, ..Pace::default() };
            let whole = sealed();
            let mut server = site.start().await;
            let path = server.create(whole.len()).await;
            cuts.sort_unstable();
            let mut at = 0;
            for cut in cuts {
                let mut line = Line::patch(server.address, &path, at as u64, whole.len() - at).await;
                assert!(line.send(&whole[at..cut]).await, "the server closed the line");
                line.cut();
                server.reaches(&path, cut as u64).await;
                if restart {
                    server.stop().await;
                    server = site.start().await;
                }
                assert_eq!(server.head(&path).await.offset(), cut as u64);
                at = cut;
            }
            let answer = server.patch(&path, at as u64, &whole[at..]).await;
            assert_eq!((answer.status, answer.offset()), (204, whole.len() as u64));
            assert_eq!(server.content(&path).await, whole);
            server.stop().await;
        });
    }
}

/// A phone in a tunnel: no byte comes, and no end either.
#[test]
fn what_a_dead_line_brought_is_safe_while_it_is_still_open() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.pace = Pace { least_bytes: 1_000, flush: Duration::from_millis(5), ..Pace::default() };
        let whole = sealed();
        let server = site.start().await;
        let path = server.create(whole.len()).await;
        let mut dead = Line::patch(server.address, &path, 0, whole.len()).await;
        dead.send(&whole[..50_000]).await;
        server.reaches(&path, 50_000).await;
        // A newer request goes on although the old one is still open.
        let answer = server.patch(&path, 50_000, &whole[50_000..]).await;
        assert_eq!(answer.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}

#[test]
fn a_line_on_which_nothing_comes_is_given_up() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.pace = Pace { idle: Duration::from_millis(50), ..Pace::default() };
        let whole = sealed();
        let server = site.start().await;
        let path = server.create(whole.len()).await;
        let mut dead = Line::patch(server.address, &path, 0, whole.len()).await;
        dead.send(&whole[..77]).await;
        assert_eq!(dead.answer().await.status, 408);
        assert_eq!(server.head(&path).await.offset(), 77);
    });
}

#[test]
fn a_server_that_ends_keeps_what_came() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.pace = Pace { part_bytes: 40_000, ..Pace::default() };
        let whole = sealed();
        let server = site.start().await;
        let path = server.create(whole.len()).await;
        let mut line = Line::patch(server.address, &path, 0, whole.len()).await;
        line.send(&whole[..100_000]).await;
        server.reaches(&path, 100_000).await;
        // What follows fills no part, and is held in memory when the server is told to end.
        line.send(&whole[100_000..130_000]).await;
        let (answer, ()) = tokio::join!(line.answer(), server.stop());
        assert_eq!(answer.status, 503);
        let server = site.start().await;
        let offset = server.head(&path).await.offset();
        assert!((100_000..=130_000).contains(&offset), "{offset}");
        let rest = usize::try_from(offset).unwrap();
        assert_eq!(server.patch(&path, offset, &whole[rest..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}
