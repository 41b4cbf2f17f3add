//! `hamseda worker`: pulls sealed messages from the intake into the vault, opens them, and prepares protected masters. Pulling
//! and preparing are two loops of one process; leases keep any number of workers apart.

mod archive;
mod contributors;
mod keyring;
mod originals;
mod twins;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use hamseda_cage::Cage;
use hamseda_core::{Clock as _, Coded as _, Limits, SystemClock};
use hamseda_desk::hatch::Hatch;
use hamseda_protect::{Outcome, PrintKey, run_prepare_job};
use hamseda_road::pull;
use hamseda_seal::Recipient;
use hamseda_vault::{Received, Vault};
use serde::Serialize;

use crate::cli;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;
use crate::{keysets, rooms, secrets};
use keyring::Keyring;

/// Lease of a job, seconds: far above what preparing a clip takes, and renewed while it runs.
const LEASE_SECS: u32 = 120;
/// Pause between two looks when there was nothing to do.
const IDLE: Duration = Duration::from_millis(500);
/// Pause after the intake could not be reached.
const UNREACHABLE: Duration = Duration::from_secs(5);

#[derive(Debug, Default, Serialize)]
struct Report {
    pulled: u64,
    known: u64,
    prepared: u64,
    unreadable: u64,
    failed: u64,
    /// Messages taken back by their senders.
    withdrawn: u64,
    /// Letters of senders to the desk.
    letters: u64,
    /// Messages whose own key was wrapped to the archive's.
    archived: u64,
}

struct Shared {
    vault: Vault,
    cage: Cage,
    keyring: Keyring,
    /// Seals fingerprints; none where no key opens a message.
    prints: Option<PrintKey>,
    archive: Option<Recipient>,
    archived: AtomicU64,
    pulled: AtomicU64,
    known: AtomicU64,
    prepared: AtomicU64,
    unreadable: AtomicU64,
    failed: AtomicU64,
    withdrawn: AtomicU64,
    letters: AtomicU64,
    /// Nothing more will be pulled: jobs may end when the queue is empty.
    pull_ended: AtomicBool,
    /// Loops that prepare messages.
    preparing: AtomicU64,
    until_idle: bool,
}

pub(crate) async fn run(args: cli::Worker, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&args.dir.dir)?;
    // A key set of somebody else in the campaign's place: what is sealed to it would never open here.
    let (sets, rules, today) = (keysets::load(&folder)?, folder.campaign()?.keyset, SystemClock.today());
    let over = sets.all().all(|set| today > rules.taken_until(set.terms().expires));
    let passphrase = secrets::passphrase(&folder, args.passphrase.passphrase_file.as_deref())?;
    let keyring = Keyring::open(folder.clone(), passphrase.clone(), over)?;
    // Only a passphrase that opened a desk key may lock a new key.
    let prints = if keyring.now()?.keys.is_empty() { None } else { Some(secrets::print_key(&folder, &passphrase)?) };
    let shared = Arc::new(Shared {
        vault: rooms::vault(&folder).await?,
        cage: Cage::new()?,
        archive: secrets::archive_recipient(&folder)?,
        keyring,
        prints: prints.clone(),
        archived: AtomicU64::new(0),
        pulled: AtomicU64::new(0),
        known: AtomicU64::new(0),
        prepared: AtomicU64::new(0),
        unreadable: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        withdrawn: AtomicU64::new(0),
        letters: AtomicU64::new(0),
        pull_ended: AtomicBool::new(args.intake.is_none()),
        preparing: AtomicU64::new(args.jobs.max(1) as u64),
        until_idle: args.until_idle,
    });
    let client = args.intake.as_deref().map(|url| rooms::pull_client(&folder, url)).transpose()?;

    let mut loops = tokio::task::JoinSet::new();
    for slot in 0..args.jobs.max(1) {
        loops.spawn(prepare_loop(Arc::clone(&shared), format!("{}-{slot}", args.name), out));
    }
    if let Some(key) = prints {
        loops.spawn(twins::run(Arc::clone(&shared), key, out));
    }
    if shared.archive.is_some() {
        loops.spawn(archive::run(Arc::clone(&shared), args.name.clone(), out));
    }
    if !args.until_idle {
        let hatch = Hatch::new(folder.path(super::HATCH));
        loops.spawn(originals::run(Arc::clone(&shared), hatch, args.name.clone(), out));
    }
    if let Some(client) = client {
        loops.spawn(contributors::run(Arc::clone(&shared), client.clone(), args.records_every, out));
        loops.spawn(pull_loop(Arc::clone(&shared), client, out));
    }
    tokio::select! {
        outcome = join_all(&mut loops) => outcome?,
        () = super::stopped() => {}
    }
    let get = |n: &AtomicU64| n.load(Ordering::Relaxed);
    let report = Report {
        pulled: get(&shared.pulled),
        known: get(&shared.known),
        prepared: get(&shared.prepared),
        unreadable: get(&shared.unreadable),
        archived: get(&shared.archived),
        failed: get(&shared.failed),
        withdrawn: get(&shared.withdrawn),
        letters: get(&shared.letters),
    };
    out.result(&report, || {
        format!(
            "pulled {}, of which known {}; prepared {}, can't be read {}; taken back {}, letters {}",
            report.pulled, report.known, report.prepared, report.unreadable, report.withdrawn, report.letters
        )
    });
    Ok(())
}

