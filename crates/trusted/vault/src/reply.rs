//! Words between the desk and a sender who took a code: replies, which go into the status record, and letters, which come
//! sealed to the key set and name their message by its reply key.
//!
//! Refuses: to keep a letter that belongs to no standing message (anybody can write those), and more than fifty of one.

use hamseda_core::{Day, Locator, MessageId, MessageState, Secret};
use hamseda_seal::{REPLY_CHARS, locator};
use hamseda_store::{Row, Tx, values};
use hamseda_tally::Hash;
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message;
use crate::{Vault, VaultError};

/// Letters kept of one message.
const MOST_LETTERS: i64 = 50;

/// What the desk wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// When.
    pub day: Day,
    /// By whom.
    pub author: Actor,
    /// What.
    pub text: String,
}

/// What a sender wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderLetter {
    /// When it reached the desk.
    pub day: Day,
    /// What.
    pub text: String,
}

/// What desk and sender wrote to one another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// Whether its sender can read a reply: a code was taken, and the message was not taken back.
    pub can_reply: bool,
    /// Replies, oldest first.
    pub replies: Vec<Reply>,
    /// Letters, oldest first.
    pub letters: Vec<SenderLetter>,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterReceived {
    /// It lies with its message.
    New(MessageId),
    /// It came before.
    Known(MessageId),
    /// It belongs to no standing message, or to one that has too many: it was not kept.
    Dropped,
}

impl Vault {
    /// Writes a reply to a message's sender, who reads it with the code from the next handing over on.
    ///
    /// # Errors
    /// [`VaultError::NoCode`] when nobody could read it; [`VaultError::ReplyText`].
    pub async fn reply(&self, id: MessageId, text: &str, by: &Actor) -> Result<(), VaultError> {
        let text = text.trim().replace("\r\n", "\n");
        let fine = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        if !(1..=REPLY_CHARS).contains(&text.chars().count()) || !text.chars().all(fine) {
            return Err(VaultError::ReplyText(REPLY_CHARS));
        }
        let (today, text) = (self.today(), text.as_str());
        self.db
            .run("reply", |tx| async move {
                if !can_reply(&tx, id).await? {
                    return Err(VaultError::NoCode(id));
                }
                let sql = "INSERT INTO reply (message, day, author, text) VALUES ($1, $2, $3, $4)";
                tx.execute(sql, &values![id, today, by.to_string(), text]).await?;
                let detail = json!({ "characters": text.chars().count() });
                custody::record(&tx, today, by, Event::Replied, Some(id), detail).await?;
                Ok(())
            })
            .await
    }

    /// What desk and sender of a message wrote to one another.
    ///
    /// # Errors
    /// [`VaultError::NoMessage`].
    pub async fn correspondence(&self, id: MessageId) -> Result<Correspondence, VaultError> {
        self.db
            .read("correspondence", |tx| async move {
                let sql = "SELECT day, author, text FROM reply WHERE message = $1 ORDER BY id";
                let reply = |row: &Row| {
                    Ok::<_, VaultError>(Reply { day: row.get(0)?, author: row.parse(1)?, text: row.get(2)? })
                };
                let replies = tx.all(sql, &values![id]).await?.iter().map(reply).collect::<Result<_, _>>()?;
                let sql = "SELECT day, text FROM letter WHERE message = $1 ORDER BY id";
                let letter = |row: &Row| Ok::<_, VaultError>(SenderLetter { day: row.get(0)?, text: row.get(1)? });
                let letters = tx.all(sql, &values![id]).await?.iter().map(letter).collect::<Result<_, _>>()?;
                Ok(Correspondence { can_reply: can_reply(&tx, id).await?, replies, letters })
            })
            .await
    }

    /// Takes a letter that was opened: `sealed` is the hash of its sealed bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letter(
        &self,
        sealed: Hash,
        reply_key: &Secret<[u8; 32]>,
        text: &Secret<String>,
    ) -> Result<LetterReceived, VaultError> {
        let (today, place) = (self.today(), locator(reply_key));
        self.db
            .run("letter", |tx| async move {
                if let Some(row) = tx.optional("SELECT message FROM letter WHERE sealed = $1", &values![sealed]).await?
                {
                    return Ok(LetterReceived::Known(row.get(0)?));
                }
                let Some(id) = message_at(&tx, place).await? else { return Ok(LetterReceived::Dropped) };
                let sql = "SELECT COUNT(*) FROM letter WHERE message = $1";
                if tx.one(sql, &values![id]).await?.get::<i64>(0)? >= MOST_LETTERS {
                    return Ok(LetterReceived::Dropped);
                }
                let sql = "INSERT INTO letter (message, day, sealed, text) VALUES ($1, $2, $3, $4)";
                tx.execute(sql, &values![id, today, sealed, text.expose()]).await?;
                custody::record(&tx, today, &Actor::Sender, Event::Letter, Some(id), json!({})).await?;
                Ok(LetterReceived::New(id))
            })
            .await
    }
}

/// Forgets what was written about a message that is taken back.
pub(crate) async fn forget(tx: &Tx, id: MessageId) -> Result<(), VaultError> {
    tx.execute("DELETE FROM reply WHERE message = $1", &values![id]).await?;
    tx.execute("DELETE FROM letter WHERE message = $1", &values![id]).await?;
    Ok(())
}

async fn can_reply(tx: &Tx, id: MessageId) -> Result<bool, VaultError> {
    let state = message::load(tx, id).await?.state;
    let sql = "SELECT 1 FROM opening WHERE message = $1 AND locator IS NOT NULL";
    Ok(state != MessageState::Withdrawn && tx.optional(sql, &values![id]).await?.is_some())
}

/// The newest standing message of a code.
async fn message_at(tx: &Tx, place: Locator) -> Result<Option<MessageId>, VaultError> {
    let sql = "SELECT m.id FROM opening o JOIN message m ON m.id = o.message
               WHERE o.locator = $1 AND m.state <> 'withdrawn' ORDER BY m.arrival DESC LIMIT 1";
    Ok(tx.optional(sql, &values![place]).await?.map(|row| row.get(0)).transpose()?)
}
