//! Looking at messages.

use hamseda_core::{Day, LeafIndex, MessageId, MessageState, SealedHash};
use hamseda_store::{Row, Tx, values};

use crate::prepare::parts_from_row;
use crate::{Parts, Released, Vault, VaultError};

/// A message as the desk sees it.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its place in the order of arrival: what [`Page::after`] continues from.
    pub arrival: i64,
    /// Its id.
    pub id: MessageId,
    /// Hash of its sealed file.
    pub sealed: SealedHash,
    /// Length of its sealed file.
    pub bytes: u64,
    /// The day it was received.
    pub day: Day,
    /// Where it stands.
    pub state: MessageState,
    /// Reject code, or code of why it can't be read.
    pub code: Option<String>,
    /// Why it can't be read, in words.
    pub reason: Option<String>,
    /// Of a duplicate: the message it equals.
    pub twin: Option<MessageId>,
    /// Its parts, once prepared and until withdrawn.
    pub parts: Option<Parts>,
    /// Its leaf, once in the log.
    pub leaf: Option<LeafIndex>,
}

/// Which messages to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only later arrivals than this; 0 begins.
    pub after: i64,
    /// At most so many.
    pub limit: u32,
}

impl Page {
    /// The first `limit` messages.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { after: 0, limit }
    }

    /// All messages.
    pub const ALL: Self = Self::first(u32::MAX);
}

/// What a released message is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The film.
    Film,
    /// The wall and the site.
    Wall,
}

/// Columns that [`Message::from_row`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.arrival, m.id, m.sealed, m.bytes, m.day, m.state, m.code, m.reason, m.twin, l.position,
                    p.master, p.tiles, p.poster, p.units, p.shown, p.sound, p.choices, p.tag, p.r_commitment,
                    p.w_commitment, p.reply_key, p.size_class, p.fingerprint, p.report
             FROM message m
             LEFT JOIN prepared p ON p.message = m.id
             LEFT JOIN leaf l ON l.message = m.id AND l.kind IN ('A', 'U') ",
            $rest
        )
    };
}

impl Message {
    fn from_row(row: &Row) -> Result<Self, VaultError> {
        Ok(Self {
            arrival: row.get(0)?,
            id: row.get(1)?,
            sealed: row.get(2)?,
            bytes: row.get(3)?,
            day: row.get(4)?,
            state: row.parse(5)?,
            code: row.get(6)?,
            reason: row.get(7)?,
            twin: row.get(8)?,
            leaf: row.get::<Option<u64>>(9)?.map(LeafIndex),
            parts: parts_from_row(row, 10)?,
        })
    }
}

impl Vault {
    /// Messages in order of arrival, of one state or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages(&self, state: Option<MessageState>, page: Page) -> Result<Vec<Message>, VaultError> {
        self.db
            .read("messages", |tx| async move {
                let row = values![state.map_or("", MessageState::as_str), page.after, page.limit];
                let sql = select!("WHERE ($1 = '' OR m.state = $1) AND m.arrival > $2 ORDER BY m.arrival LIMIT $3");
                tx.all(sql, &row).await?.iter().map(Message::from_row).collect()
            })
            .await
    }

    /// One message.
    ///
    /// # Errors
    /// [`VaultError::NoMessage`].
    pub async fn message(&self, id: MessageId) -> Result<Message, VaultError> {
        self.db.read("message", |tx| async move { load(&tx, id).await }).await
    }

    /// The message of a sealed file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_of(&self, sealed: SealedHash) -> Result<Option<Message>, VaultError> {
        self.db
            .read("message of", |tx| async move {
                let row = tx.optional(select!("WHERE m.sealed = $1"), &values![sealed]).await?;
                row.as_ref().map(Message::from_row).transpose()
            })
            .await
    }

    /// Released messages that their senders allowed for `wanted`, in order of arrival.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn released_for(&self, wanted: Use) -> Result<Vec<Released>, VaultError> {
        let all = self.messages(Some(MessageState::Released), Page::ALL).await?;
        let allowed = |parts: &Parts| {
            let uses = parts.choices.uses;
            uses.published()
                && match wanted {
                    Use::Film => uses.film,
                    Use::Wall => uses.wall,
                }
        };
        let released = all.into_iter().filter_map(|m| Some(Released { id: m.id, parts: m.parts?, leaf: m.leaf? }));
        Ok(released.filter(|message| allowed(&message.parts)).collect())
    }
}

/// One message, as a transaction sees it.
pub(crate) async fn load(tx: &Tx, id: MessageId) -> Result<Message, VaultError> {
    let row = tx.optional(select!("WHERE m.id = $1"), &values![id]).await?;
    Message::from_row(&row.ok_or(VaultError::NoMessage(id))?)
}

/// The state of a message that is about to be `step`; refuses any but the states `allowed`.
pub(crate) async fn require(
    tx: &Tx,
    id: MessageId,
    step: &'static str,
    allowed: &[MessageState],
) -> Result<MessageState, VaultError> {
    let row = tx.optional("SELECT state FROM message WHERE id = $1", &values![id]).await?;
    let state = row.ok_or(VaultError::NoMessage(id))?.parse(0)?;
    if allowed.contains(&state) { Ok(state) } else { Err(VaultError::State { message: id, state, step }) }
}

/// Sets the state of a message after [`require`] allowed it. Code, reason and twin belong to the state before.
pub(crate) async fn set_state(tx: &Tx, id: MessageId, state: MessageState) -> Result<(), VaultError> {
    let sql = "UPDATE message SET state = $1, code = NULL, reason = NULL, twin = NULL WHERE id = $2";
    tx.execute(sql, &values![state.as_str(), id]).await?;
    Ok(())
}
