//! A vault to test in, and short ways to bring a message to where a test begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hamseda_core::campaign::Floors;
use hamseda_core::{
    ArtefactId, Choices, Clock, Lang, MessageId, Picture, RejectCode, Secret, UnixSeconds, Uses, Voice,
};
use hamseda_store::testing::Fresh;
use hamseda_tally::{Checkpoint, Hash, LogKey, TallyError};

use crate::{
    Accepted, Actor, ArtefactKind, BatchSpec, Bytes, ClosedBatch, Decided, Decision, Lease, Parts, Received, Released,
    SealedFile, Use, Vault, VaultConfig,
};

pub(super) const MASTER: ArtefactKind = ArtefactKind::new("master", "mp4");
pub(super) const ORIGIN: &str = "orvana.example/log";
pub(super) const FLOOR_1: BatchSpec =
    BatchSpec { policy_sha256: [5; 32], floors: Floors { batch: 1, k: 1 }, closing: false };
/// 2026-06-21 01:02:03: a time of day that is easily told from a day.
pub(super) const NOW: i64 = 1_782_003_723;
pub(super) const TTL: u32 = 60;

/// A clock that goes when told to.
pub(super) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(self.0.load(Ordering::SeqCst))
    }
}

pub(super) struct House {
    pub(super) vault: Vault,
    pub(super) clock: Arc<HandClock>,
    pub(super) fresh: Fresh,
}

impl House {
    pub(super) async fn open(fresh: Fresh) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(NOW)));
        let vault = open(&fresh, clock.clone()).await;
        Self { vault, clock, fresh }
    }

    /// The same vault as another process would open it.
    pub(super) async fn another(&self) -> Vault {
        open(&self.fresh, self.clock.clone()).await
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Nothing in the vault contradicts itself.
    pub(super) async fn agrees(&self) {
        assert_eq!(self.vault.check().await.unwrap(), []);
    }

    pub(super) async fn stored(&self, n: u8) -> MessageId {
        let file = put(&self.vault, &[n; 100]).await;
        let Received::New(stored) = self.vault.receive(file).await.unwrap() else { panic!("{n} came before") };
        stored.id()
    }

    pub(super) async fn lease(&self) -> Lease {
        self.vault.lease("w", TTL).await.unwrap().expect("a job waits")
    }

    pub(super) async fn prepared(&self, n: u8) -> MessageId {
        self.prepared_with(n, |_| ()).await
    }

    pub(super) async fn prepared_with(&self, n: u8, change: impl FnOnce(&mut Parts)) -> MessageId {
        self.stored(n).await;
        let lease = self.lease().await;
        let mut parts = parts(n);
        change(&mut parts);
        keep_parts(&self.vault, &parts).await;
        self.vault.prepared(&lease, parts).await.unwrap().id()
    }

    pub(super) async fn accepted(&self, n: u8) -> MessageId {
        let id = self.prepared(n).await;
        accept(&self.vault, id).await;
        id
    }

    pub(super) async fn released(&self, n: u8) -> Released {
        let id = self.accepted(n).await;
        self.close(&FLOOR_1).await.unwrap();
        self.vault.released_for(Use::Wall).await.unwrap().into_iter().find(|r| r.id() == id).unwrap()
    }

    pub(super) async fn close(&self, spec: &BatchSpec) -> Option<ClosedBatch> {
        self.vault.close_batch(spec, &sign).await.unwrap()
    }

    /// What waits goes into the log although no message does.
    pub(super) async fn close_rest(&self) -> ClosedBatch {
        self.close(&BatchSpec { closing: true, ..FLOOR_1 }).await.unwrap()
    }
}

async fn open(fresh: &Fresh, clock: Arc<HandClock>) -> Vault {
    let config =
        VaultConfig { database: fresh.url().to_owned(), blobs: fresh.blobs_url(), artefacts: fresh.path("artefacts") };
    Vault::open(&config, clock).await.unwrap()
}

pub(super) fn reviewer() -> Actor {
    Actor::Reviewer("mina".into())
}

pub(super) async fn accept(vault: &Vault, id: MessageId) -> Accepted {
    let Decided::Accepted(accepted) = vault.decide(id, Decision::Accept, &reviewer()).await.unwrap() else {
        panic!("{id} was not accepted");
    };
    accepted
}

pub(super) const REJECT: Decision = Decision::Reject(RejectCode::Junk);

pub(super) async fn put(vault: &Vault, bytes: &[u8]) -> SealedFile {
    let chunks = [Ok(Bytes::copy_from_slice(bytes))];
    vault.put_sealed(futures_util::stream::iter(chunks)).await.unwrap()
}

pub(super) fn artefact_id(n: u8, part: u8) -> ArtefactId {
    let mut bytes = [n; 32];
    bytes[31] = part;
    ArtefactId::from_bytes(bytes)
}

pub(super) fn parts(n: u8) -> Parts {
    let choices = Choices {
        picture: Picture::Hide,
        voice: Voice::Mute,
        lang: Lang::Fa,
        place: None,
        pseudonym: Some("نرگس".into()),
        uses: Uses::PUBLIC,
    };
    Parts {
        master: artefact_id(n, 1),
        tiles: artefact_id(n, 2),
        poster: artefact_id(n, 3),
        units: 5,
        shown: false,
        sound: true,
        choices,
        tag: [n; 16],
        r_commitment: [n; 32],
        w_commitment: [n; 32],
        reply_key: Some(Secret::new([n; 32])),
        size_class: 3,
        fingerprint: [n; 32],
        report: serde_json::json!({ "tool": "test", "n": n }),
    }
}

pub(super) async fn keep_parts(vault: &Vault, parts: &Parts) {
    for id in [parts.master, parts.tiles, parts.poster] {
        make(vault, id).await;
    }
}

/// Makes an artefact unless it exists, as a worker does.
pub(super) async fn make(vault: &Vault, id: ArtefactId) {
    if vault.artefact(id).await.unwrap().is_none() {
        make_again(vault, id).await;
    }
}

pub(super) async fn make_again(vault: &Vault, id: ArtefactId) {
    let scratch = vault.scratch(MASTER);
    std::fs::write(&scratch, id.as_bytes()).unwrap();
    let path = vault.keep_artefact(id, MASTER, &scratch).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), id.as_bytes());
    assert!(!scratch.exists());
}

pub(super) fn log_key() -> LogKey {
    LogKey::from_seed(ORIGIN, Secret::new([9; 32])).unwrap()
}

pub(super) fn sign(size: u64, root: Hash) -> Result<String, TallyError> {
    Checkpoint { origin: ORIGIN.into(), size, root }.sign(&log_key())
}
