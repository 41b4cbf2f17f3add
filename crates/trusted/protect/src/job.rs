//! A worker's job: a stored message in, its parts or the reason why not out.
//!
//! Refuses to do finished work again: artefacts that exist are named, not made. The opened clip lives in memory only.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use hamseda_cage::Cage;
use hamseda_core::{ArtefactId, Choices, Coded as _, Limits, MessageId, MessageState, OsRandom, Secret};
use hamseda_open::{DeskKey, OpenError, Opened, open};
use hamseda_vault::{Actor, ArtefactKind, BlobStream, Bytes, Lease, Opened as Standing, Parts, Vault};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::error::JobError;
use crate::print::PrintKey;
use crate::recipe::{MASTER, POSTER, REPORT, Recipe, TILES};
use crate::treatment::Treatment;
use crate::{Paths, Prepared, prepare_and_look};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It waits for a decision.
    Prepared,
    /// It can't be read; the reason stands in the queue.
    Unreadable,
    /// Its sender took it back, before it came or while it was worked on: nothing of it is left.
    Withdrawn,
}

/// The lease is renewed this often, to this length.
const RENEW: Duration = Duration::from_secs(30);
const RENEW_TO_SECS: u32 = 120;

/// Does a job: opens the message with `keys`, prepares it, seals its fingerprint with `prints` (without it there is none), and
/// hands the parts to the vault.
///
/// # Errors
/// When this machine fails; give the job back with [`Vault::fail`]. A message that can't be read is no error.
pub async fn run_prepare_job(
    vault: &Vault,
    cage: &Cage,
    keys: &[DeskKey],
    prints: Option<&PrintKey>,
    limits: &Limits,
    lease: &Lease,
) -> Result<Outcome, JobError> {
    let work = attempt(vault, cage, keys, prints, limits, lease);
    tokio::pin!(work);
    let result = loop {
        tokio::select! {
            result = &mut work => break result,
            () = tokio::time::sleep(RENEW) => vault.renew(lease, RENEW_TO_SECS).await?,
        }
    };
    let (code, reason) = match result {
        Ok(Some(parts)) => match vault.prepared(lease, parts).await {
            Ok(_) => return Ok(Outcome::Prepared),
            Err(error) => return withdrawn_or(vault, lease, error.into()).await,
        },
        Ok(None) => return Ok(Outcome::Withdrawn),
        Err(JobError::Prepare(e)) if e.blames_clip() => (e.code(), e.to_string()),
        Err(JobError::Open(e)) if !matches!(e, OpenError::Read(_)) => (e.code(), e.to_string()),
        Err(e) => return withdrawn_or(vault, lease, e).await,
    };
    match vault.unreadable(lease, code, &reason).await {
        Ok(()) => Ok(Outcome::Unreadable),
        Err(error) => withdrawn_or(vault, lease, error.into()).await,
    }
}

/// An error may be nothing but the message's sender taking it back meanwhile. Then what was made of it goes too.
async fn withdrawn_or(vault: &Vault, lease: &Lease, error: JobError) -> Result<Outcome, JobError> {
    if vault.message(lease.message).await?.state != MessageState::Withdrawn {
        return Err(error);
    }
    vault.withdraw(lease.message, &Actor::Sender).await?;
    Ok(Outcome::Withdrawn)
}

async fn attempt(
    vault: &Vault,
    cage: &Cage,
    keys: &[DeskKey],
    prints: Option<&PrintKey>,
    limits: &Limits,
    lease: &Lease,
) -> Result<Option<Parts>, JobError> {
    let opened = opened(vault, keys.to_vec(), *limits, lease.message).await?;
    let record = opened.record;
    if vault.opened(lease, record.w_commitment, record.reply_key.as_ref()).await? == Standing::Withdrawn {
        return Ok(None);
    }
    let recipe = Recipe::message(lease.sealed.as_bytes(), Treatment::of(&record.choices));
    let recipe = recipe.map_err(|e| JobError::Prepare(e.into()))?;
    let prepared = match finished(vault, &recipe).await? {
        Some(prepared) => prepared,
        None => {
            let seed = lease.message.as_bytes().to_vec();
            let wishes = (record.choices.clone(), seed, *limits);
            make(vault, cage, opened.clip, wishes, &recipe, (lease, prints)).await?
        }
    };
    Ok(Some(Parts {
        master: recipe.artefact(MASTER),
        tiles: recipe.artefact(TILES),
        poster: recipe.artefact(POSTER),
        units: prepared.units,
        shown: prepared.shown,
        sound: prepared.sound,
        choices: record.choices,
        tag: record.tag,
        r_commitment: record.r_commitment,
        w_commitment: record.w_commitment,
        reply_key: record.reply_key,
        size_class: opened.class.index(),
        fingerprint: hash_of_print(vault, lease.message).await?,
        report: serde_json::to_value(&prepared.report).map_err(|e| JobError::Broken(e.to_string()))?,
    }))
}

