//! Custody: what was done to a message, by whom, on which day, as a chain of hashes. Every B leaf commits to its head.
//!
//! Refuses: to change or drop an event; there is no verb for it, and the chain shows it.

use std::fmt;
use std::str::FromStr;

use hamseda_core::{Day, MessageId};
use hamseda_store::{Row, Tx, values};
use hamseda_tally::{Hash, Hasher};
use serde_json::Value;

use crate::words::words;
use crate::{Vault, VaultError};

/// Who did something, by role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person at the desk.
    Reviewer(String),
    /// A rule that the operator set.
    Rule(String),
    /// A worker process.
    Worker(String),
    /// Whoever runs the trusted machine.
    Operator,
    /// The message's sender.
    Sender,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reviewer(name) => write!(f, "reviewer:{name}"),
            Self::Rule(name) => write!(f, "rule:{name}"),
            Self::Worker(name) => write!(f, "worker:{name}"),
            Self::Operator => f.write_str("operator"),
            Self::Sender => f.write_str("sender"),
        }
    }
}

/// Text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an actor is reviewer:NAME, rule:NAME, worker:NAME, operator or sender")]
pub struct ParseActorError;

impl FromStr for Actor {
    type Err = ParseActorError;

    fn from_str(text: &str) -> Result<Self, ParseActorError> {
        match text.split_once(':') {
            Some(("reviewer", name)) => Ok(Self::Reviewer(name.into())),
            Some(("rule", name)) => Ok(Self::Rule(name.into())),
            Some(("worker", name)) => Ok(Self::Worker(name.into())),
            None if text == "operator" => Ok(Self::Operator),
            None if text == "sender" => Ok(Self::Sender),
            _ => Err(ParseActorError),
        }
    }
}

