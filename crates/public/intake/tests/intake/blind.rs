//! Rule 1: nothing that identifies a sender is on the disk or in the log.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Site, request, run, sealed};

/// What a careless client or proxy tells about somebody.
const PLANTED: [&str; 7] = [
    "PlantedBrowser/77",
    "planted-clip-name.mp4",
    "video/x-planted",
    "203.0.113.77",
    "planted-cookie",
    "planted-referer.example",
    "xx-planted-language",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn rule_1_nothing_about_a_sender_is_stored_or_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // Every thread of this program, also those of the runtime, writes to this log.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let [agent, name, kind, address, cookie, referer, language] = PLANTED;
        let metadata = format!("filename {},filetype {}", STANDARD.encode(name), STANDARD.encode(kind));
        let length = sealed().len().to_string();
        let cookie = format!("session={cookie}");
        let referer = format!("https://{referer}/{name}");
        let forwarded = format!("for={address}");
        let planted = [
            ("User-Agent", agent),
            ("X-Forwarded-For", address),
            ("Forwarded", &forwarded),
            ("Cookie", &cookie),
            ("Referer", &referer),
            ("Accept-Language", language),
            ("Upload-Metadata", &metadata),
        ];
        let mut create = planted.to_vec();
        create.extend([("Upload-Length", length.as_str())]);
        let path = server.tus("POST", "/upload", &create, b"").await.header("location").to_owned();
        let mut patch = planted.to_vec();
        patch.extend([("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")]);
        assert_eq!(server.tus("PATCH", &path, &patch, &sealed()[..500_000]).await.status, 204);
        // Refusals are where servers like to log.
        assert_eq!(server.tus("PATCH", &path, &patch, &sealed()).await.status, 409);
        assert_eq!(request(server.address, "GET", &format!("/{name}"), &planted, b"").await.status, 404);

        // While it runs, and after it ended: the database's write-ahead log is a file, too.
        let mut seen = 0;
        for _ in 0..2 {
            seen += search(fresh.folder());
        }
        server.stop().await;
        seen += search(fresh.folder());
        assert!(seen > 500_000, "the search did not find the inbox");
    });
    let log = log.0.lock().unwrap();
    assert!(!log.is_empty(), "the log was not captured");
    assert_clean("the log", &log);
}

/// Looks for planted words in every file and its name; returns how many bytes were looked at.
fn search(folder: &Path) -> usize {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_clean("a name", path.to_string_lossy().as_bytes());
        if path.is_dir() {
            bytes += search(&path);
        } else if let Ok(content) = std::fs::read(&path) {
            assert_clean(&path.to_string_lossy(), &content);
            bytes += content.len();
        }
    }
    bytes
}

fn assert_clean(whose: &str, content: &[u8]) {
    for word in PLANTED {
        let forms = [word.to_owned(), STANDARD.encode(word)];
        for form in &forms {
            let found = content.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!found, "{whose} holds {form:?}");
        }
    }
    // Loopback, where this test's requests come from. The pages' own address is no sender's.
    assert!(!content.windows(10).any(|window| window == b"127.0.0.1:"), "{whose} holds an address");
}