/// What a leaf commits to: the hash of the sealed fingerprint. That of an open one would tell who has the clip that it came.
async fn hash_of_print(vault: &Vault, message: MessageId) -> Result<[u8; 32], JobError> {
    let sealed = vault.fingerprint(message).await?;
    Ok(sealed.map_or([0; 32], |sealed| Sha256::digest(sealed).into()))
}

/// Opens the message; the clip is in memory and wiped when dropped.
pub(crate) async fn opened(
    vault: &Vault,
    keys: Vec<DeskKey>,
    limits: Limits,
    message: MessageId,
) -> Result<Opened<Secret<Vec<u8>>>, JobError> {
    let stream = vault.sealed_blob(message).await?;
    let sealed = Blocking { stream, runtime: Handle::current(), chunk: Bytes::new() };
    off_thread(move || open(sealed, &keys, &limits).map_err(JobError::Open)).await
}

/// What an earlier attempt finished: the master is kept last, so where it is, everything is.
async fn finished(vault: &Vault, recipe: &Recipe) -> Result<Option<Prepared>, JobError> {
    if vault.artefact(recipe.artefact(MASTER)).await?.is_none() {
        return Ok(None);
    }
    let Some(path) = vault.artefact(recipe.artefact(REPORT)).await? else { return Ok(None) };
    let read = off_thread(move || std::fs::read(path).map_err(|e| JobError::Prepare(e.into()))).await?;
    Ok(serde_json::from_slice(&read).ok())
}

async fn make(
    vault: &Vault,
    cage: &Cage,
    clip: Secret<Vec<u8>>,
    (choices, seed, limits): (Choices, Vec<u8>, Limits),
    recipe: &Recipe,
    (lease, prints): (&Lease, Option<&PrintKey>),
) -> Result<Prepared, JobError> {
    let [master, tiles, poster, report] = [MASTER, TILES, POSTER, REPORT].map(|kind| vault.scratch(kind));
    let paths = Paths { master, tiles, poster };
    let (cage, to, report_to) = (cage.clone(), paths.clone(), report.clone());
    let (prepared, print) = off_thread(move || {
        let made = prepare_and_look(&cage, clip.expose(), &choices, &seed, &limits, &to);
        let (prepared, print) = made.map_err(JobError::Prepare)?;
        let json = serde_json::to_vec(&prepared).map_err(|e| JobError::Broken(e.to_string()))?;
        std::fs::write(report_to, json).map_err(|e| JobError::Prepare(e.into()))?;
        Ok((prepared, print))
    })
    .await?;
    // Before the master, which tells a later attempt that everything is there.
    if let (Some(key), Some(print)) = (prints, print) {
        vault.keep_fingerprint(lease, &key.seal(lease.message, &print, &mut OsRandom)).await?;
    }
    for (kind, path) in [(REPORT, report), (TILES, paths.tiles), (POSTER, paths.poster), (MASTER, paths.master)] {
        keep(vault, lease.message, recipe.artefact(kind), kind, &path).await?;
    }
    Ok(prepared)
}

/// Keeps what an attempt that was cut short has not kept already.
async fn keep(
    vault: &Vault,
    message: MessageId,
    id: ArtefactId,
    kind: ArtefactKind,
    path: &Path,
) -> Result<(), JobError> {
    if vault.artefact(id).await?.is_none() {
        vault.keep_artefact_of(message, id, kind, path).await?;
    } else {
        std::fs::remove_file(path).map_err(|e| JobError::Prepare(e.into()))?;
    }
    Ok(())
}

pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JobError> + Send + 'static,
) -> Result<T, JobError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| JobError::Broken(e.to_string()))?
}

/// A stream of sealed bytes, read from a thread that may wait.
struct Blocking {
    stream: BlobStream,
    runtime: Handle,
    chunk: Bytes,
}

impl Read for Blocking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(chunk) => self.chunk = chunk.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.chunk.len());
        buffer[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}
