//! Does everything in the vault agree? What `fsck` runs, and what a crash must not be able to break.

use std::collections::HashMap;

use hamseda_core::MessageId;
use hamseda_store::Tx;
use hamseda_tally::{merkle, rules};

use crate::message::Page;
use crate::{Vault, VaultError, batch, custody, receive};

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The message it concerns, when it concerns one.
    pub message: Option<MessageId>,
    /// What is wrong.
    pub what: String,
}

/// Rows that contradict one another: a query that finds messages, and what they show.
const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "it is stored, but there is no job to prepare it",
        "SELECT id FROM message WHERE state = 'stored'
         AND id NOT IN (SELECT message FROM job WHERE open = 1 AND kind = 'prepare')",
    ),
    (
        "a job to prepare it is open although it is past that",
        "SELECT id FROM message WHERE state <> 'stored'
         AND id IN (SELECT message FROM job WHERE open = 1 AND kind = 'prepare')",
    ),
    (
        "it has been prepared, but its parts are missing",
        "SELECT id FROM message WHERE state IN ('prepared', 'accepted', 'released', 'held', 'rejected', 'duplicate')
         AND id NOT IN (SELECT message FROM prepared)",
    ),
    (
        "it is accepted, but no leaf of it waits for a batch",
        "SELECT id FROM message WHERE state = 'accepted'
         AND id NOT IN (SELECT message FROM waiting WHERE kind IN ('A', 'U') AND message IS NOT NULL)",
    ),
    (
        "a leaf of it waits for a batch, but it is not accepted",
        "SELECT id FROM message WHERE state <> 'accepted'
         AND id IN (SELECT message FROM waiting WHERE kind IN ('A', 'U'))",
    ),
    (
        "it is released, but it has no leaf in the log",
        "SELECT id FROM message WHERE state = 'released'
         AND id NOT IN (SELECT message FROM leaf WHERE kind IN ('A', 'U') AND message IS NOT NULL)",
    ),
    (
        "it was never received, as far as custody tells",
        "SELECT id FROM message
         WHERE id NOT IN (SELECT message FROM custody WHERE event = 'received' AND message IS NOT NULL)",
    ),
    (
        "it counts, but custody tells of no acceptance",
        "SELECT id FROM message WHERE state IN ('accepted', 'released')
         AND id NOT IN (SELECT message FROM custody WHERE event = 'accepted' AND message IS NOT NULL)",
    ),
    (
        "it was withdrawn, but the key of its leaf is still there",
        "SELECT id FROM message WHERE state = 'withdrawn'
         AND id IN (SELECT message FROM leaf_secret WHERE leaf_key IS NOT NULL)",
    ),
    (
        "it was withdrawn, but its key is still there",
        "SELECT id FROM message WHERE state = 'withdrawn'
         AND id IN (SELECT message FROM message_key WHERE header IS NOT NULL)",
    ),
    (
        "its key is gone although it was not withdrawn",
        "SELECT id FROM message WHERE state <> 'withdrawn' AND id IN (SELECT message FROM message_key WHERE header IS NULL)",
    ),
    (
        "it was withdrawn, but what was written about it is still there",
        "SELECT id FROM message WHERE state = 'withdrawn'
         AND (id IN (SELECT message FROM letter) OR id IN (SELECT message FROM reply) OR id IN (SELECT message FROM prepared))",
    ),
    (
        "it was withdrawn, but its key is still in the archive",
        "SELECT id FROM message WHERE state = 'withdrawn' AND id IN (SELECT message FROM archive)",
    ),
];

impl Vault {
    /// Checks states against jobs, parts, leaves and custody; the custody chain; the log's rules and its last checkpoint's
    /// size; and that every sealed file and every part is there. Empty when all is well.
    ///
    /// # Errors
    /// When the vault can't be read.
    pub async fn check(&self) -> Result<Vec<Fault>, VaultError> {
        let mut faults = self.db.read("check", |tx| async move { check_rows(&tx).await }).await?;
        let headers: HashMap<MessageId, u64> = self
            .db
            .read("headers", |tx| async move {
                let sql = "SELECT message, CAST(LENGTH(header) AS BIGINT) FROM message_key WHERE header IS NOT NULL";
                let rows = tx.all(sql, &[]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>((row.get(0)?, row.get(1)?))).collect()
            })
            .await?;
        for message in self.messages(None, Page::ALL).await? {
            let mut say = |what: &str| faults.push(Fault { message: Some(message.id), what: what.into() });
            let withdrawn = message.state == hamseda_core::MessageState::Withdrawn;
            match self.blobs.size(&receive::key(message.sealed)).await? {
                Some(_) if withdrawn => say("it was withdrawn, but its sealed file is still there; withdraw it again"),
                None if !withdrawn => say("its sealed file is missing"),
                Some(bytes) if bytes + headers.get(&message.id).copied().unwrap_or(0) != message.bytes => {
                    say("its sealed file has another length");
                }
                _ => {}
            }
            for part in message.parts.iter().flat_map(|parts| [parts.master, parts.tiles, parts.poster]) {
                if self.artefact(part).await?.is_none() {
                    say("a part of it is missing");
                }
            }
        }
        Ok(faults)
    }
}

async fn check_rows(tx: &Tx) -> Result<Vec<Fault>, VaultError> {
    let mut faults = Vec::new();
    for &(what, sql) in CONTRADICTIONS {
        for row in tx.all(sql, &[]).await? {
            faults.push(Fault { message: Some(row.get(0)?), what: what.into() });
        }
    }
    let mut say = |what: String| faults.push(Fault { message: None, what });
    match custody::verify(tx).await {
        Err(error @ VaultError::Custody { .. }) => say(error.to_string()),
        other => drop(other?),
    }
    let leaves = batch::leaves(tx).await?;
    for breach in rules::check(&leaves) {
        say(format!("leaf {}: {}", breach.index, breach.why));
    }
    if let Some(row) = tx.optional("SELECT checkpoint FROM batch ORDER BY number DESC LIMIT 1", &[]).await? {
        let tree: hamseda_tally::Tree = leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
        let text: String = row.get(0)?;
        // The signature is for those outside; here the signed text must be of these leaves.
        let body = text.split_once("\n\n").map(|(body, _)| format!("{body}\n")).unwrap_or_default();
        match hamseda_tally::Checkpoint::parse(&body) {
            Ok(checkpoint) if checkpoint.size == tree.size() && checkpoint.root == tree.root() => {}
            _ => say("the signed checkpoint is not of these leaves".into()),
        }
    }
    Ok(faults)
}
