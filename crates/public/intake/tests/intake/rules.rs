//! Rules that a public machine keeps for those who send, tried on every road it has.

use std::collections::HashSet;

use crate::support::{Answer, Server, Site, request, run, sealed};

const WINDOW: usize = 32;
/// Whatever gives back more than this gives back a whole window.
const STRIDE: usize = 4_096;

/// Rule 5, at its beginning: what a sender sent is given back to nobody, in whole or in part.
#[test]
fn rule_5_no_public_road_gives_a_sent_byte_back() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let whole = sealed();
        let path = server.create(whole.len()).await;
        assert_eq!(server.patch(&path, 0, &whole).await.status, 204);
        let windows: HashSet<&[u8]> = whole.windows(WINDOW).step_by(STRIDE).collect();
        let id = path.rsplit('/').next().unwrap().to_owned();
        let places = [
            "/",
            "/en/",
            "/en/send",
            "/en/parts",
            "/en/code",
            "/keyset",
            "/campaign.toml",
            "/upload",
            "/status",
            "/letter",
            "/withdraw",
            "/pull/v1/list",
        ];
        let mut paths: Vec<String> = places.map(String::from).to_vec();
        paths.extend(
            ["/upload/", "/pull/v1/", "/part/", "/blobs/part/", "/inbox/", "/"].map(|front| format!("{front}{id}")),
        );
        for path in paths {
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"] {
                for headers in
                    [&[][..], &[("Range", "bytes=0-99999"), ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0")]]
                {
                    let answer = request(server.address, method, &path, headers, b"").await;
                    let given = answer.body.windows(WINDOW).find(|window| windows.contains(window));
                    assert!(given.is_none(), "{method} {path} gave sealed bytes back");
                }
            }
        }
        assert_eq!(server.content(&path).await, whole, "the desk gets them");
    });
}

async fn refused(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let answer = server.tus(method, path, headers, body).await;
    assert!((400..500).contains(&answer.status), "{method} {path} {headers:?}: {}", answer.status);
    answer
}

/// Rule 10 for a client: one line that says what happened, and after a semicolon what to do.
#[test]
fn rule_10_every_refused_request_is_told_what_to_do() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let length = sealed().len().to_string();
        let path = server.create(sealed().len()).await;
        let body = ("Content-Type", "application/offset+octet-stream");
        let unknown = format!("/upload/{}", "0".repeat(32));
        type Malformed<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [u8]);
        let requests: [Malformed<'_>; 10] = [
            ("POST", "/upload", &[], b""),
            ("POST", "/upload", &[("Upload-Length", "-1")], b""),
            ("POST", "/upload", &[("Upload-Length", "1")], b""),
            ("POST", "/upload", &[("Upload-Length", &length), ("Hamseda-Handle", "short")], b""),
            ("PATCH", &path, &[("Upload-Offset", "0")], b"a"),
            ("PATCH", &path, &[("Upload-Offset", "7"), body], b"a"),
            ("PATCH", &path, &[("Upload-Offset", "99999999999999999999"), body], b"a"),
            ("PATCH", &path, &[("Upload-Offset", "0"), ("Upload-Checksum", "md5 AAAA"), body], b"a"),
            ("PATCH", &unknown, &[("Upload-Offset", "0"), body], b"a"),
            ("PATCH", &path, &[("Upload-Offset", "0"), body], b"....ftypisom, a clip that was never sealed"),
        ];
        let mut answers = vec![request(server.address, "POST", "/upload", &[], b"").await];
        for (method, path, headers, body) in requests {
            answers.push(refused(&server, method, path, headers, body).await);
        }
        for answer in answers {
            let text = answer.text();
            assert!(text.ends_with('\n') && text.lines().count() == 1, "{text:?}");
            let (what, then) = text.split_once(';').unwrap_or_else(|| panic!("{text:?} does not say what to do"));
            assert!(what.len() > 10 && then.trim().len() > 10, "{text:?}");
            let inner = ["sql", "panic", "os error", "thread", ".rs", "inbox-", "Error"];
            assert!(inner.iter().all(|word| !text.contains(word)), "{text:?} shows inner works");
        }
    });
}

/// Rule 10 for a person: in their language, and with a way on.
#[test]
fn rule_10_a_lost_sender_gets_a_page_in_their_language_with_a_way_on() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for lang in ["fa", "ar", "en"] {
            let wish = [("Accept-Language", lang)];
            let answer = request(server.address, "GET", "/no-such-page", &wish, b"").await;
            let page = answer.text();
            assert_eq!(answer.status, 404);
            assert!(
                page.contains(&format!("lang=\"{lang}\"")) && page.contains(&format!("href=\"/{lang}/\"")),
                "{page}"
            );
        }
    });
}
