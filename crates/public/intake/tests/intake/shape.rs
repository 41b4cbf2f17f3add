//! Only sealed messages get in, whatever a client says about what it sends.

use hamseda_core::Limits;
use hamseda_seal::SizeClass;
use hamseda_store::Blobs;
use hamseda_store::testing::Fresh;

use crate::support::{Site, keyset, run, sealed};

/// Files that are no sealed message of this campaign.
const FOREIGN: [(&str, &[u8]); 5] = [
    ("raw video", include_bytes!("../../../../../vectors/seal/raw-video.mp4")),
    ("ASCII armour", include_bytes!("../../../../../vectors/seal/armoured.age")),
    ("X25519 only", include_bytes!("../../../../../vectors/seal/x25519-only.age")),
    ("a passphrase", include_bytes!("../../../../../vectors/seal/passphrase.age")),
    ("a grease stanza", include_bytes!("../../../../../vectors/seal/grease.age")),
];

async fn blobs(fresh: &Fresh) -> usize {
    Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap().len()
}

#[test]
fn what_is_not_a_sealed_message_is_dropped() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for (what, bytes) in FOREIGN {
            let path = server.create(sealed().len()).await;
            let answer = server.patch(&path, 0, bytes).await;
            assert_eq!(answer.status, 415, "{what}: {}", answer.text());
            assert_eq!(server.head(&path).await.status, 404, "{what} stayed");
        }
        assert_eq!(blobs(&fresh).await, 0);
    });
}

/// A wrong header in pieces, each of which looks harmless, and a restart between them.
#[test]
fn the_check_goes_on_over_requests_and_restarts() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let whole = sealed();
        let mut server = site.start().await;
        for (what, bytes) in FOREIGN {
            let path = server.create(whole.len()).await;
            let mut status = 204;
            for (at, byte) in bytes.iter().enumerate().take(60) {
                status = server.patch(&path, at as u64, std::slice::from_ref(byte)).await.status;
                if status != 204 {
                    break;
                }
                if at == 10 {
                    server.stop().await;
                    server = site.start().await;
                }
            }
            // A grease stanza comes after those that are allowed; the others show at once.
            assert_eq!(status, if what == "a grease stanza" { 204 } else { 415 }, "{what}");
        }
    });
}

#[test]
fn a_header_that_turns_wrong_at_its_end_is_dropped_too() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let whole = sealed();
        let end = whole.windows(4).position(|w| w == b"--- ").unwrap();
        let path = server.create(whole.len()).await;
        assert_eq!(server.patch(&path, 0, &whole[..end]).await.status, 204);
        assert_eq!(server.patch(&path, end as u64, b"-> mlkem768x25519 ").await.status, 415);
        assert_eq!(server.head(&path).await.status, 404);
        assert_eq!(blobs(&fresh).await, 0);
    });
}

#[test]
fn only_lengths_that_sealed_messages_have_are_taken() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let allowed: Vec<u64> = SizeClass::sealed_lens(keyset().recipients().len(), &Limits::DEFAULT).collect();
        for &length in &allowed {
            let longer = if Some(&length) == allowed.last() { 413 } else { 415 };
            for (given, expected) in [(length - 1, 415), (length, 201), (length + 1, longer)] {
                let given = given.to_string();
                let answer = server.tus("POST", "/upload", &[("Upload-Length", &given)], b"").await;
                assert_eq!(answer.status, expected, "{given}: {}", answer.text());
            }
        }
        for nonsense in ["", "-1", "+5", "1e6", "99999999999999999999"] {
            let answer = server.tus("POST", "/upload", &[("Upload-Length", nonsense)], b"").await;
            assert_eq!(answer.status, 400, "{nonsense:?}");
        }
    });
}

#[test]
fn more_bytes_than_announced_are_refused_and_what_is_there_stays() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let whole = sealed();
        let path = server.create(whole.len()).await;
        let most = whole.len() - 10;
        assert_eq!(server.patch(&path, 0, &whole[..most]).await.status, 204);
        assert_eq!(server.patch(&path, most as u64, &[0; 11]).await.status, 413);
        assert_eq!(server.patch(&path, most as u64, &whole[most..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}
