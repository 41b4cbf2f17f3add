//! Wraps each message's own key to the archive's, as soon as the message is here: what opens it once the secrets of its epoch are
//! destroyed. Only headers are read; it needs no cage, and a clip that can't be decoded is archived like any other.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::StreamExt as _;
use hamseda_core::{Coded as _, MessageId, MessageState, OsRandom};
use hamseda_seal::format::header_len;
use hamseda_seal::{MAX_RECIPIENTS, Recipient};
use hamseda_vault::{Actor, Archived, Vault};

use super::{IDLE, Shared};
use crate::failure::Failure;
use crate::output::Output;
use crate::secrets::DeskKeys;

/// Messages looked up at a time.
const PAGE: u32 = 100;

/// Runs until the worker ends; with `--until-idle` until nothing more will come.
pub(super) async fn run(shared: Arc<Shared>, name: String, out: Output) -> Result<(), Failure> {
    let Some(archive) = &shared.archive else { return Ok(()) };
    let by = Actor::Worker(name);
    loop {
        let ended = shared.pull_ended.load(Ordering::Acquire);
        let keys = shared.keyring.now()?;
        // Without keys every message would look as if nothing opened it.
        let page = if keys.keys.is_empty() { 0 } else { PAGE };
        let waiting = shared.vault.unarchived(page).await?;
        if waiting.is_empty() {
            if ended && shared.until_idle {
                return Ok(());
            }
            tokio::time::sleep(IDLE).await;
            continue;
        }
        for id in waiting {
            match one(&shared.vault, &keys, archive, id, &by).await {
                Ok(true) => drop(shared.archived.fetch_add(1, Ordering::Relaxed)),
                Ok(false) => {}
                // There is nothing to archive any more.
                Err(_) if shared.vault.message(id).await?.state == MessageState::Withdrawn => {}
                Err(failure) => {
                    out.note(&format!("archive of message {id}: {} [{}]", failure.what, failure.code));
                    return Err(failure);
                }
            }
        }
    }
}

/// Archives one message's key; whether one of the desk keys opens it.
async fn one(vault: &Vault, keys: &DeskKeys, archive: &Recipient, id: MessageId, by: &Actor) -> Result<bool, Failure> {
    let header = header(vault, id).await?;
    match hamseda_open::file_key(header.as_slice(), &keys.keys) {
        Ok((at, file_key)) => {
            let stanza = archive.wrap_file_key(&file_key, &mut OsRandom)?;
            vault.archive(id, &Archived { epoch: keys.epochs[at], stanza }, by).await?;
            Ok(true)
        }
        Err(error) => {
            vault.not_archived(id, error.code()).await?;
            Ok(false)
        }
    }
}

/// As much of a sealed file as a header can be long.
async fn header(vault: &Vault, id: MessageId) -> Result<Vec<u8>, Failure> {
    let most = header_len(MAX_RECIPIENTS);
    let mut stream = vault.sealed_blob(id).await?;
    let mut bytes = Vec::new();
    while bytes.len() < most {
        let Some(chunk) = stream.next().await else { break };
        let chunk = chunk?;
        bytes.extend_from_slice(&chunk[..chunk.len().min(most - bytes.len())]);
    }
    Ok(bytes)
}
