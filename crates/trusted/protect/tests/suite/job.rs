//! A worker's job from sealed bytes to parts in the vault, with real seals and a real vault.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::common::{choices, clip};
use hamseda_cage::Cage;
use hamseda_core::{Clock, Day, Limits, MessageId, MessageState, OsRandom, Picture, Secret, UnixSeconds, Voice};
use hamseda_open::{CampaignKey, DeskKey};
use hamseda_protect::{JobError, MASTER, Outcome, PrintKey, run_prepare_job};
use hamseda_seal::{Draft, KeySet, seal};
use hamseda_vault::{Bytes, Lease, Vault, VaultConfig, VaultError};

/// A clock that the test sets.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(self.0.load(Ordering::Relaxed))
    }
}

pub(super) struct Desk {
    _folder: tempfile::TempDir,
    clock: Arc<Hand>,
    pub(super) vault: Vault,
    cage: Cage,
    keys: Vec<DeskKey>,
    set: KeySet,
}

impl Desk {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let config = VaultConfig {
            database: format!("sqlite:{}", at("vault.db")),
            blobs: format!("file:{}", at("blobs")),
            artefacts: folder.path().join("artefacts"),
        };
        let keys: Vec<_> = (0..2).map(|_| DeskKey::generate(&mut OsRandom).unwrap()).collect();
        let campaign = CampaignKey::generate(&mut OsRandom);
        let recipients = keys.iter().map(|key| key.recipient().unwrap()).collect();
        let set = campaign.sign_key_set("example.org/test", 1, Day(30_000), recipients).unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(20_600 * 86_400)));
        let shared: Arc<dyn Clock> = Arc::<Hand>::clone(&clock);
        let vault = Vault::open(&config, shared).await.unwrap();
        Self { _folder: folder, clock, vault, cage: Cage::new().unwrap(), keys, set }
    }

    pub(super) async fn receive(&self, clip: &[u8], picture: Picture, voice: Voice) -> MessageId {
        let keys = self.set.current(Day(20_600)).unwrap();
        let draft = Draft::new(choices(picture, voice));
        let sealed = seal(clip, Vec::new(), draft, keys, &Limits::DEFAULT, &mut OsRandom).unwrap().out;
        // In pieces, as the intake hands them over.
        let pieces: Vec<_> = sealed.chunks(100_000).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        let file = self.vault.put_sealed(futures_util::stream::iter(pieces)).await.unwrap();
        self.vault.receive(file).await.unwrap().id()
    }

    pub(super) async fn lease(&self, worker: &str) -> Lease {
        self.vault.lease(worker, 60).await.unwrap().unwrap()
    }

    pub(super) async fn work(&self, lease: &Lease) -> Result<Outcome, JobError> {
        let prints = print_key();
        run_prepare_job(&self.vault, &self.cage, &self.keys, Some(&prints), &Limits::DEFAULT, lease).await
    }
}

/// What seals fingerprints here.
pub(super) fn print_key() -> PrintKey {
    PrintKey::new(Secret::new([7; 32]))
}

const CLIP: &str =
    "-f lavfi -i testsrc2=s=320x180:r=30:d=1 -f lavfi -i sine=d=1 -c:v libx264 -pix_fmt yuv420p -c:a aac";

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_message_becomes_parts_and_no_work_is_repeated() {
    let desk = Desk::new().await;
    let id = desk.receive(&clip("mp4", CLIP), Picture::Show, Voice::Keep).await;
    // The first worker is slow: its lease ends, another takes the job, and the first one's report comes too late.
    let slow = desk.lease("slow").await;
    desk.clock.0.fetch_add(61, Ordering::Relaxed);
    let quick = desk.lease("quick").await;
    assert!(matches!(desk.work(&slow).await, Err(JobError::Vault(VaultError::LeaseLost(_)))));
    assert_eq!(desk.work(&quick).await.unwrap(), Outcome::Prepared);

    let made = desk.vault.made(MASTER).await.unwrap();
    assert_eq!((made.artefacts, made.times), (1, 1), "the second worker found what the first one had made");
    let message = desk.vault.message(id).await.unwrap();
    assert_eq!(message.state, MessageState::Prepared);
    let parts = message.parts.unwrap();
    assert_eq!((parts.units, parts.shown, parts.sound), (2, true, true));
    assert_eq!(parts.report["treatment"]["picture"], "as-filmed");
    assert_eq!(parts.report["treatment"]["voice"], "as-recorded");
    assert!(desk.vault.artefact(parts.master).await.unwrap().unwrap().is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_says_so_in_the_queue() {
    let desk = Desk::new().await;
    let sound_only = clip("mp4", "-f lavfi -i sine=d=1 -c:a aac");
    for (bytes, code, word) in
        [(&b"dear campaign, "[..], "media-unsupported", "text file"), (&sound_only, "clip-no-picture", "no picture")]
    {
        let id = desk.receive(bytes, Picture::Hide, Voice::Mute).await;
        assert_eq!(desk.work(&desk.lease("one").await).await.unwrap(), Outcome::Unreadable);
        let message = desk.vault.message(id).await.unwrap();
        assert_eq!(message.state, MessageState::Unreadable);
        assert_eq!(message.code.as_deref(), Some(code));
        assert!(message.reason.unwrap().contains(word));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sealed_to_other_keys_is_not_readable() {
    let mut desk = Desk::new().await;
    desk.receive(&clip("mp4", CLIP), Picture::Show, Voice::Keep).await;
    desk.keys = vec![DeskKey::generate(&mut OsRandom).unwrap()];
    assert_eq!(desk.work(&desk.lease("one").await).await.unwrap(), Outcome::Unreadable);
}
