//! The upload layer without its shape check, as `cargo xtask tus-conformance` serves it.

use crate::support::{Answer, Server, Site, request, run, sealed};

async fn server(fresh: &hamseda_store::testing::Fresh) -> Server {
    Site::on(fresh).start_with(|config| config.with_any_length(1_000_000)).await
}

async fn patch(server: &Server, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut all = vec![("Content-Type", "application/offset+octet-stream")];
    all.extend_from_slice(headers);
    server.tus("PATCH", path, &all, body).await
}

#[test]
fn any_bytes_of_any_length_are_taken() {
    run(async |fresh| {
        let server = server(&fresh).await;
        for text in [&b"hello world"[..], b"x", &[0; 70_000]] {
            let path = server.create(text.len()).await;
            assert_eq!(server.patch(&path, 0, text).await.status, 204);
            assert_eq!(server.content(&path).await, text);
        }
        let empty = server.create(0).await;
        assert_eq!(server.head(&empty).await.offset(), 0);
        let answer = server.tus("POST", "/upload", &[("Upload-Length", "1000001")], b"").await;
        assert_eq!(answer.status, 413);
    });
}

#[test]
fn a_length_can_be_told_later() {
    run(async |fresh| {
        let server = server(&fresh).await;
        let options = request(server.address, "OPTIONS", "/upload", &[], b"").await;
        assert!(options.header("tus-extension").ends_with(",creation-defer-length"));
        assert_eq!(options.header("tus-max-size"), "1000000");
        let made = server.tus("POST", "/upload", &[("Upload-Defer-Length", "1")], b"").await;
        let path = made.header("location").to_owned();
        assert_eq!(patch(&server, &path, &[("Upload-Offset", "0")], b"hello ").await.status, 204);
        let head = server.head(&path).await;
        assert_eq!((head.header("upload-defer-length"), head.header("upload-length"), head.offset()), ("1", "", 6));
        for (length, status) in [("5", 413), ("11", 204)] {
            let headers = [("Upload-Offset", "6"), ("Upload-Length", length)];
            assert_eq!(patch(&server, &path, &headers, b"world").await.status, status);
        }
        assert_eq!(server.head(&path).await.header("upload-length"), "11");
        let another = [("Upload-Offset", "11"), ("Upload-Length", "12")];
        assert_eq!(patch(&server, &path, &another, b"!").await.status, 400, "a length is told once");
        assert!(path.starts_with(&format!("http://{}/upload/", server.address)), "{path}");
        assert_eq!(server.content(&path).await, b"hello world");
        for wrong in [&[("Upload-Defer-Length", "2")][..], &[("Upload-Defer-Length", "1"), ("Upload-Length", "5")], &[]]
        {
            assert_eq!(server.tus("POST", "/upload", wrong, b"").await.status, 400);
        }
    });
}

/// The real intake knows nothing of all that.
#[test]
fn the_real_intake_takes_no_deferred_length() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        assert_eq!(server.tus("POST", "/upload", &[("Upload-Defer-Length", "1")], b"").await.status, 400);
        assert_eq!(server.tus("POST", "/upload", &[("Upload-Length", "11")], b"").await.status, 415);
        let length = sealed().len().to_string();
        assert_eq!(server.tus("POST", "/upload", &[("Upload-Length", &length)], b"").await.status, 201);
        let options = request(server.address, "OPTIONS", "/upload", &[], b"").await;
        assert!(!options.header("tus-extension").contains("defer"));
    });
}
