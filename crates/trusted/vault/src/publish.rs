//! Clips on the site: each has a P leaf of its own, unlinkable to the message's A leaf by anybody outside.

use hamseda_core::{LeafIndex, MessageId, MessageState};
use hamseda_store::{Row, Tx, values};
use hamseda_tally::derive::{publish_commitment, publish_nullifier};
use hamseda_tally::{Hash, LeafKind, Tag};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message::require;
use crate::{Released, Vault, VaultError, leaf, random};

/// A clip that stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedClip {
    /// Its message.
    pub message: MessageId,
    /// Its P leaf.
    pub leaf: LeafIndex,
    /// SHA-256 of the published file.
    pub sha256: Hash,
    /// The salt of the leaf's commitment: lies beside the clip.
    pub salt: Hash,
}

/// All P leaves of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publications {
    /// Clips that may be shown.
    pub clips: Vec<PublishedClip>,
    /// P leaves whose clip is no longer shown.
    pub taken_down: Vec<LeafIndex>,
}

/// The newest clip of a message.
struct Newest {
    nth: u32,
    file: Hash,
    salt: Option<Hash>,
    tag: Tag,
    leaf: Option<LeafIndex>,
}

impl Vault {
    /// Queues the P leaf of a released message's clip. The same file again changes nothing; another file (the clip was
    /// made anew) takes the old one down. Returns the leaf once a batch has logged it: only then may the clip be shown.
    ///
    /// # Errors
    /// [`VaultError::State`] when the message was withdrawn meanwhile.
    pub async fn publish(&self, message: &Released, file_sha256: Hash) -> Result<Option<LeafIndex>, VaultError> {
        let (today, id) = (self.today(), message.id());
        self.db
            .run("publish", |tx| async move {
                require(&tx, id, "published", &[MessageState::Released]).await?;
                let newest = newest(&tx, id).await?;
                let nth = match newest {
                    Some(Newest { file, salt: Some(_), leaf, .. }) if file == file_sha256 => return Ok(leaf),
                    Some(Newest { nth, .. }) => nth + 1,
                    None => 0,
                };
                take_down(&tx, id).await?;
                let row = tx.one("SELECT publish_seed FROM leaf_secret WHERE message = $1", &values![id]).await?;
                let (tag, salt) = (publish_nullifier(&row.get(0)?, nth), random::<32>());
                tx.execute(
                    "INSERT INTO publication (message, nth, file, salt, tag) VALUES ($1, $2, $3, $4, $5)",
                    &values![id, nth, file_sha256, salt, tag],
                )
                .await?;
                leaf::wait(&tx, LeafKind::Published, tag, publish_commitment(&salt, &file_sha256), id).await?;
                let detail = json!({ "sha256": hex::encode(file_sha256) });
                custody::record(&tx, today, &Actor::Operator, Event::Published, Some(id), detail).await?;
                Ok(None)
            })
            .await
    }
}

async fn newest(tx: &Tx, message: MessageId) -> Result<Option<Newest>, VaultError> {
    let sql = "SELECT p.nth, p.file, p.salt, p.tag, l.position FROM publication p
               LEFT JOIN leaf l ON l.kind = 'P' AND l.message = p.message AND l.tag = p.tag
               WHERE p.message = $1 ORDER BY p.nth DESC LIMIT 1";
    let read = |row: Row| -> Result<Newest, VaultError> {
        let leaf = row.get::<Option<u64>>(4)?.map(LeafIndex);
        Ok(Newest { nth: row.get(0)?, file: row.get(1)?, salt: row.get(2)?, tag: row.get(3)?, leaf })
    };
    tx.optional(sql, &values![message]).await?.map(read).transpose()
}

/// Takes the standing clip of a message down: erases its salt, and its leaf when that still waits.
pub(crate) async fn take_down(tx: &Tx, message: MessageId) -> Result<(), VaultError> {
    let Some(newest) = newest(tx, message).await? else { return Ok(()) };
    tx.execute("UPDATE publication SET salt = NULL WHERE message = $1", &values![message]).await?;
    tx.execute("DELETE FROM waiting WHERE kind = 'P' AND tag = $1", &values![newest.tag]).await?;
    Ok(())
}

/// All P leaves, as a transaction sees them.
pub(crate) async fn publications(tx: &Tx) -> Result<Publications, VaultError> {
    let sql = "SELECT l.position, p.message, p.file, p.salt FROM leaf l
               JOIN publication p ON p.tag = l.tag WHERE l.kind = 'P' ORDER BY l.position";
    let mut all = Publications::default();
    for row in tx.all(sql, &[]).await? {
        let leaf = LeafIndex(row.get(0)?);
        match row.get(3)? {
            Some(salt) => {
                all.clips.push(PublishedClip { message: row.get(1)?, leaf, sha256: row.get(2)?, salt });
            }
            None => all.taken_down.push(leaf),
        }
    }
    Ok(all)
}
