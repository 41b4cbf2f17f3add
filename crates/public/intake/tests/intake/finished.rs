//! The last answer is lost, and the desk was faster than its sender.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hamseda_road::tus::{Options, send};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::road::file;
use crate::support::{Site, TOKEN, request, run, sealed};

/// A line that carries everything but the answer which says that all has arrived. Before its sender can ask again, the desk
/// has taken the message.
#[derive(Clone)]
pub(crate) struct ForgetfulLine {
    server: SocketAddr,
    length: usize,
    forgot: Arc<AtomicBool>,
    /// Uploads that were made over it.
    made: Arc<AtomicUsize>,
}

impl ForgetfulLine {
    pub(crate) async fn open(server: SocketAddr, length: usize) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let line = Self { server, length, forgot: Arc::default(), made: Arc::default() };
        let carrier = line.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(carrier.clone().carry(client));
            }
        });
        (line, url)
    }

    async fn carry(self, mut client: TcpStream) {
        let mut server = TcpStream::connect(self.server).await.unwrap();
        let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let Ok(n @ 1..) = read else { return };
                    self.made.fetch_add(usize::from(up.starts_with(b"POST ")), Ordering::Relaxed);
                    if server.write_all(&up[..n]).await.is_err() { return }
                }
                read = server.read(&mut down) => {
                    let Ok(n @ 1..) = read else { return };
                    if self.says_all(&down[..n]) && !self.forgot.load(Ordering::Relaxed) {
                        self.pull().await;
                        self.forgot.store(true, Ordering::Relaxed);
                        return;
                    }
                    if client.write_all(&down[..n]).await.is_err() { return }
                }
            }
        }
    }

    fn says_all(&self, answer: &[u8]) -> bool {
        let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
        text.contains(&format!("upload-offset: {}\r\n", self.length))
    }

    /// What the desk does with each message.
    async fn pull(&self) {
        let bearer = format!("Bearer {TOKEN}");
        let bearer = [("Authorization", bearer.as_str())];
        let list = request(self.server, "GET", "/pull/v1/list", &bearer, b"").await;
        for id in list.text().split("\"id\":\"").skip(1).map(|rest| &rest[..32]) {
            let done = request(self.server, "POST", &format!("/pull/v1/{id}/done"), &bearer, b"").await;
            assert_eq!(done.status, 204);
        }
    }

    /// The desk had it before the sender heard, and nothing was sent twice.
    pub(crate) async fn was_taken_once(&self) {
        assert!(self.forgot.load(Ordering::Relaxed), "no answer was lost");
        assert_eq!(self.made.load(Ordering::Relaxed), 1, "the sender began again");
        let bearer = format!("Bearer {TOKEN}");
        let list = request(self.server, "GET", "/pull/v1/list", &[("Authorization", &bearer)], b"").await;
        assert_eq!(list.text(), "[]");
    }
}

#[test]
fn our_client_hears_of_a_message_that_the_desk_has_already() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let (line, url) = ForgetfulLine::open(server.address, sealed().len()).await;
        let options = Options { chunk: 400_000, first_wait: Duration::from_millis(1), ..Options::default() };
        let sent = send(&path, &url, &options, |_| {}).await.unwrap();
        assert_eq!((sent.bytes, sent.cuts), (sealed().len() as u64, 1));
        line.was_taken_once().await;
    });
}

#[test]
fn a_finished_upload_is_forgotten_after_some_days() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let server = site.start().await;
        let path = server.create(sealed().len()).await;
        server.patch(&path, 0, &sealed()).await;
        let bearer = format!("Bearer {TOKEN}");
        let done = format!("{}/done", path.replace("/upload/", "/pull/v1/"));
        request(server.address, "POST", &done, &[("Authorization", &bearer)], b"").await;
        let head = server.head(&path).await;
        let length = sealed().len().to_string();
        assert_eq!((head.status, head.header("upload-length")), (200, length.as_str()));
        assert_eq!((head.offset(), head.header("upload-expires")), (sealed().len() as u64, ""));
        // Its bytes are not wanted again, and there is nothing to take.
        assert_eq!(server.patch(&path, 0, &sealed()[..9]).await.status, 409);
        assert_eq!(server.pull(&path.replace("/upload/", "/pull/v1/")).await.status, 404);
        server.stop().await;
        site.clock.add_days(3);
        let server = site.start().await;
        let forgotten = async {
            while server.head(&path).await.status != 404 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), forgotten).await.expect("still known");
    });
}
