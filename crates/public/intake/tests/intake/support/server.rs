//! A running intake and what tests ask of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Clock, Limits};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::{Config, Pace};
use hamseda_store::testing::Fresh;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Answer, KEYSET, Line, TestClock, keyset, request};

/// The desk's token.
pub(crate) const TOKEN: &str = "a-token-for-tests";
/// Its SHA-256.
const TOKEN_SHA256: &str = "9237b94c86ee59b8e51197999c04d4570522a9bfb16047aa5b59613faefa515d";
/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The public machine's disk, and how it is set up.
pub(crate) struct Site {
    database: String,
    blobs: String,
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    pub(crate) campaign: String,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) keyset: Vec<u8>,
    /// Where further key sets lie.
    pub(crate) key_sets: Option<PathBuf>,
}

impl Site {
    pub(crate) fn on(fresh: &Fresh) -> Self {
        Self::at(fresh.url(), &fresh.blobs_url())
    }

    pub(crate) fn at(database: &str, blobs: &str) -> Self {
        let terms = keyset().terms().clone();
        Self {
            database: database.into(),
            blobs: blobs.into(),
            limits: Limits::DEFAULT,
            pace: Pace::default(),
            campaign: include_str!("campaign.toml")
                .replace("ORIGIN", &terms.origin)
                .replace("CAMPAIGN_KEY", &hex::encode(terms.campaign_key)),
            clock: Arc::new(TestClock::new()),
            keyset: KEYSET.to_vec(),
            key_sets: None,
        }
    }

    pub(crate) async fn inbox(&self) -> Inbox {
        Inbox::open(&self.database, &self.blobs, Quota::from(self.limits)).await.unwrap()
    }

    pub(crate) async fn config(&self) -> Config {
        let inbox = self.inbox().await;
        let clock: Arc<dyn Clock> = self.clock.clone();
        let mut config = Config::new(self.campaign.clone(), &self.keyset, TOKEN_SHA256, inbox, clock).unwrap();
        if let Some(folder) = &self.key_sets {
            config = config.with_key_sets(folder.clone()).unwrap();
        }
        config.with_limits(self.limits).with_pace(self.pace)
    }

    pub(crate) async fn start(&self) -> Server {
        self.start_with(|config| config).await
    }

    /// Starts with a changed configuration.
    pub(crate) async fn start_with(&self, change: impl FnOnce(Config) -> Config) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let config = change(self.config().await);
        let task = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            hamseda_intake::serve(config, listener, stopped).await.unwrap();
        });
        Server { address, stop, task }
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// Ends it in order.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }

    /// Its address as a person types it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) async fn tus(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![("Tus-Resumable", "1.0.0")];
        all.extend_from_slice(headers);
        request(self.address, method, path, &all, body).await
    }

    /// Makes an upload and returns its path.
    pub(crate) async fn create(&self, length: usize) -> String {
        create(self.address, length).await
    }

    pub(crate) async fn head(&self, path: &str) -> Answer {
        self.tus("HEAD", path, &[], b"").await
    }

    pub(crate) async fn patch(&self, path: &str, offset: u64, bytes: &[u8]) -> Answer {
        let mut line = Line::patch(self.address, path, offset, bytes.len()).await;
        line.send(bytes).await;
        line.answer().await
    }

    /// Asks until an upload has come as far as `offset`.
    pub(crate) async fn reaches(&self, path: &str, offset: u64) {
        let asking = async {
            while self.head(path).await.offset() != offset {
                tokio::task::yield_now().await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, asking).await;
        assert!(reached.is_ok(), "still at {}, not at {offset}", self.head(path).await.offset());
    }

    pub(crate) async fn pull(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        request(self.address, "GET", path, &[("Authorization", &bearer)], b"").await
    }

    /// What arrived, as the desk gets it.
    pub(crate) async fn content(&self, path: &str) -> Vec<u8> {
        let answer = self.pull(&path.replace("/upload/", "/pull/v1/")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.body
    }
}

/// Makes an upload at a server and returns its path.
pub(crate) async fn create(server: SocketAddr, length: usize) -> String {
    let length = length.to_string();
    let headers = [("Tus-Resumable", "1.0.0"), ("Upload-Length", length.as_str())];
    let answer = request(server, "POST", "/upload", &headers, b"").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("location").to_owned()
}
