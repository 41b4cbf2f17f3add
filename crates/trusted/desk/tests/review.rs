//! A reviewer's day over real HTTP: the door, the queue, three decisions, and what is refused.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use hamseda_core::{
    ArtefactId, Campaign, Choices, Lang, MessageId, MessageState, Picture, SealedHash, Secret, SystemClock, Uses, Voice,
};
use hamseda_desk::{DeskConfig, serve};
use hamseda_vault::{ArtefactKind, Bytes, Event, Parts, Vault, VaultConfig};
use reqwest::{Client, Response, StatusCode, header, redirect};

const KEY: &str = "0123456789abcdef";
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

const FORM: &str = "application/x-www-form-urlencoded";

/// The values here hold letters, digits and blanks only.
fn urlencoded(form: &BTreeMap<&str, &str>) -> String {
    let pairs: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    pairs.join("&")
}

struct Desk {
    vault: Vault,
    url: String,
    client: Client,
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
async fn message(vault: &Vault, n: u8) -> MessageId {
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
    vault.prepared(&lease, parts).await.unwrap();
    id
}

fn futures(bytes: Bytes) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Unpin + Send {
    futures_util::stream::iter([Ok(bytes)])
}

async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path()).await;
    let config = DeskConfig {
        vault: vault.clone(),
        campaign: Campaign::parse(CAMPAIGN).unwrap(),
        login_key: Secret::new(KEY.into()),
        clock: Arc::new(SystemClock),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(config, listener, std::future::pending()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    Desk { vault, url, client, _folder: folder }
}

impl Desk {
    async fn login(&self) -> String {
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

    async fn get(&self, cookie: &str, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url)).header(header::COOKIE, cookie);
        request.header(header::ACCEPT_LANGUAGE, "en").send().await.unwrap()
    }

    async fn csrf(&self, cookie: &str) -> String {
        let page = self.get(cookie, "/").await.text().await.unwrap();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest[..64].to_owned()
    }

    async fn decide(&self, cookie: &str, csrf: &str, id: MessageId, decision: &str) -> Response {
        let form = BTreeMap::from([("csrf", csrf), ("decision", decision), ("code", "junk"), ("state", "prepared")]);
        let request = self
            .client
            .post(format!("{}/message/{id}/decide", self.url))
            .body(urlencoded(&form))
            .header(header::CONTENT_TYPE, FORM);
        request.header(header::COOKIE, cookie).send().await.unwrap()
    }

    async fn state(&self, id: MessageId) -> MessageState {
        self.vault.message(id).await.unwrap().state
    }
}

#[tokio::test]
async fn a_reviewer_accepts_holds_and_rejects_under_their_name() {
    let desk = desk().await;
    let (first, second, third) =
        (message(&desk.vault, 1).await, message(&desk.vault, 2).await, message(&desk.vault, 3).await);
    let cookie = desk.login().await;
    let csrf = desk.csrf(&cookie).await;

    let answer = desk.decide(&cookie, &csrf, first, "accept").await;
    assert_eq!(
        answer.headers()[header::LOCATION].to_str().unwrap(),
        format!("/message/{second}?state=prepared&done=accept")
    );
    desk.decide(&cookie, &csrf, second, "hold").await;
    let answer = desk.decide(&cookie, &csrf, third, "reject").await;
    assert_eq!(answer.headers()[header::LOCATION], "/?state=prepared&done=reject");

    assert_eq!(desk.state(first).await, MessageState::Accepted);
    assert_eq!(desk.state(second).await, MessageState::Held);
    assert_eq!(desk.state(third).await, MessageState::Rejected);
    let custody = desk.vault.custody(Some(first)).await.unwrap();
    let accepted = custody.iter().find(|e| e.event == Event::Accepted).unwrap();
    assert_eq!(accepted.actor.to_string(), "reviewer:Reviewer One");

    // Somebody else's decision stands: the second one changes nothing and says so.
    let late = desk.decide(&cookie, &csrf, third, "accept").await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(late.text().await.unwrap().contains("Somebody decided about this message before you"));
    assert_eq!(desk.state(third).await, MessageState::Rejected);
}