async fn join_all(loops: &mut tokio::task::JoinSet<Result<(), Failure>>) -> Result<(), Failure> {
    while let Some(outcome) = loops.join_next().await {
        outcome.map_err(|e| Failure::refused("worker", format!("a part of the worker broke off: {e}")))??;
    }
    Ok(())
}

/// Moves what waits at the intake into the vault, again and again; the intake forgets a message only once it is durable here.
async fn pull_loop(shared: Arc<Shared>, client: pull::Client, out: Output) -> Result<(), Failure> {
    loop {
        match pull_round(&shared, &client).await {
            Ok(0) if shared.until_idle => break,
            Ok(0) => tokio::time::sleep(IDLE).await,
            Ok(_) => {}
            Err(failure) if shared.until_idle => return Err(failure),
            Err(failure) => {
                out.note(&format!("pull: {}; again in {} s", failure.what, UNREACHABLE.as_secs()));
                tokio::time::sleep(UNREACHABLE).await;
            }
        }
    }
    shared.pull_ended.store(true, Ordering::Release);
    Ok(())
}

async fn pull_round(shared: &Shared, client: &pull::Client) -> Result<u64, Failure> {
    let mut count = 0;
    let mut after = None;
    loop {
        let page = client.list(after).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some(last.id);
        for waiting in &page {
            let stream = client.fetch(waiting).await?.map(|chunk| chunk.map_err(std::io::Error::other));
            let file = shared.vault.put_sealed(Box::pin(stream)).await?;
            let received = match waiting.token {
                Some(token) => shared.vault.receive_invited(file, token).await?,
                None => shared.vault.receive(file).await?,
            };
            match received {
                Received::New(_) => shared.pulled.fetch_add(1, Ordering::Relaxed),
                Received::Known(_) | Received::Withdrawn(_) => shared.known.fetch_add(1, Ordering::Relaxed),
            };
            client.done(waiting.id).await?;
            count += 1;
        }
    }
}

/// Leases one job after the other.
async fn prepare_loop(shared: Arc<Shared>, name: String, out: Output) -> Result<(), Failure> {
    // Leases that an earlier process of this name left when it died are free at once.
    shared.vault.worker_started(&name).await?;
    loop {
        let ended = shared.pull_ended.load(Ordering::Acquire);
        let keys = shared.keyring.now()?;
        // Without keys every message would look unreadable: none is touched.
        let lease = if keys.keys.is_empty() { None } else { shared.vault.lease(&name, LEASE_SECS).await? };
        let Some(lease) = lease else {
            if ended && shared.until_idle {
                shared.preparing.fetch_sub(1, Ordering::AcqRel);
                return Ok(());
            }
            tokio::time::sleep(IDLE).await;
            continue;
        };
        let (vault, prints) = (&shared.vault, shared.prints.as_ref());
        let job = run_prepare_job(vault, &shared.cage, &keys.keys, prints, &Limits::DEFAULT, &lease);
        let counter = match job.await {
            Ok(Outcome::Prepared) => &shared.prepared,
            Ok(Outcome::Unreadable) => &shared.unreadable,
            Ok(Outcome::Withdrawn) => &shared.withdrawn,
            Err(e) => {
                out.note(&format!("message {}: {e} [{}]", lease.message, e.code()));
                shared.vault.fail(&lease, e.code(), &e.to_string()).await?;
                &shared.failed
            }
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
