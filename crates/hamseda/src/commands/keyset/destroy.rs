//! `hamseda keyset destroy`: the end of an epoch's secrets.
//!
//! Refuses, unless it is forced: while a message may still come that needs them (the grace for sticks), while one waits at the
//! intake, and while one in the vault was not opened or its key is not in the archive yet.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use hamseda_core::{Clock as _, SystemClock};
use hamseda_vault::EpochLeft;
use serde::Serialize;

use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;
use crate::{keysets, rooms, secrets};

pub(super) struct Destroy {
    pub(super) epoch: u32,
    pub(super) dir: PathBuf,
    pub(super) intake: Option<String>,
    pub(super) force: bool,
    pub(super) yes: bool,
}

#[derive(Serialize)]
struct Report {
    epoch: u32,
    destroyed: usize,
    archived: u64,
    forced: bool,
}

pub(super) async fn run(args: &Destroy, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&args.dir)?;
    let here = secrets::epoch_folder(&folder, args.epoch);
    if !here.is_dir() {
        let what = format!("{} is not there: this machine has no secrets of epoch {}", here.display(), args.epoch);
        return Err(Failure::refused("keyset-no-secrets", what));
    }
    let vault = rooms::vault(&folder).await?;
    let left = vault.epoch_left(args.epoch).await?;
    let mut why_not = too_early(&folder, args.epoch)?;
    why_not.extend(waits_here(left));
    why_not.extend(waits_there(&folder, args).await?);
    if !why_not.is_empty() {
        if !args.force {
            let what = format!("epoch {} is still needed: {}", args.epoch, why_not.join("; "));
            return Err(Failure::refused("keyset-needed", what));
        }
        if !args.yes {
            ask(args.epoch, &why_not, out)?;
        }
    }
    let destroyed = secrets::shred_folder(&here)?;
    vault.epoch_destroyed(args.epoch, left).await?;
    let report = Report { epoch: args.epoch, destroyed, archived: left.archived, forced: !why_not.is_empty() };
    out.result(&report, || {
        format!(
            "destroyed {} key files of epoch {}: overwritten, then removed\narchived  {} messages of it open with the archive \
             key, and with nothing else\nFlash disks, snapshots and backups may still hold the old bytes, behind the passphrase: \
             this program can't reach those.",
            report.destroyed, report.epoch, report.archived
        )
    });
    Ok(())
}

/// Whether messages sealed to it may still come.
fn too_early(folder: &Folder, epoch: u32) -> Result<Vec<String>, Failure> {
    let (campaign, sets) = (folder.campaign()?, keysets::load(folder)?);
    let Some(set) = sets.epoch(epoch) else {
        return Ok(vec![format!("there is no key set of epoch {epoch} here that says when it ran out")]);
    };
    let until = campaign.keyset.taken_until(set.terms().expires);
    let may_come = SystemClock.today() <= until;
    Ok(may_come.then(|| format!("its messages are taken until {until}, on sticks for instance")).into_iter().collect())
}

/// What in the vault still needs it.
fn waits_here(left: EpochLeft) -> Vec<String> {
    let mut why = Vec::new();
    if left.unopened > 0 {
        why.push(format!("{} of its messages wait to be opened; run: hamseda worker --until-idle", left.unopened));
    }
    if left.unarchived > 0 {
        why.push(format!(
            "the keys of {} messages are not in the archive; run: hamseda worker --until-idle",
            left.unarchived
        ));
    }
    why
}

/// What at the intake still needs it.
async fn waits_there(folder: &Folder, args: &Destroy) -> Result<Vec<String>, Failure> {
    let Some(url) = &args.intake else {
        return Ok(vec!["whether messages wait at the intake is not known; give --intake URL".into()]);
    };
    let waiting = rooms::pull_client(folder, url)?.list(None).await?;
    let some = !waiting.is_empty();
    Ok(some.then(|| "messages wait at the intake; pull them first".to_owned()).into_iter().collect())
}

/// Asks for the epoch's number: a hand that slips must not destroy anything.
fn ask(epoch: u32, why_not: &[String], out: Output) -> Result<(), Failure> {
    let refused = |what: &str| Err(Failure::refused("keyset-not-asked", what));
    if !std::io::stdin().is_terminal() {
        return refused("nobody can be asked here; add --yes to destroy keys that are still needed");
    }
    for why in why_not {
        out.note(&format!("still needed: {why}"));
    }
    out.note(&format!("What can't be opened afterwards is lost. Type the number of the epoch ({epoch}) to go on:"));
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == epoch.to_string() { Ok(()) } else { refused("nothing was destroyed") }
}
