//! tus 1.0 as its specification tells it.

use hamseda_store::testing::Fresh;

use crate::support::{Site, TestClock, request, run, sealed};

#[test]
fn options_say_what_is_spoken() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let answer = request(server.address, "OPTIONS", "/upload", &[], b"").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        assert_eq!(answer.header("tus-version"), "1.0.0");
        assert_eq!(answer.header("tus-extension"), "creation,creation-with-upload,termination,expiration,checksum");
        assert!(answer.header("tus-max-size").parse::<u64>().unwrap() > 500_000_000);
    });
}

#[test]
fn another_version_is_refused() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        for (method, path) in [("POST", "/upload"), ("HEAD", &path), ("PATCH", &path), ("DELETE", &path)] {
            for headers in [&[][..], &[("Tus-Resumable", "0.2.2")][..]] {
                let answer = request(server.address, method, path, headers, b"").await;
                assert_eq!((answer.status, answer.header("tus-version")), (412, "1.0.0"), "{method} {headers:?}");
            }
        }
        assert_eq!(server.head(&path).await.status, 200);
    });
}

#[test]
fn head_tells_offset_length_and_last_day() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        let empty = server.head(&path).await;
        assert_eq!(empty.header("upload-expires"), "Tue, 10 Mar 2026 00:00:00 GMT");
        server.patch(&path, 0, &sealed()[..5]).await;
        let answer = server.head(&path).await;
        assert_eq!((answer.status, answer.offset()), (200, 5));
        assert_eq!(answer.header("upload-length"), sealed().len().to_string());
        assert_eq!(answer.header("upload-expires"), "Sun, 22 Mar 2026 00:00:00 GMT");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("upload-metadata"), "");
        let unknown = format!("/upload/{}", "0".repeat(32));
        assert_eq!(server.head(&unknown).await.status, 404);
        assert_eq!(server.head("/upload/nonsense").await.status, 404);
    });
}

#[test]
fn bytes_go_where_the_last_ones_ended() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        assert_eq!(server.patch(&path, 0, &sealed()[..5]).await.status, 204);
        for offset in [0, 4, 6] {
            let answer = server.patch(&path, offset, b"x").await;
            assert_eq!((answer.status, answer.offset()), (409, 5));
            assert!(answer.text().contains("byte 5"), "{}", answer.text());
        }
        let plain = [("Upload-Offset", "5"), ("Content-Type", "application/octet-stream")];
        assert_eq!(server.tus("PATCH", &path, &plain, b"x").await.status, 415);
        let typed = [("Content-Type", "application/offset+octet-stream")];
        assert_eq!(server.tus("PATCH", &path, &typed, b"x").await.status, 400);
        assert_eq!(server.head(&path).await.offset(), 5);
    });
}

#[test]
fn an_upload_can_be_made_with_its_first_bytes() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let whole = sealed();
        let length = whole.len().to_string();
        let headers = [("Upload-Length", length.as_str()), ("Content-Type", "application/offset+octet-stream")];
        let answer = server.tus("POST", "/upload", &headers, &whole[..900_000]).await;
        assert_eq!((answer.status, answer.offset()), (201, 900_000));
        let path = answer.header("location").to_owned();
        assert_eq!(server.patch(&path, 900_000, &whole[900_000..]).await.status, 204);
        assert_eq!(server.content(&path).await, whole);
        let refused = server.tus("POST", "/upload", &headers, b"....ftypisom").await;
        assert_eq!(refused.status, 415);
        let plain = [headers[0], ("Content-Type", "text/plain")];
        assert_eq!(server.tus("POST", "/upload", &plain, &whole[..9]).await.status, 415, "bytes that would be dropped");
    });
}

#[test]
fn a_proxy_that_knows_no_patch_is_helped() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        let headers = [
            ("X-HTTP-Method-Override", "PATCH"),
            ("Upload-Offset", "0"),
            ("Content-Type", "application/offset+octet-stream"),
        ];
        let answer = server.tus("POST", &path, &headers, &sealed()[..3]).await;
        assert_eq!((answer.status, answer.offset()), (204, 3));
    });
}

#[test]
fn its_sender_can_take_an_upload_back() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        server.patch(&path, 0, &sealed()).await;
        assert_eq!(server.tus("DELETE", &path, &[], b"").await.status, 204);
        assert_eq!(server.tus("DELETE", &path, &[], b"").await.status, 404);
        assert_eq!(server.head(&path).await.status, 404);
        assert_eq!(server.pull("/pull/v1/list").await.text(), "[]");
    });
}

#[test]
fn a_full_server_says_so() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.limits.quarantine_bytes = 20_000;
        let server = site.start().await;
        let (first, second) = (server.create(sealed().len()).await, server.create(sealed().len()).await);
        assert_eq!(server.patch(&first, 0, &sealed()[..20_000]).await.status, 204);
        assert_eq!(server.patch(&second, 0, &sealed()[..5]).await.status, 507);
        let length = sealed().len().to_string();
        assert_eq!(server.tus("POST", "/upload", &[("Upload-Length", &length)], b"").await.status, 507);
    });
}

/// What is unfinished goes after its days, at the first look of a new day.
async fn unfinished_uploads_expire(fresh: Fresh) {
    let site = Site::on(&fresh);
    let server = site.start().await;
    let (begun, complete) = (server.create(sealed().len()).await, server.create(sealed().len()).await);
    server.patch(&begun, 0, &sealed()[..5]).await;
    server.patch(&complete, 0, &sealed()).await;
    server.stop().await;
    for (days, expected) in [(13, 200), (1, 404)] {
        TestClock::add_days(&site.clock, days);
        let server = site.start().await;
        let asking = async { while server.head(&begun).await.status != expected {} };
        tokio::time::timeout(std::time::Duration::from_secs(20), asking).await.unwrap();
        assert_eq!(server.content(&complete).await, sealed());
        server.stop().await;
    }
}

hamseda_store::conformance!(unfinished_uploads_expire);
