//! From a vault to a site: a message is accepted, logged, published and shown; taken back, it is gone with the next build.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{CAMPAIGN, DAY, key, write_poster};
use hamseda_core::{ArtefactId, Campaign, Choices, Lang, MessageId, Picture, Secret, SystemClock, Uses, Voice};
use hamseda_press::{SiteInputs, SiteReport, build_site, verify_manifest};
use hamseda_tally::note::Note;
use hamseda_tally::verify::{Expectation, ReadError, Source, verify};
use hamseda_tally::{Checkpoint, Hash, Policy, sha256};
use hamseda_vault::{Actor, ArtefactKind, BatchSpec, Bytes, Decision, Parts, Use, Vault, VaultConfig};

const MASTER: ArtefactKind = ArtefactKind::new("master", "mp4");
const POSTER: ArtefactKind = ArtefactKind::new("poster", "jpg");

struct House {
    dir: tempfile::TempDir,
    vault: Vault,
    campaign: Campaign,
}

impl House {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = |kind: &str, name: &str| format!("{kind}:{}", dir.path().join(name).display());
        let config = VaultConfig {
            database: url("sqlite", "vault.db"),
            blobs: url("file", "blobs"),
            artefacts: dir.path().join("artefacts"),
        };
        let vault = Vault::open(&config, Arc::new(SystemClock)).await.unwrap();
        Self { vault, campaign: Campaign::parse(CAMPAIGN).unwrap(), dir }
    }

    fn policy(&self) -> Policy {
        Policy::unwitnessed(key().verifier().clone(), self.campaign.floors)
    }

    async fn keep(&self, id: u8, kind: ArtefactKind, bytes: &[u8]) -> ArtefactId {
        let scratch = self.vault.scratch(kind);
        fs::write(&scratch, bytes).unwrap();
        let id = ArtefactId::from_bytes([id; 32]);
        self.vault.keep_artefact(id, kind, &scratch).await.unwrap();
        id
    }

    async fn accepted(&self, n: u8) -> MessageId {
        let sealed = futures_util::stream::iter([Ok(Bytes::copy_from_slice(&[n; 99]))]);
        let file = self.vault.put_sealed(sealed).await.unwrap();
        self.vault.receive(file).await.unwrap();
        let lease = self.vault.lease("w", 60).await.unwrap().unwrap();
        let parts = Parts {
            master: self.keep(n, MASTER, &master(n)).await,
            tiles: self.keep(n + 50, MASTER, b"tiles").await,
            poster: self.keep(n + 100, POSTER, &write_poster(n.into())).await,
            units: 20,
            shown: true,
            sound: true,
            choices: Choices {
                picture: Picture::Show,
                voice: Voice::Keep,
                lang: Lang::Fa,
                place: "miravan".parse().ok(),
                pseudonym: None,
                uses: Uses::PUBLIC,
            },
            tag: [n; 16],
            r_commitment: [n; 32],
            w_commitment: [n; 32],
            reply_key: Some(Secret::new([n; 32])),
            size_class: 0,
            fingerprint: [0; 32],
            report: serde_json::json!({}),
        };
        let id = self.vault.prepared(&lease, parts).await.unwrap().id();
        self.vault.decide(id, Decision::Accept, &Actor::Rule("test".into())).await.unwrap();
        id
    }

    async fn close(&self) {
        let spec = BatchSpec { policy_sha256: self.policy().sha256(), floors: self.campaign.floors, closing: true };
        let origin = self.campaign.origin.clone();
        let sign = move |size: u64, root: Hash| Checkpoint { origin: origin.clone(), size, root }.sign(&key());
        self.vault.close_batch(&spec, &sign).await.unwrap();
    }

    async fn publish(&self) {
        for message in self.vault.released_for(Use::Wall).await.unwrap() {
            let path = self.vault.artefact(message.parts().master).await.unwrap().unwrap();
            self.vault.publish(&message, sha256(&fs::read(path).unwrap())).await.unwrap();
        }
    }

    fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    async fn build(&self) -> SiteReport {
        let inputs = SiteInputs { film: None, wall: None, claim: None, policy: self.policy(), keysets: Vec::new() };
        let sign = |text: &str| Note::sign(text, &key()).map(|n| n.encode()).map_err(|e| e.to_string());
        build_site(&self.vault, &self.campaign, &inputs, DAY, &sign, &self.site(), &mut |_, _| {}).await.unwrap()
    }
}

fn master(n: u8) -> Vec<u8> {
    vec![n; 5_000]
}

/// A site folder as an auditor reads it.
struct Folder<'a>(&'a Path);

impl Source for Folder<'_> {
    fn read(&self, path: &str, _limit: u64) -> Result<Vec<u8>, ReadError> {
        fs::read(self.0.join(path)).map_err(|_| ReadError::Missing)
    }

    fn sha256(&self, path: &str) -> Result<Hash, ReadError> {
        self.read(path, 0).map(|bytes| sha256(&bytes))
    }

    fn list_log(&self) -> Result<Vec<String>, ReadError> {
        let mut found = Vec::new();
        let mut dirs = vec![PathBuf::from("log")];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(self.0.join(&dir)).unwrap().map(Result::unwrap) {
                let path = dir.join(entry.file_name());
                if entry.path().is_dir() { dirs.push(path) } else { found.push(path.to_str().unwrap().to_owned()) }
            }
        }
        Ok(found)
    }
}

#[tokio::test]
async fn a_message_reaches_the_site_and_leaves_it() {
    let house = House::open().await;
    let empty = house.build().await;
    assert_eq!(empty.messages, 0);

    let (first, _second) = (house.accepted(1).await, house.accepted(2).await);
    house.close().await;
    assert_eq!(house.build().await.messages, 0, "accepted is not published");
    house.publish().await;
    assert_eq!(house.build().await.messages, 0, "a clip is shown only once its leaf is in the log");
    house.close().await;
    assert_eq!(house.build().await.messages, 2);

    let report = verify(&Folder(&house.site()), &Expectation::default());
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.clips.verified, 2);
    assert_eq!(verify_manifest(&house.site(), key().verifier()).unwrap().faults, []);
    let clips = || fs::read_dir(house.site().join("clips")).unwrap().map(|e| fs::read(e.unwrap().path()).unwrap());
    assert!(clips().any(|bytes| bytes == master(1)));

    house.vault.withdraw(first, &Actor::Rule("test".into())).await.unwrap();
    house.close().await;
    let report = house.build().await;
    assert_eq!(report.messages, 1);
    assert!(clips().all(|bytes| bytes != master(1)), "a withdrawn clip stays on the site");
    let report = verify(&Folder(&house.site()), &Expectation::default());
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!((report.clips.verified, report.clips.taken_down), (1, 1));
    assert!(
        !house.site().join("clips").read_dir().unwrap().any(|e| e.unwrap().path().extension() != Some("mp4".as_ref()))
    );
}
