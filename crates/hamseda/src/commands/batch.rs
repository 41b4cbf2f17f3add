//! `hamseda batch close`: accepted messages enter the log, and a checkpoint is signed.

use hamseda_tally::Checkpoint;
use hamseda_vault::BatchSpec;
use serde::Serialize;

use crate::cli;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;
use crate::{rooms, secrets};

#[derive(Serialize)]
struct Report {
    closed: bool,
    batch: Option<u32>,
    messages: u64,
    leaves: u64,
    size: u64,
}

pub(crate) async fn run(args: cli::Batch, out: Output) -> Result<(), Failure> {
    let cli::Batch::Close { dir, closing, passphrase } = args;
    let folder = Folder::open(&dir.dir)?;
    let passphrase = secrets::passphrase(&folder, passphrase.passphrase_file.as_deref())?;
    let key = secrets::log_key(&folder, &passphrase)?;
    let policy = rooms::policy(&folder, key.verifier().clone())?;
    let vault = rooms::vault(&folder).await?;
    let spec = BatchSpec { policy_sha256: policy.sha256(), floors: policy.floors, closing };
    let origin = key.verifier().name().to_owned();
    let sign = |size, root| Checkpoint { origin: origin.clone(), size, root }.sign(&key);
    let report = match vault.close_batch(&spec, &sign).await? {
        Some(b) => Report { closed: true, batch: Some(b.number), messages: b.messages, leaves: b.leaves, size: b.size },
        None => {
            Report { closed: false, batch: None, messages: 0, leaves: 0, size: vault.counts().await?.leaves_logged }
        }
    };
    out.result(&report, || match report.batch {
        Some(n) => format!(
            "batch {n} closed: {} messages, {} leaves, log size {}",
            report.messages, report.leaves, report.size
        ),
        None => format!(
            "too early: a batch needs {} accepted messages (or --closing, at the campaign's end); nothing was changed",
            spec.floors.batch
        ),
    });
    Ok(())
}
