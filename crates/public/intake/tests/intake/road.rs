//! The client of `hamseda send` against the real server, over lines that break.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hamseda_core::Coded as _;
use hamseda_road::tus::{Options, Progress, Sent, send};
use hamseda_store::testing::Fresh;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Server, Site, fresh_sealed, run, sealed};

/// A line that breaks: each connection carries so many bytes towards the server and no more.
pub(crate) async fn bad_line(server: SocketAddr, bytes: usize, breaks: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let left = Arc::new(AtomicUsize::new(breaks));
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            tokio::spawn(carry(client, server, bytes, left.clone()));
        }
    });
    format!("http://{address}/")
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut bytes: usize, breaks: Arc<AtomicUsize>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut up, mut down) = (vec![0; 8_192], vec![0; 8_192]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                if n > bytes && breaks.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |b| b.checked_sub(1)).is_ok() {
                    return;
                }
                bytes = bytes.saturating_sub(n);
                if server.write_all(&up[..n]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                if client.write_all(&down[..n]).await.is_err() { return }
            }
        }
    }
}

fn options() -> Options {
    Options { chunk: 400_000, first_wait: Duration::from_millis(1), ..Options::default() }
}

pub(crate) async fn file(fresh: &Fresh, bytes: &[u8]) -> PathBuf {
    let path = fresh.path("message");
    tokio::fs::write(&path, bytes).await.unwrap();
    path
}

/// The only message that arrived.
pub(crate) async fn arrived(server: &Server) -> Vec<u8> {
    let list = server.pull("/pull/v1/list").await;
    let ids: Vec<&str> = list.text().split("\"id\":\"").skip(1).map(|rest| &rest[..32]).collect();
    assert_eq!(ids.len(), 1, "{}", list.text());
    server.content(&format!("/upload/{}", ids[0])).await
}

#[test]
fn a_message_arrives_over_a_line_that_breaks() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let line = bad_line(server.address, 150_000, 5).await;
        let mut told: Vec<Progress> = Vec::new();
        let sent = send(&path, &line, &options(), |progress| told.push(progress)).await.unwrap();
        assert_eq!((sent.bytes, sent.resumed_from), (sealed().len() as u64, 0));
        assert!(sent.cuts >= 3, "{} cuts", sent.cuts);
        assert_eq!(arrived(&server).await, sealed());
        assert!(told.windows(2).all(|w| w[0].safe <= w[1].safe), "what is safe does not shrink");
        assert!(told.iter().all(|p| p.safe <= p.sent && p.sent <= p.total));
        assert!(told.iter().any(|p| p.waiting.is_some()), "waiting was not told");
    });
}

#[test]
fn a_later_run_goes_on_where_an_earlier_one_gave_up() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let state = fresh.path("message.state");
        let options = Options { state: Some(state.clone()), attempts: 1, ..options() };
        let line = bad_line(server.address, 600_000, 1_000).await;
        let error = send(&path, &line, &options, |_| {}).await.unwrap_err();
        assert_eq!(error.code(), "road-gave-up");
        assert!(state.exists());
        // The same message to the same place, over a whole line: the address of the upload is the bad line's, so it is
        // rewritten as if that line had been mended.
        let saved = std::fs::read_to_string(&state).unwrap().replace(&line, &server.url());
        std::fs::write(&state, saved).unwrap();
        // What the cut request still held may become durable between a question and its answer: that is one more cut.
        let options = Options { attempts: 5, ..options };
        let sent = send(&path, &server.url(), &options, |_| {}).await.unwrap();
        assert!(sent.resumed_from >= 400_000, "began again at {}", sent.resumed_from);
        assert_eq!(arrived(&server).await, sealed());
        assert!(!state.exists(), "the state stayed behind");
    });
}

#[test]
fn another_file_does_not_go_on_with_this_ones_upload() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let state = fresh.path("message.state");
        let options = Options { state: Some(state.clone()), attempts: 1, ..options() };
        let line = bad_line(server.address, 600_000, 1_000).await;
        send(&path, &line, &options, |_| {}).await.unwrap_err();
        let saved = std::fs::read_to_string(&state).unwrap().replace(&line, &server.url());
        std::fs::write(&state, saved).unwrap();
        let other = fresh_sealed();
        let path = file(&fresh, &other).await;
        let Sent { resumed_from, .. } = send(&path, &server.url(), &options, |_| {}).await.unwrap();
        assert_eq!(resumed_from, 0);
        assert_eq!(arrived(&server).await, other);
    });
}

#[test]
fn an_upload_the_server_no_longer_has_is_begun_again() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let state = fresh.path("message.state");
        let options = Options { state: Some(state.clone()), ..options() };
        let start: String = sealed()[..256].iter().map(|b| format!("{b:02x}")).collect();
        let upload = format!("{}upload/{}", server.url(), "0".repeat(32));
        let saved = format!(r#"{{"upload":"{upload}","bytes":{},"start":"{start}"}}"#, sealed().len());
        std::fs::write(&state, saved).unwrap();
        send(&path, &server.url(), &options, |_| {}).await.unwrap();
        assert_eq!(arrived(&server).await, sealed());
    });
}

#[test]
fn what_is_refused_is_not_tried_again() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let mut bytes = sealed().to_vec();
        bytes[30] = b'!';
        for bytes in [bytes, b"a clip that was never sealed".to_vec()] {
            let path = file(&fresh, &bytes).await;
            let error = send(&path, &server.url(), &options(), |_| {}).await.unwrap_err();
            assert_eq!(error.code(), "road-refused", "{error}");
            assert!(error.to_string().contains("415"), "{error}");
        }
        assert_eq!(server.pull("/pull/v1/list").await.text(), "[]");
    });
}

#[test]
fn a_server_that_is_not_there_is_given_up() {
    run(async |fresh| {
        let path = file(&fresh, &sealed()).await;
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut waits = 0;
        let options = Options { attempts: 4, ..options() };
        let url = format!("http://{nobody}/");
        let sent = send(&path, &url, &options, |p| waits += usize::from(p.waiting.is_some())).await;
        assert_eq!(sent.unwrap_err().code(), "road-gave-up");
        assert_eq!(waits, 3);
    });
}