words! {
    /// What was done.
    Event;
    /// The sealed file became durable here.
    Received "received";
    /// It was opened and made into a protected master.
    Prepared "prepared";
    /// It can't be opened or decoded.
    Unreadable "unreadable";
    /// It is to be tried again.
    Retried "retried";
    /// Its key was wrapped to the archive's.
    Archived "archived";
    /// The secrets of an epoch were destroyed.
    KeysDestroyed "keys-destroyed";
    /// Accepted.
    Accepted "accepted";
    /// Put aside.
    Held "held";
    /// Refused.
    Rejected "rejected";
    /// Found to equal another message.
    Duplicate "duplicate";
    /// Found to be no copy of a message that looked or sounded alike.
    NoDuplicate "no-duplicate";
    /// Taken back; its keys and copies destroyed.
    Withdrawn "withdrawn";
    /// The desk wrote to its sender.
    Replied "replied";
    /// Its sender wrote to the desk.
    Letter "letter";
    /// A reviewer asked to see it unprotected, and why.
    OriginalAsked "original-asked";
    /// A worker opened it for that reviewer.
    OriginalShown "original-shown";
    /// A clip was given to the site.
    Published "published";
    /// A batch was closed.
    BatchClosed "batch-closed";
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyEvent {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// Hash of the event before; zeros for the first.
    pub previous: Hash,
    /// Its hash.
    pub hash: Hash,
    /// When.
    pub day: Day,
    /// By whom.
    pub actor: Actor,
    /// What.
    pub event: Event,
    /// To which message; none when it concerns the log.
    pub message: Option<MessageId>,
    /// Details: one JSON object, kept as the text that was hashed.
    pub detail: String,
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustodyHead {
    /// Number of events.
    pub seq: u64,
    /// Hash of the last one; zeros when there is none.
    pub hash: Hash,
}

impl CustodyEvent {
    /// The hash its contents must have: SHA-256 over a prefix, `previous`, `seq` (u64) and `day` (i32), big endian, then
    /// actor, event, message (hex, may be empty) and detail, each behind its length (u32, big endian).
    #[must_use]
    pub fn expected_hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        hasher.update(b"hamseda/custody/v1");
        hasher.update(&self.previous);
        hasher.update(&self.seq.to_be_bytes());
        hasher.update(&self.day.0.to_be_bytes());
        let message = self.message.map(|id| id.to_string()).unwrap_or_default();
        for text in [self.actor.to_string().as_str(), self.event.as_str(), &message, &self.detail] {
            hasher.update(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finish()
    }

    fn from_row(row: &Row) -> Result<Self, VaultError> {
        let event: String = row.get(5)?;
        Ok(Self {
            seq: row.get(0)?,
            previous: row.get(1)?,
            hash: row.get(2)?,
            day: row.get(3)?,
            actor: row.parse(4)?,
            event: Event::from_word(&event).ok_or_else(|| VaultError::damaged(format!("custody event {event:?}")))?,
            message: row.get(6)?,
            detail: row.get(7)?,
        })
    }
}

/// The end of the chain, as a transaction sees it.
pub(crate) async fn head(tx: &Tx) -> Result<CustodyHead, VaultError> {
    let row = tx.optional("SELECT seq, hash FROM custody ORDER BY seq DESC LIMIT 1", &[]).await?;
    row.map_or(Ok(CustodyHead::default()), |row| Ok(CustodyHead { seq: row.get(0)?, hash: row.get(1)? }))
}

/// Adds an event in the transaction of what it tells. Returns the new head.
pub(crate) async fn record(
    tx: &Tx,
    day: Day,
    actor: &Actor,
    event: Event,
    message: Option<MessageId>,
    detail: Value,
) -> Result<CustodyHead, VaultError> {
    let CustodyHead { seq, hash: previous } = head(tx).await?;
    let (actor, detail) = (actor.clone(), detail.to_string());
    let mut link = CustodyEvent { seq: seq + 1, previous, hash: [0; 32], day, actor, event, message, detail };
    link.hash = link.expected_hash();
    let row =
        values![link.seq, link.previous, link.hash, day, link.actor.to_string(), event.as_str(), message, link.detail,];
    tx.execute(
        "INSERT INTO custody (seq, previous, hash, day, actor, event, message, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &row,
    )
    .await?;
    Ok(CustodyHead { seq: link.seq, hash: link.hash })
}

impl Vault {
    /// Events in order: all of them, or one message's.
    ///
    /// # Errors
    /// When the database fails or holds something else.
    pub async fn custody(&self, message: Option<MessageId>) -> Result<Vec<CustodyEvent>, VaultError> {
        self.db.read("custody", |tx| async move { events(&tx, message).await }).await
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// [`VaultError::Custody`] with the first event that does not follow.
    pub async fn verify_custody(&self) -> Result<CustodyHead, VaultError> {
        self.db.read("verify custody", |tx| async move { verify(&tx).await }).await
    }
}

async fn events(tx: &Tx, message: Option<MessageId>) -> Result<Vec<CustodyEvent>, VaultError> {
    const SELECT: &str = "SELECT seq, previous, hash, day, actor, event, message, detail FROM custody ORDER BY seq";
    const OF_ONE: &str = "SELECT seq, previous, hash, day, actor, event, message, detail FROM custody
        WHERE message = $1 ORDER BY seq";
    let rows = match message {
        None => tx.all(SELECT, &[]).await?,
        Some(id) => tx.all(OF_ONE, &values![id]).await?,
    };
    rows.iter().map(CustodyEvent::from_row).collect()
}

pub(crate) async fn verify(tx: &Tx) -> Result<CustodyHead, VaultError> {
    let mut head = CustodyHead::default();
    for event in events(tx, None).await? {
        let follows = event.seq == head.seq + 1 && event.previous == head.hash && event.hash == event.expected_hash();
        if !follows {
            return Err(VaultError::Custody { seq: event.seq });
        }
        head = CustodyHead { seq: event.seq, hash: event.hash };
    }
    Ok(head)
}
