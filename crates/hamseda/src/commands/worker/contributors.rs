//! What contributors ask of the desk after sending: to take a message back, to be heard once more, to know how it stands.
//!
//! Withdrawals are looked for by a loop of their own: a long pull of messages must not delay them. Status records go out all
//! together on the vault's schedule, never because something happened.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hamseda_core::OsRandom;
use hamseda_open::open_letter;
use hamseda_road::pull::Client;
use hamseda_tally::sha256;
use hamseda_vault::LetterReceived;

use super::{IDLE, Shared, UNREACHABLE};
use crate::failure::Failure;
use crate::output::Output;

/// Pause between two looks; the promise to contributors is half a minute.
const LOOK: Duration = Duration::from_secs(5);

/// Runs until the worker ends; with `--until-idle` until nothing more will come, and once more after that.
pub(super) async fn run(shared: Arc<Shared>, client: Client, records_every: u32, out: Output) -> Result<(), Failure> {
    let mut looked = false;
    loop {
        let idle = shared.until_idle && shared.pull_ended.load(Ordering::Acquire) && !works(&shared).await?;
        // While others work towards the end there is one look at the start and one at the end.
        if !shared.until_idle || idle || !looked {
            match round(&shared, &client, records_every, out).await {
                Ok(()) => looked = true,
                Err(failure) if shared.until_idle => return Err(failure),
                Err(failure) => {
                    out.note(&format!("codes: {}; again in {} s", failure.what, UNREACHABLE.as_secs()));
                    tokio::time::sleep(UNREACHABLE).await;
                    continue;
                }
            }
        }
        if idle {
            return Ok(());
        }
        tokio::time::sleep(if shared.until_idle { IDLE } else { LOOK }).await;
    }
}

async fn works(shared: &Shared) -> Result<bool, Failure> {
    let counts = shared.vault.counts().await?;
    Ok(counts.jobs_free + counts.jobs_leased > 0)
}

async fn round(shared: &Shared, client: &Client, records_every: u32, out: Output) -> Result<(), Failure> {
    withdrawals(shared, client, out).await?;
    letters(shared, client).await?;
    records(shared, client, records_every).await
}

/// The intake forgets a secret only once what it takes back is destroyed here.
async fn withdrawals(shared: &Shared, client: &Client, out: Output) -> Result<(), Failure> {
    loop {
        let secrets = client.withdrawals().await?;
        if secrets.is_empty() {
            return Ok(());
        }
        let messages = shared.vault.withdraw_by(&secrets).await?;
        if !messages.is_empty() {
            shared.withdrawn.fetch_add(messages.len() as u64, Ordering::Relaxed);
            out.note(&format!(
                "{} messages were taken back; film, wall and site lose them with their next build, so build them soon",
                messages.len()
            ));
        }
        client.withdrawals_done(&secrets).await?;
    }
}

async fn letters(shared: &Shared, client: &Client) -> Result<(), Failure> {
    loop {
        let waiting = client.letters().await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let keys = shared.keyring.now()?;
        for id in waiting {
            let sealed = client.letter(id).await?;
            // Anybody can hand in bytes of the right shape: what no key opens is nobody's letter.
            if let Ok(letter) = open_letter(&sealed, &keys.keys) {
                let received = shared.vault.letter(sha256(&sealed), &letter.reply_key, &letter.text).await?;
                shared.letters.fetch_add(u64::from(matches!(received, LetterReceived::New(_))), Ordering::Relaxed);
            }
            client.letter_done(id).await?;
        }
    }
}

async fn records(shared: &Shared, client: &Client, every: u32) -> Result<(), Failure> {
    let Some(due) = shared.vault.due_records(every).await? else { return Ok(()) };
    let mut sealed = Vec::with_capacity(due.records.len());
    for entry in &due.records {
        sealed.push((entry.locator, entry.record.seal(&entry.key, entry.locator, &mut OsRandom)?));
    }
    client.put_records(&sealed, true).await?;
    Ok(shared.vault.records_handed(&due).await?)
}
