//! Invites at the door: the same answer for all of them, and a flood that does not reach the invited.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hamseda_core::Limits;
use hamseda_seal::SizeClass;

use crate::support::{Answer, Issuer, Line, Server, Site, issuers, keyset, run, sealed, sealed_of};

fn invited_site(fresh: &hamseda_store::testing::Fresh) -> Site {
    let mut site = Site::on(fresh);
    site.campaign += &issuers();
    site
}

async fn create(server: &Server, token: Option<&str>) -> Answer {
    let length = sealed().len().to_string();
    let mut headers = vec![("Upload-Length", length.as_str())];
    headers.extend(token.map(|token| ("Hamseda-Token", token)));
    server.tus("POST", "/upload", &headers, b"").await
}

/// Bad tokens of every kind, beside a spent one.
fn bad(good: &str) -> Vec<String> {
    let forged = {
        let mut t = good.to_owned();
        t.replace_range(200..201, if &t[200..201] == "A" { "B" } else { "A" });
        t
    };
    let unknown = {
        let mut t = good.to_owned();
        t.replace_range(2..3, if &t[2..3] == "A" { "B" } else { "A" });
        t
    };
    vec![forged, unknown, String::new(), "nonsense".into(), "A".repeat(434), "x".repeat(5_000)]
}

#[test]
fn good_spent_and_bad_tokens_get_the_same_answer() {
    run(async |fresh| {
        let server = invited_site(&fresh).start().await;
        let good = Issuer::new().token().to_string();
        let mut answers = vec![create(&server, Some(&good)).await, create(&server, Some(&good)).await];
        for token in bad(&good) {
            answers.push(create(&server, Some(&token)).await);
        }
        answers.push(create(&server, None).await);
        let look = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            let location = headers.remove("location").unwrap();
            headers.remove("date");
            (answer.status, headers, location.len(), answer.body.clone())
        };
        for answer in &answers {
            assert_eq!(look(answer), look(&answers[0]));
        }
        // And so do the bytes that follow.
        for answer in &answers {
            let patched = server.patch(answer.header("location"), 0, &sealed()).await;
            assert_eq!((patched.status, patched.offset()), (204, sealed().len() as u64));
        }
    });
}

/// Interleaved tries, each kind as often first as last: the check of a signature takes 50 µs, and every kind of token pays
/// for one.
#[test]
fn good_spent_and_bad_tokens_take_the_same_time() {
    const TRIES: usize = 60;
    run(async |fresh| {
        let server = invited_site(&fresh).start().await;
        let issuer = Issuer::new();
        let spent = issuer.token().to_string();
        create(&server, Some(&spent)).await;
        // Made beforehand: what this test computes between two requests must not count for the second.
        let tokens: Vec<_> = (0..TRIES).map(|_| issuer.token().to_string()).collect();
        let mut took = [const { Vec::new() }; 4];
        for (turn, good) in tokens.iter().enumerate() {
            let forged = bad(good).swap_remove(0);
            let kinds = [good.as_str(), &spent, &forged, "nonsense"];
            for kind in (0..4).map(|n| (n + turn) % 4) {
                let began = Instant::now();
                assert_eq!(create(&server, Some(kinds[kind])).await.status, 201);
                took[kind].push(began.elapsed());
            }
        }
        // The lower quartile: what else the machine does only adds.
        let typical = took.map(|mut all| {
            all.sort_unstable();
            all[TRIES / 4]
        });
        let (least, most) = (typical.iter().min().unwrap(), typical.iter().max().unwrap());
        assert!(most.as_secs_f64() < least.as_secs_f64() * 1.5, "good, spent, forged, nonsense: {typical:?}");
    });
}

#[test]
fn a_spent_token_falls_to_the_ordinary_lane() {
    run(async |fresh| {
        let mut site = invited_site(&fresh);
        (site.limits.open_uploads, site.limits.quarantine_bytes) = (1, 1 << 30);
        let server = site.start().await;
        let issuer = Issuer::new();
        let (one, two) = (issuer.token().to_string(), issuer.token().to_string());
        assert_eq!(create(&server, Some(&one)).await.status, 201);
        // Its lane is full for good tokens; a spent one finds room in the other, once.
        assert_eq!(create(&server, Some(&two)).await.status, 507);
        assert_eq!(create(&server, Some(&one)).await.status, 201);
        assert_eq!(create(&server, Some(&one)).await.status, 507);
    });
}

/// The desk counts a token once: it is told of it in either lane.
#[test]
fn the_desk_learns_which_token_it_was() {
    run(async |fresh| {
        let server = invited_site(&fresh).start().await;
        let token = Issuer::new().token();
        for text in [Some(token.to_string()), Some(token.to_string()), None] {
            let made = create(&server, text.as_deref()).await;
            server.patch(made.header("location"), 0, &sealed()).await;
        }
        let list = server.pull("/pull/v1/list").await;
        assert_eq!(list.text().matches(&token.id().to_string()).count(), 2, "{}", list.text());
        assert_eq!(list.text().matches("\"token\":null").count(), 1, "{}", list.text());
    });
}

