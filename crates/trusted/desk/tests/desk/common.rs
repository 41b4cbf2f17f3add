//! A desk over real HTTP, with messages to look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{
    ArtefactId, Campaign, Choices, Lang, MessageId, MessageState, Picture, Secret, SystemClock, Uses, Voice,
};
use hamseda_desk::hatch::Hatch;
use hamseda_desk::{DeskConfig, serve};
use hamseda_vault::{ArtefactKind, Bytes, Parts, Vault, VaultConfig};
use reqwest::{Client, Response, StatusCode, header, redirect};

pub(crate) const KEY: &str = "0123456789abcdef";
const CAMPAIGN: &str = r#"
origin = "orvana.example/we-can"
slogan = { en = "We can and we must", fa = "می‌توانیم و باید" }
line = {}
country = {}
languages = ["en", "fa"]
[call]
text = {}
questions = []
seconds = 60
opens = "2026-03-01"
closes = "2026-04-01"
"#;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Longer than a test lasts.
const VIEW_TIME: Duration = Duration::from_secs(300);

/// The values here hold letters, digits and blanks only.
pub(crate) fn urlencoded(form: &BTreeMap<&str, &str>) -> String {
    let pairs: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    pairs.join("&")
}

pub(crate) struct Desk {
    pub(crate) vault: Vault,
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) hatch: Hatch,
    _folder: tempfile::TempDir,
}

async fn vault(folder: &std::path::Path) -> Vault {
    let config = VaultConfig {
        database: format!("sqlite:{}", folder.join("vault.db").display()),
        blobs: format!("file:{}", folder.join("blobs").display()),
        artefacts: folder.join("artefacts"),
    };
    Vault::open(&config, Arc::new(SystemClock)).await.unwrap()
}

/// A prepared message with small stand-ins for its artefacts.
pub(crate) async fn message(vault: &Vault, n: u8) -> MessageId {
    let bytes = Bytes::from(vec![n; 64]);
    let file = vault.put_sealed(futures(bytes)).await.unwrap();
    let id = vault.receive(file).await.unwrap().id();
    let lease = vault.lease("test", 60).await.unwrap().unwrap();
    let keep = async |byte: u8, ext: &'static str| {
        let kind = ArtefactKind::new("master", ext);
        let scratch = vault.scratch(kind);
        std::fs::write(&scratch, vec![byte; 2000]).unwrap();
        let id = ArtefactId::from_bytes([byte; 32]);
        vault.keep_artefact(id, kind, &scratch).await.unwrap();
        id
    };
    let parts = Parts {
        master: keep(n * 3, "mp4").await,
        tiles: keep(n * 3 + 1, "tiles").await,
        poster: keep(n * 3 + 2, "jpg").await,
        units: 10,
        shown: n.is_multiple_of(2),
        sound: true,
        choices: Choices {
            picture: Picture::Show,
            voice: Voice::Keep,
            lang: Lang::Fa,
            place: None,
            pseudonym: Some("<b>نام</b>".into()),
            uses: Uses::PUBLIC,
        },
        tag: [n; 16],
        r_commitment: [n; 32],
        w_commitment: [n; 32],
        reply_key: n.is_multiple_of(2).then(|| Secret::new([n; 32])),
        size_class: 0,
        fingerprint: [0; 32],
        report: serde_json::json!({}),
    };
    vault.keep_fingerprint(&lease, &[n; 100]).await.unwrap();
    vault.prepared(&lease, parts).await.unwrap();
    id
}

pub(crate) fn futures(bytes: Bytes) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Unpin + Send {
    futures_util::stream::iter([Ok(bytes)])
}

pub(crate) async fn desk() -> Desk {
    desk_with(VIEW_TIME).await
}

/// A desk that keeps an unprotected clip for `view_time`.
pub(crate) async fn desk_with(view_time: Duration) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path()).await;
    let hatch = Hatch::new(folder.path().join("hatch"));
    let config = DeskConfig {
        vault: vault.clone(),
        campaign: Campaign::parse(CAMPAIGN).unwrap(),
        login_key: Secret::new(KEY.into()),
        clock: Arc::new(SystemClock),
        hatch: hatch.clone(),
        view_time,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(config, listener, std::future::pending()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    Desk { vault, url, client, hatch, _folder: folder }
}

impl Desk {
    pub(crate) async fn login(&self) -> String {
        let form = BTreeMap::from([("name", "Reviewer One"), ("key", KEY)]);
        let answer = self
            .client
            .post(format!("{}/login", self.url))
            .body(urlencoded(&form))
            .header(header::CONTENT_TYPE, FORM)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Posts a form of letters, digits and blanks.
    pub(crate) async fn post(&self, cookie: &str, path: &str, form: &[(&str, &str)]) -> Response {
        let form = BTreeMap::from_iter(form.iter().copied());
        let request = self.client.post(format!("{}{path}", self.url)).body(urlencoded(&form));
        let request = request.header(header::CONTENT_TYPE, FORM).header(header::COOKIE, cookie);
        request.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap()
    }

    pub(crate) async fn get(&self, cookie: &str, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url)).header(header::COOKIE, cookie);
        request.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap()
    }

    pub(crate) async fn csrf(&self, cookie: &str) -> String {
        let page = self.get(cookie, "/").await.text().await.unwrap();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest[..64].to_owned()
    }

    pub(crate) async fn decide(&self, cookie: &str, csrf: &str, id: MessageId, decision: &str) -> Response {
        let form = BTreeMap::from([("csrf", csrf), ("decision", decision), ("code", "junk"), ("state", "prepared")]);
        let request = self
            .client
            .post(format!("{}/message/{id}/decide", self.url))
            .body(urlencoded(&form))
            .header(header::CONTENT_TYPE, FORM);
        request.header(header::COOKIE, cookie).send().await.unwrap()
    }

    pub(crate) async fn state(&self, id: MessageId) -> MessageState {
        self.vault.message(id).await.unwrap().state
    }
}
