//! The trusted machine's memory: messages, decisions, leaves, custody, artefacts, jobs with leases, batches, publications,
//! supporters and desk sessions.
//!
//! Every verb is one named transaction: a change of state, the job it causes, its custody event and its leaf are durable
//! together or not at all. States are types where a caller could skip one: a [`Released`] can only come from here.
//!
//! Refuses: to open a seal, to decode, to sign (the log key is the caller's), a time finer than a day about a message, an
//! illegal step (each state refuses with a code of its own), the result of a worker that lost its lease.

mod archive;
mod artefact;
mod batch;
mod check;
mod count;
mod custody;
mod decide;
mod error;
mod invite;
mod job;
mod leaf;
mod message;
mod opening;
mod original;
mod prepare;
mod publish;
mod receive;
mod records;
mod reply;
mod session;
mod split;
mod stage;
mod strike;
mod supporter;
mod tombstone;
mod twin;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use hamseda_core::{Clock, Day, OsRandom, Random};
use hamseda_store::{Blobs, Db, Migrations};

pub use archive::{Archived, EpochLeft};
pub use artefact::{ArtefactKind, Made};
pub use batch::{BatchSpec, ClosedBatch, Log, Signer};
pub use check::Fault;
pub use count::Counts;
pub use custody::{Actor, CustodyEvent, CustodyHead, Event, ParseActorError};
pub use decide::{Decided, Decision};
pub use error::VaultError;
pub use hamseda_store::{BlobStream, Bytes, StoreError};
pub use job::{Failed, JobKind, Lease};
pub use message::{Message, Page, Use};
pub use opening::Opened;
pub use original::{OriginalReason, OriginalView, ParseReasonError};
pub use publish::{Publications, PublishedClip};
pub use receive::{Received, SealedFile};
pub use records::{CodeRecord, DueRecords};
pub use reply::{Correspondence, LetterReceived, Reply, SenderLetter};
pub use session::Session;
pub use stage::{Accepted, Parts, Prepared, Released, Stored};
pub use supporter::Supporter;
pub use twin::{SealedPrint, Twin, TwinSense, TwinVerdict};

const MIGRATIONS: Migrations = Migrations {
    sqlite: &[
        ("1-start", include_str!("../../../../migrations/sqlite/vault/1-start.sql")),
        ("2-codes", include_str!("../../../../migrations/sqlite/vault/2-codes.sql")),
        ("3-archive", include_str!("../../../../migrations/sqlite/vault/3-archive.sql")),
        ("4-twins", include_str!("../../../../migrations/sqlite/vault/4-twins.sql")),
    ],
    postgres: &[
        ("1-start", include_str!("../../../../migrations/postgres/vault/1-start.sql")),
        ("2-codes", include_str!("../../../../migrations/postgres/vault/2-codes.sql")),
        ("3-archive", include_str!("../../../../migrations/postgres/vault/3-archive.sql")),
        ("4-twins", include_str!("../../../../migrations/postgres/vault/4-twins.sql")),
    ],
};

/// Where a vault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultConfig {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// `file:PATH`: sealed messages.
    pub blobs: String,
    /// Folder of artefacts; on one file system.
    pub artefacts: PathBuf,
}

/// An open vault. Clones share it; any number of processes may have it open.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    blobs: Blobs,
    artefacts: PathBuf,
    clock: Arc<dyn Clock>,
    mason: tombstone::Mason,
}

impl Vault {
    /// Opens a vault, creating what is missing. A database that is older than a withdrawal (it was restored) learns of it
    /// here, before anything can be read from it.
    ///
    /// # Errors
    /// When the database, the blobs or the folder can't be opened.
    pub async fn open(config: &VaultConfig, clock: Arc<dyn Clock>) -> Result<Self, VaultError> {
        let artefacts = config.artefacts.clone();
        artefact::create_folders(&artefacts)?;
        let blobs = Blobs::open(&config.blobs)?;
        let db = Db::connect(&config.database, &MIGRATIONS).await?;
        let mason = tombstone::Mason::of(&db).await?;
        let vault = Self { db, blobs, artefacts, clock, mason };
        vault.replay_tombstones().await?;
        Ok(vault)
    }

    /// Closes the database at once; a dropped vault does so in its own time.
    pub async fn close(&self) {
        self.db.close().await;
    }

    fn today(&self) -> Day {
        self.clock.today()
    }
}

/// Random bytes for ids, keys and salts.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRandom.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests;
