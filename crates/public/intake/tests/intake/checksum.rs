//! Bytes that changed on their way are not counted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hamseda_store::Blobs;
use hamseda_store::testing::Fresh;
use proptest::prelude::*;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use crate::support::{Answer, Line, Server, Site, request, run, sealed};

fn sum(name: &str, bytes: &[u8]) -> String {
    let algorithm = if name == "sha1" { &SHA1_FOR_LEGACY_USE_ONLY } else { &SHA256 };
    format!("{name} {}", STANDARD.encode(digest(algorithm, bytes)))
}

async fn patch(server: &Server, path: &str, offset: usize, sum: &str, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let headers = [
        ("Upload-Offset", offset.as_str()),
        ("Content-Type", "application/offset+octet-stream"),
        ("Upload-Checksum", sum),
    ];
    server.tus("PATCH", path, &headers, bytes).await
}

async fn blobs(fresh: &Fresh) -> usize {
    Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap().len()
}

#[test]
fn sums_of_both_kinds_are_offered_and_checked() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let answer = request(server.address, "OPTIONS", "/upload", &[], b"").await;
        assert!(answer.header("tus-checksum-algorithm").split(',').any(|name| name == "sha1"));
        let whole = sealed();
        let path = server.create(whole.len()).await;
        let (one, two) = whole.split_at(500_000);
        assert_eq!(patch(&server, &path, 0, &sum("sha1", one), one).await.offset(), 500_000);
        let refused = patch(&server, &path, 500_000, &sum("sha256", one), two).await;
        assert_eq!(refused.status, 460, "{}", refused.text());
        // A sum that no bytes have.
        assert_eq!(patch(&server, &path, 500_000, "sha1 AAAA", &two[..9]).await.status, 460);
        assert_eq!(server.head(&path).await.offset(), 500_000);
        assert_eq!(blobs(&fresh).await, 1, "refused bytes stayed on the disk");
        assert_eq!(patch(&server, &path, 500_000, &sum("sha256", two), two).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bit of any byte, in parts of any size: all of the request counts, or nothing.
    #[test]
    fn one_wrong_bit_and_nothing_counts(
        part_bytes in 1_000usize..400_000,
        length in 1usize..600_000,
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
        sha1: bool,
    ) {
        run(async |fresh| {
            let mut site = Site::on(&fresh);
            (site.pace.part_bytes, site.pace.piece_bytes) = (part_bytes, 8_192);
            let server = site.start().await;
            let whole = sealed();
            let path = server.create(whole.len()).await;
            let meant = &whole[..length];
            let sum = sum(if sha1 { "sha1" } else { "sha256" }, meant);
            let mut wrong = meant.to_vec();
            wrong[at.index(length)] ^= 1 << bit;
            // Also where the wrong bit falls into the header: then it is the line's fault, not another kind of file.
            assert_eq!(patch(&server, &path, 0, &sum, &wrong).await.status, 460);
            assert_eq!(server.head(&path).await.offset(), 0);
            assert_eq!(blobs(&fresh).await, 0);
            assert_eq!(patch(&server, &path, 0, &sum, meant).await.offset(), length as u64);
        });
    }
}

#[test]
fn a_cut_request_with_a_sum_counts_nothing() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.pace.part_bytes = 40_000;
        let server = site.start().await;
        let whole = sealed();
        let path = server.create(whole.len()).await;
        let (length, sum) = (whole.len().to_string(), sum("sha1", &whole));
        let headers = [
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Offset", "0"),
            ("Content-Type", "application/offset+octet-stream"),
            ("Upload-Checksum", sum.as_str()),
            ("Content-Length", length.as_str()),
        ];
        let mut line = Line::open(server.address, "PATCH", &path, &headers).await;
        line.send(&whole[..200_000]).await;
        line.cut();
        let gone = async { while blobs(&fresh).await > 0 {} };
        tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.unwrap();
        assert_eq!(server.head(&path).await.offset(), 0);
        assert_eq!(server.patch(&path, 0, &whole).await.status, 204);
    });
}

#[test]
fn what_is_really_foreign_is_dropped_with_a_right_sum_too() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let raw = include_bytes!("../../../../../vectors/seal/raw-video.mp4");
        let path = server.create(sealed().len()).await;
        assert_eq!(patch(&server, &path, 0, &sum("sha256", raw), raw).await.status, 415);
        assert_eq!(server.head(&path).await.status, 404);
    });
}

#[test]
fn an_upload_that_begins_with_a_wrong_sum_is_not_made() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let length = sealed().len().to_string();
        let first = &sealed()[..1_000];
        for (sum, status) in [(sum("sha1", b"other"), 460), (sum("sha1", first), 201)] {
            let headers = [
                ("Upload-Length", length.as_str()),
                ("Content-Type", "application/offset+octet-stream"),
                ("Upload-Checksum", sum.as_str()),
            ];
            let answer = server.tus("POST", "/upload", &headers, first).await;
            assert_eq!((answer.status, answer.header("location").is_empty()), (status, status == 460));
        }
        assert_eq!(blobs(&fresh).await, 1);
    });
}
