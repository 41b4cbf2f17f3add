//! Closing a batch: what waits goes into the log, and accepted messages are released.

use std::collections::{BTreeMap, HashMap};

use hamseda_core::campaign::Floors;
use hamseda_core::{Day, MessageId, MessageState, RejectCode};
use hamseda_store::{Tx, values};
use hamseda_tally::derive::token_root;
use hamseda_tally::merkle::leaf_hash;
use hamseda_tally::{BatchFile, Hash, Leaf, LeafKind, Pending, Tag, TallyError, Tree, batch};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::publish::{Publications, publications};
use crate::{Vault, VaultError, random};

/// On which terms a batch is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSpec {
    /// Hash of the policy in force.
    pub policy_sha256: Hash,
    /// Its floors.
    pub floors: Floors,
    /// The campaign ends: a batch below the floor is allowed, and says so.
    pub closing: bool,
}

/// A batch that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedBatch {
    /// Its number, from 1.
    pub number: u32,
    /// Messages in it.
    pub messages: u64,
    /// Leaves in it, with its B leaf.
    pub leaves: u64,
    /// Leaves in the log now.
    pub size: u64,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// The log as it is published, in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// All leaves.
    pub leaves: Vec<Leaf>,
    /// The signed checkpoint over exactly these.
    pub checkpoint: String,
    /// The public files of all batches, in order.
    pub batches: Vec<BatchFile>,
    /// Which clips belong to its P leaves.
    pub publications: Publications,
}

/// Signs a checkpoint: size and root of the log in, the signed note out.
pub type Signer<'a> = &'a (dyn Fn(u64, Hash) -> Result<String, TallyError> + Sync);

struct Waiting {
    pending: Vec<Pending>,
    messages: u64,
    owners: HashMap<(LeafKind, Tag), MessageId>,
}

impl Waiting {
    /// Whether a batch of these tells nobody's secret: enough messages for one to hide among, or no message at all and a
    /// group of clips. A withdrawal or duplicate alone would show when it came, so it waits for messages.
    fn is_enough(&self, floors: Floors) -> bool {
        if self.messages > 0 {
            return self.messages >= u64::from(floors.batch);
        }
        let clips = self.pending.iter().filter(|p| p.kind == LeafKind::Published).count();
        clips >= floors.k as usize && !self.pending.iter().any(|p| p.kind.is_strike())
    }
}

impl Vault {
    /// Closes a batch with everything that waits, when at least the floor's number of messages does (or a group of k
    /// clips alone, or the campaign ends); `None` when it is too early. Leaves are sorted by tag: their order says nothing of time.
    ///
    /// The signed checkpoint is durable together with the leaves; `sign` may be called more than once, and only the
    /// checkpoint that is returned exists.
    ///
    /// # Errors
    /// When `sign` fails or the database does.
    pub async fn close_batch(&self, spec: &BatchSpec, sign: Signer<'_>) -> Result<Option<ClosedBatch>, VaultError> {
        let (today, token_salt) = (self.today(), random::<32>());
        self.db.run("close batch", |tx| async move { close(&tx, today, spec, token_salt, sign).await }).await
    }

    /// The log, in one snapshot; `None` before the first batch.
    ///
    /// # Errors
    /// When the database fails or holds something else.
    pub async fn log(&self) -> Result<Option<Log>, VaultError> {
        self.db
            .read("log", |tx| async move {
                let rows = tx.all("SELECT file, checkpoint FROM batch ORDER BY number", &[]).await?;
                let Some(last) = rows.last() else { return Ok(None) };
                let parse = |row: &hamseda_store::Row| Ok(BatchFile::parse(&row.get::<Vec<u8>>(0)?)?);
                Ok(Some(Log {
                    leaves: leaves(&tx).await?,
                    checkpoint: last.get(1)?,
                    batches: rows.iter().map(parse).collect::<Result<_, VaultError>>()?,
                    publications: publications(&tx).await?,
                }))
            })
            .await
    }
}

