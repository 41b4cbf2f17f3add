//! Requests of the tus grammar, and what is none, against a running intake.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hamseda_core::{Clock, Limits, UnixSeconds};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;
use hamseda_seal::KeySet;

use crate::sealed::base;

const KEYSET: &[u8] = include_bytes!("../../../vectors/seal/keyset.json");
const CAMPAIGN: &str = include_str!("../../lab/src/campaign.toml");
const METHODS: [&str; 8] = ["POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "GET", "PUT", "QUERY"];
/// How long a request that may not be whole is waited for.
const MOMENT: Duration = Duration::from_millis(100);
/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(20_520 * 86_400 + 43_200)
    }
}

/// An intake that runs as long as this program, and an upload at it.
struct Intake {
    address: SocketAddr,
    upload: String,
    _folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

fn intake() -> &'static Intake {
    static INTAKE: OnceLock<Intake> = OnceLock::new();
    INTAKE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let (database, blobs) = (format!("sqlite:{path}/inbox.db"), format!("file:{path}/blobs"));
        let address = runtime.block_on(async move {
            let inbox = Inbox::open(&database, &blobs, Quota::from(Limits::DEFAULT)).await.unwrap();
            let terms = KeySet::verify(KEYSET, None).unwrap().terms().clone();
            let key: String = terms.campaign_key.iter().map(|byte| format!("{byte:02x}")).collect();
            let campaign = CAMPAIGN.replace("ORIGIN", &terms.origin).replace("CAMPAIGN-KEY", &key);
            let config = Config::new(campaign, KEYSET, &"00".repeat(32), inbox, Arc::new(Noon)).unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(hamseda_intake::serve(config, listener, std::future::pending()));
            address
        });
        let length = base().sealed.len();
        let head = "POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n";
        let made = exchange(address, format!("{head}Upload-Length: {length}\r\n\r\n").as_bytes(), true);
        let upload = header(&made, "location").expect("an upload").to_owned();
        Intake { address, upload, _folder: folder, _runtime: runtime }
    })
}

/// Sends a request and reads the answer to its end. A request that promises more than it brings gets none until the line
/// ends, so that is ended after a moment.
fn exchange(address: SocketAddr, request: &[u8], whole: bool) -> String {
    let mut stream = TcpStream::connect(address).expect("the intake listens");
    stream.set_read_timeout(Some(if whole { PATIENCE } else { MOMENT })).unwrap();
    // It may have refused, and closed, before all was sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    if waits(stream.read_to_end(&mut answer)) {
        assert!(!whole, "the intake hangs");
        let _ = stream.shutdown(Shutdown::Write);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        assert!(!waits(stream.read_to_end(&mut answer)), "the intake hangs");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn waits(read: std::io::Result<usize>) -> bool {
    read.is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// Sends a request: the first byte names method and path, the rest is head and body as they come. Whatever it is, the intake
/// answers or closes, says nothing of an inner error, and the upload beside it stands where it stood or further.
pub fn tus(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else { return };
    let intake = intake();
    let method = METHODS[usize::from(what & 7)];
    let unknown = "/upload/00000000000000000000000000000000";
    // DELETE would take away the upload that is looked at afterwards.
    let path = match what >> 3 & 3 {
        0 | 1 => "/upload",
        2 if method != "DELETE" => intake.upload.as_str(),
        _ => unknown,
    };
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n").into_bytes();
    if what & 0x20 == 0 {
        request.extend_from_slice(b"Tus-Resumable: 1.0.0\r\n");
    }
    request.extend_from_slice(rest);
    request.extend_from_slice(b"\r\n\r\n");
    // An override could name DELETE all the same.
    if String::from_utf8_lossy(rest).to_ascii_lowercase().contains("x-http-method-override") && path == intake.upload {
        return;
    }
    let answer = exchange(intake.address, &request, false);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    assert!(!matches!(status, Some(500 | 502 | 504)), "{answer}");
    let head =
        format!("HEAD {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n\r\n", intake.upload);
    let answer = exchange(intake.address, head.as_bytes(), true);
    if answer.starts_with("HTTP/1.1 404") {
        // What was no sealed message was dropped, as it must be; from now on it is an unknown upload.
        return;
    }
    let offset = header(&answer, "upload-offset").and_then(|text| text.parse::<usize>().ok());
    assert!(offset.is_some_and(|offset| offset <= base().sealed.len()), "{answer}");
}