#[test]
fn a_full_quarantine_is_not_full_for_the_invited() {
    run(async |fresh| {
        let mut site = invited_site(&fresh);
        // Twenty pieces as they are written to the disk.
        site.pace.piece_bytes = 16_384;
        site.limits.quarantine_bytes = 20 * 16_384;
        let server = site.start().await;
        let hostile = server.create(sealed().len()).await;
        let answer = server.patch(&hostile, 0, &sealed()).await;
        assert_eq!(answer.status, 507, "{}", answer.text());
        let kept = server.head(&hostile).await.offset();
        assert_eq!(kept, 20 * 16_384);
        assert_eq!(create(&server, None).await.status, 507);
        let made = create(&server, Some(&Issuer::new().token().to_string())).await;
        assert_eq!(server.patch(made.header("location"), 0, &sealed()).await.status, 204);
    });
}

/// When every connection is taken, somebody uninvited has to leave: nobody can hold the door shut.
#[test]
fn lines_that_never_end_do_not_keep_others_out() {
    run(async |fresh| {
        let site = invited_site(&fresh);
        let server = site.start_with(|config| config.with_connections(20)).await;
        let whole = sealed();
        let token = Issuer::new().token().to_string();
        let path = create(&server, Some(&token)).await.header("location").to_owned();
        let mut mine = Line::patch(server.address, &path, 0, whole.len()).await;
        mine.send(&whole[..1_000]).await;
        let mut hostile = Vec::new();
        for _ in 0..60 {
            let path = server.create(whole.len()).await;
            let mut line = Line::patch(server.address, &path, 0, whole.len()).await;
            line.send(&whole[..1_000]).await;
            hostile.push(line);
        }
        // The invited line is still there after all of that.
        mine.send(&whole[1_000..]).await;
        assert_eq!(mine.answer().await.offset(), whole.len() as u64);
    });
}

/// Somebody who sends a message's beginning and then noise without end, as fast as the server takes it.
async fn hostile(server: std::net::SocketAddr, header: Bytes, stop: Arc<AtomicBool>) {
    let length = SizeClass::sealed_lens(keyset().recipients().len(), &Limits::DEFAULT).last().unwrap();
    let noise = vec![0xa5; 64 * 1024];
    while !stop.load(Ordering::Relaxed) {
        let text = length.to_string();
        let headers = [("Tus-Resumable", "1.0.0"), ("Upload-Length", text.as_str())];
        let made = crate::support::request(server, "POST", "/upload", &headers, b"").await;
        if made.status != 201 {
            return;
        }
        let mut line = Line::patch(server, made.header("location"), 0, usize::try_from(length).unwrap()).await;
        line.send(&header).await;
        while !stop.load(Ordering::Relaxed) && line.send(&noise).await {}
    }
}

async fn send_invited(server: &Server, issuer: &Issuer, message: &[u8]) {
    let length = message.len().to_string();
    let token = issuer.token().to_string();
    let headers = [("Upload-Length", length.as_str()), ("Hamseda-Token", token.as_str())];
    let made = server.tus("POST", "/upload", &headers, b"").await;
    for (at, chunk) in message.chunks(2 * 1024 * 1024).enumerate() {
        let answer = server.patch(made.header("location"), at as u64 * 2 * 1024 * 1024, chunk).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
    }
}

/// Bytes that lie on the server's disk.
fn stored(fresh: &hamseda_store::testing::Fresh) -> u64 {
    let parts = std::fs::read_dir(fresh.path("blobs/part")).unwrap();
    // One may go while it is looked at.
    parts.filter_map(|part| Some(part.ok()?.metadata().ok()?.len())).sum()
}

/// The small form of `cargo xtask bench flood`, which has ten thousand and a clock. Here bytes on the disk count, for the machine
/// has other things to do: however many push, each of them gets little beside an invited one.
#[test]
fn a_flood_does_not_slow_the_invited() {
    const HOSTILE: usize = 300;
    const MESSAGES: usize = 2;
    run(async |fresh| {
        let mut site = invited_site(&fresh);
        site.limits.quarantine_bytes = 4 << 30;
        let server = site.start().await;
        let (issuer, message) = (Issuer::new(), sealed_of(7_000_000));
        let stop = Arc::<AtomicBool>::default();
        let mut flood = tokio::task::JoinSet::new();
        for _ in 0..HOSTILE {
            flood.spawn(hostile(server.address, sealed().slice(..8_192), stop.clone()));
        }
        while stored(&fresh) < 64 * 1024 * 1024 {
            assert!(flood.try_join_next().is_none(), "the flood ended");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let before = stored(&fresh);
        for _ in 0..MESSAGES {
            send_invited(&server, &issuer, &message).await;
        }
        let invited = (MESSAGES * message.len()) as u64;
        let flooded = stored(&fresh) - before - invited;
        assert!(flood.try_join_next().is_none(), "the flood ended");
        stop.store(true, Ordering::Relaxed);
        flood.shutdown().await;
        let each = flooded / HOSTILE as u64;
        assert!(each * 10 < invited, "an invited line got {invited} bytes to the disk, each hostile one {each}");
    });
}