#[tokio::test]
async fn nobody_comes_in_without_the_key_and_nothing_is_decided_without_the_form() {
    let desk = desk().await;
    let id = message(&desk.vault, 1).await;
    for path in ["/", &format!("/message/{id}"), &format!("/media/{id}/master.mp4")] {
        let answer = desk.get("hamseda-desk=0", path).await;
        assert_eq!(
            (answer.status(), &answer.headers()[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/login".parse().unwrap())
        );
    }
    let form = BTreeMap::from([("name", "x"), ("key", "wrong")]);
    let answer = desk
        .client
        .post(format!("{}/login", desk.url))
        .body(urlencoded(&form))
        .header(header::CONTENT_TYPE, FORM)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.headers().get(header::SET_COOKIE).is_none());

    let cookie = desk.login().await;
    let answer = desk.decide(&cookie, &"0".repeat(64), id, "accept").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.state(id).await, MessageState::Prepared);

    let elsewhere =
        desk.client.get(format!("{}/login", desk.url)).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::MISDIRECTED_REQUEST);

    // After leaving, the cookie opens nothing.
    let csrf = desk.csrf(&cookie).await;
    let form = BTreeMap::from([("csrf", csrf.as_str())]);
    let request = desk
        .client
        .post(format!("{}/logout", desk.url))
        .header(header::COOKIE, &cookie)
        .body(urlencoded(&form))
        .header(header::CONTENT_TYPE, FORM);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(desk.get(&cookie, "/").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn rule_4_the_desk_shows_protected_artefacts_with_ranges_and_caches_nothing() {
    let desk = desk().await;
    let id = message(&desk.vault, 2).await;
    let cookie = desk.login().await;
    let request = desk.client.get(format!("{}/media/{id}/master.mp4", desk.url)).header(header::COOKIE, &cookie);
    let answer = request.header(header::RANGE, "bytes=100-199").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.bytes().await.unwrap(), vec![6; 100]);
    for file in ["sealed", "..%2f..%2fvault.db", "tiles"] {
        assert_eq!(desk.get(&cookie, &format!("/media/{id}/{file}")).await.status(), StatusCode::NOT_FOUND, "{file}");
    }
    let page = desk.get(&cookie, "/").await.text().await.unwrap();
    assert!(!page.contains("<b>نام"), "a pseudonym must be escaped");
    assert!(page.contains("logged, not audited"), "a figure comes with its standing");
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let desk = desk().await;
    let file = desk.vault.put_sealed(futures(Bytes::from_static(b"not a seal"))).await.unwrap();
    desk.vault.receive(file).await.unwrap();
    let lease = desk.vault.lease("test", 60).await.unwrap().unwrap();
    assert_eq!(lease.sealed, SealedHash::from_slice(lease.sealed.as_bytes()).unwrap());
    desk.vault.unreadable(&lease, "media-text", "this is a text file, not a clip").await.unwrap();
    let cookie = desk.login().await;
    let page = desk.get(&cookie, "/?state=unreadable").await.text().await.unwrap();
    assert!(page.contains("this is a text file, not a clip") && page.contains("Can&#39;t be read"), "{page}");
    assert!(!page.contains("data-key=\"a\""), "it can't be accepted");
}

#[tokio::test]
async fn a_reviewer_writes_to_a_sender_with_a_code_and_reads_their_letters() {
    let desk = desk().await;
    let (silent, coded) = (message(&desk.vault, 1).await, message(&desk.vault, 2).await);
    let letter = Secret::new("<script>alert(1)</script> I am safe.".to_owned());
    desk.vault.letter([9; 32], &Secret::new([2; 32]), &letter).await.unwrap();
    let cookie = desk.login().await;
    let csrf = desk.csrf(&cookie).await;
    let write = async |id: MessageId, csrf: &str, text: &str| {
        let form = BTreeMap::from([("csrf", csrf), ("text", text), ("state", "prepared")]);
        let request = desk.client.post(format!("{}/message/{id}/reply", desk.url)).body(urlencoded(&form));
        request.header(header::CONTENT_TYPE, FORM).header(header::COOKIE, &cookie).send().await.unwrap()
    };
    let page = desk.get(&cookie, &format!("/message/{silent}")).await.text().await.unwrap();
    assert!(!page.contains("<textarea"), "nobody could read a reply");
    assert_eq!(write(silent, &csrf, "hello").await.status(), StatusCode::CONFLICT);
    assert_eq!(write(coded, &"0".repeat(64), "hello").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(write(coded, &csrf, &"x".repeat(801)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let kept = write(coded, &csrf, "thank you").await;
    assert_eq!(
        kept.headers()[header::LOCATION].to_str().unwrap(),
        format!("/message/{coded}?state=prepared&done=reply#letters")
    );
    let page = desk.get(&cookie, &format!("/message/{coded}?done=reply")).await.text().await.unwrap();
    assert!(page.contains("thank you") && page.contains("Reviewer One,") && page.contains("I am safe."), "{page}");
    assert!(!page.contains("<script>alert"), "a letter must be escaped");

    desk.vault.withdraw(coded, &hamseda_vault::Actor::Sender).await.unwrap();
    let page = desk.get(&cookie, &format!("/message/{coded}?state=withdrawn")).await.text().await.unwrap();
    assert!(page.contains("Its sender took it back") && !page.contains("thank you") && !page.contains("<textarea"));
    assert_eq!(write(coded, &csrf, "hello").await.status(), StatusCode::CONFLICT);
}
