//! `hamseda intake`: the public machine. Reads three public files and its own inbox, and denies itself the rest.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use hamseda_core::{Limits, SystemClock};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;

use crate::cli;
use crate::confine;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::keysets;
use crate::output::Output;

pub(crate) async fn run(args: cli::Intake, out: Output) -> Result<(), Failure> {
    let dir = match (args.road, args.dir) {
        (Some(cli::carry::IntakeRoad::Import(args)), _) => return super::import::run(args, out).await,
        (None, Some(dir)) => dir,
        (None, None) => {
            return Err(Failure::refused("intake-dir", "name the campaign folder: hamseda intake --dir DIR"));
        }
    };
    let folder = Folder::open(&dir)?;
    let config = open(&folder, &[], &[], out).await?;
    let (listener, address) = super::serve::listen(args.listen).await?;
    super::say_listening(out, address);
    hamseda_intake::serve(config, listener, super::stopped()).await?;
    Ok(())
}

/// Opens the inbox and what else an intake knows, and denies this process all files but those, and the ones in `read` and
/// `write`.
pub(super) async fn open(folder: &Folder, read: &[PathBuf], write: &[PathBuf], out: Output) -> Result<Config, Failure> {
    let settings = folder.intake_settings()?;
    let inbox_dir = folder.path("inbox");
    fs::create_dir_all(&inbox_dir).at(&inbox_dir)?;
    // Before anything from outside is read. PostgreSQL sockets and other stores lie elsewhere, so only files are confined.
    let sets = keysets::folder(folder);
    fs::create_dir_all(&sets).at(&sets)?;
    let public =
        [folder.campaign_file(), folder.keyset_file(), sets.clone(), "/etc/ssl".into(), "/etc/resolv.conf".into()];
    match confine::to_files(&[&public[..], read].concat(), &[&[inbox_dir][..], write].concat()) {
        Ok(true) => {}
        Ok(false) => {
            out.note("This kernel has no Landlock: keep keys off this machine (the public machine needs none).")
        }
        Err(e) => return Err(Failure::refused("intake-confine", format!("this process can't be confined: {e}"))),
    }

    let campaign = fs::read_to_string(folder.campaign_file()).at(&folder.campaign_file())?;
    let keyset = fs::read(folder.keyset_file()).at(&folder.keyset_file())?;
    let (database, blobs) = (folder.store_url(&settings.inbox.database), folder.store_url(&settings.inbox.blobs));
    let limits = Limits::from(&settings.limits);
    let inbox = Inbox::open(&database, &blobs, Quota::from(limits)).await?;
    let config = Config::new(campaign, &keyset, &settings.pull_token_sha256, inbox, Arc::new(SystemClock))?
        .with_key_sets(sets)?;
    Ok(config.with_limits(limits).with_connections(confine::connections()))
}