async fn close(
    tx: &Tx,
    today: Day,
    spec: &BatchSpec,
    token_salt: Hash,
    sign: Signer<'_>,
) -> Result<Option<ClosedBatch>, VaultError> {
    let waiting = waiting(tx).await?;
    if waiting.pending.is_empty() || !(waiting.is_enough(spec.floors) || spec.closing) {
        return Ok(None);
    }
    let row = tx.one("SELECT COALESCE(MAX(number), 0) + 1, COALESCE(MAX(size), 0) FROM batch", &[]).await?;
    let (number, start): (u32, u64) = (row.get(0)?, row.get(1)?);
    let file = batch_file(tx, number, spec, token_salt).await?;
    let added = batch::close(&waiting.pending, &file)?;
    let mut tree: Tree = leaves(tx).await?.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
    for (position, leaf) in (start..).zip(&added) {
        tree.push(leaf_hash(&leaf.encode()));
        append(tx, position, leaf, waiting.owners.get(&(leaf.kind, leaf.tag)).copied()).await?;
    }
    let checkpoint = sign(tree.size(), tree.root())?;
    release(tx).await?;
    tx.execute(
        "INSERT INTO batch (number, size, day, file, token_salt, checkpoint) VALUES ($1, $2, $3, $4, $5, $6)",
        &values![number, tree.size(), today, file.encode(), token_salt, &checkpoint],
    )
    .await?;
    let (messages, leaves) = (waiting.messages, added.len() as u64);
    let detail = json!({ "batch": number, "leaves": leaves, "messages": messages, "size": tree.size() });
    custody::record(tx, today, &Actor::Operator, Event::BatchClosed, None, detail).await?;
    Ok(Some(ClosedBatch { number, messages, leaves, size: tree.size(), checkpoint }))
}

async fn waiting(tx: &Tx) -> Result<Waiting, VaultError> {
    let mut waiting = Waiting { pending: Vec::new(), messages: 0, owners: HashMap::new() };
    for row in tx.all("SELECT kind, tag, commitment, message FROM waiting", &[]).await? {
        let letter: String = row.get(0)?;
        let kind = letter.bytes().next().and_then(LeafKind::from_byte);
        let kind = kind.ok_or_else(|| VaultError::damaged(format!("waiting leaf of kind {letter:?}")))?;
        let pending = Pending { kind, tag: row.get(1)?, commitment: row.get(2)? };
        waiting.messages += u64::from(kind.is_message());
        if let Some(message) = row.get(3)? {
            waiting.owners.insert((kind, pending.tag), message);
        }
        waiting.pending.push(pending);
    }
    Ok(waiting)
}

async fn batch_file(tx: &Tx, batch: u32, spec: &BatchSpec, token_salt: Hash) -> Result<BatchFile, VaultError> {
    let count = async |state: Option<MessageState>| -> Result<u64, VaultError> {
        let sql = "SELECT COUNT(*) FROM message WHERE ($1 = '' OR state = $1)";
        Ok(tx.one(sql, &values![state.map_or("", MessageState::as_str)]).await?.get(0)?)
    };
    let mut rejected: BTreeMap<RejectCode, u64> = BTreeMap::new();
    let sql = "SELECT code, COUNT(*) FROM message WHERE state = 'rejected' GROUP BY code";
    for row in tx.all(sql, &[]).await? {
        rejected.insert(row.parse(0)?, row.get(1)?);
    }
    Ok(BatchFile {
        batch,
        closing: spec.closing,
        custody_head: custody::head(tx).await?.hash,
        floors: spec.floors,
        policy_sha256: spec.policy_sha256,
        received: count(None).await?,
        rejected,
        token_root: token_root(&token_salt, &[]),
        unreadable: count(Some(MessageState::Unreadable)).await?,
    })
}

async fn append(tx: &Tx, position: u64, leaf: &Leaf, message: Option<MessageId>) -> Result<(), VaultError> {
    tx.execute(
        "INSERT INTO leaf (position, kind, tag, bytes, message) VALUES ($1, $2, $3, $4, $5)",
        &values![position, leaf.kind.letter().to_string(), leaf.tag, leaf.encode(), message],
    )
    .await?;
    Ok(())
}

/// Empties what waited and releases its messages.
async fn release(tx: &Tx) -> Result<(), VaultError> {
    let sql = "UPDATE message SET state = 'released'
               WHERE state = 'accepted' AND id IN (SELECT message FROM waiting WHERE kind IN ('A', 'U'))";
    tx.execute(sql, &[]).await?;
    tx.execute("DELETE FROM waiting", &[]).await?;
    Ok(())
}

/// All leaves, as a transaction sees them.
pub(crate) async fn leaves(tx: &Tx) -> Result<Vec<Leaf>, VaultError> {
    let rows = tx.all("SELECT bytes FROM leaf ORDER BY position", &[]).await?;
    rows.iter().map(|row| Ok(Leaf::parse(&row.get::<Vec<u8>>(0)?)?)).collect()
}
