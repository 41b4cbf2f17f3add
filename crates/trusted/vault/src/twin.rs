//! Messages that may be the same: sealed fingerprints, and pairs for people to look at.
//!
//! Refuses: to decide. A pair changes nothing until a person marks a duplicate ([`Vault::duplicate`]) or says that it is
//! none ([`Vault::settle_twins`]). Fingerprints come and stay sealed.

use hamseda_core::{MessageId, MessageState};
use hamseda_store::{Row, Tx, values};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::job::Lease;
use crate::message::require;
use crate::words::words;
use crate::{Vault, VaultError};

words! {
    /// What a second look made of a pair.
    TwinVerdict;
    /// One message, most probably.
    Same "same";
    /// It can't be told.
    Unsure "unsure";
}

words! {
    /// What one sense says of a pair.
    TwinSense;
    /// The same.
    Same "same";
    /// Something else.
    Other "other";
    /// It can't be told.
    Unclear "unclear";
}

/// A pair, seen from one of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The other one.
    pub other: MessageId,
    /// What a second look made of it.
    pub verdict: TwinVerdict,
    /// Of the picture.
    pub picture: TwinSense,
    /// Of the sound.
    pub sound: TwinSense,
}

/// A sealed fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPrint {
    /// Its place in the order in which they came.
    pub seq: i64,
    /// Whose it is.
    pub message: MessageId,
    /// Its bytes.
    pub sealed: Vec<u8>,
}

impl Vault {
    /// Keeps the sealed fingerprint of a message that is being prepared. One that an earlier attempt kept stays and is
    /// returned: a leaf may name its hash.
    ///
    /// # Errors
    /// [`VaultError::State`] when it was prepared or withdrawn meanwhile.
    pub async fn keep_fingerprint(&self, lease: &Lease, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.db
            .run("keep fingerprint", |tx| async move {
                require(&tx, lease.message, "fingerprinted", &[MessageState::Stored]).await?;
                let sql = "INSERT INTO fingerprint (message, sealed, looked) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![lease.message, sealed.to_vec()]).await?;
                let row = tx.one("SELECT sealed FROM fingerprint WHERE message = $1", &values![lease.message]).await?;
                Ok(row.get(0)?)
            })
            .await
    }

    /// A message's sealed fingerprint; none when it has none, or was withdrawn.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fingerprint(&self, message: MessageId) -> Result<Option<Vec<u8>>, VaultError> {
        self.db
            .read("fingerprint", |tx| async move {
                let sql = "SELECT sealed FROM fingerprint WHERE message = $1";
                tx.optional(sql, &values![message]).await?.map(|row| Ok(row.get(0)?)).transpose()
            })
            .await
    }

    /// Fingerprints that came after `seq`, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fingerprints(&self, after: i64, limit: u32) -> Result<Vec<SealedPrint>, VaultError> {
        self.db
            .read("fingerprints", |tx| async move {
                let sql = "SELECT seq, message, sealed FROM fingerprint WHERE seq > $1 ORDER BY seq LIMIT $2";
                let print = |row: &Row| Ok(SealedPrint { seq: row.get(0)?, message: row.get(1)?, sealed: row.get(2)? });
                tx.all(sql, &values![after, limit]).await?.iter().map(print).collect()
            })
            .await
    }

    /// Prepared messages whose likes nobody has looked for, in the order of their fingerprints.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn without_twins(&self, limit: u32) -> Result<Vec<MessageId>, VaultError> {
        self.db
            .read("without twins", |tx| async move {
                let sql = "SELECT f.message FROM fingerprint f JOIN message m ON m.id = f.message
                           WHERE f.looked = 0 AND m.state NOT IN ('stored', 'unreadable', 'withdrawn')
                           ORDER BY f.seq LIMIT $1";
                tx.all(sql, &values![limit]).await?.iter().map(|row| Ok(row.get(0)?)).collect()
            })
            .await
    }

    /// Notes what was found for a message, and that it was looked for. A pair that is known, either way round, stays as it
    /// is; one whose other message was withdrawn meanwhile is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn found_twins(&self, message: MessageId, twins: &[Twin]) -> Result<(), VaultError> {
        self.db
            .run("found twins", |tx| async move {
                for twin in twins.iter().filter(|twin| twin.other != message) {
                    // Both must still have fingerprints: a withdrawal takes them first.
                    let sql = "INSERT INTO twin (message, other, verdict, picture, sound, settled)
                               SELECT $1, $2, $3, $4, $5, 0
                               WHERE (SELECT COUNT(*) FROM fingerprint WHERE message IN ($1, $2)) = 2
                               AND NOT EXISTS (SELECT 1 FROM twin WHERE message = $2 AND other = $1)
                               ON CONFLICT DO NOTHING";
                    let (verdict, picture, sound) = (twin.verdict.as_str(), twin.picture.as_str(), twin.sound.as_str());
                    tx.execute(sql, &values![message, twin.other, verdict, picture, sound]).await?;
                }
                tx.execute("UPDATE fingerprint SET looked = 1 WHERE message = $1", &values![message]).await?;
                Ok(())
            })
            .await
    }

    /// Messages that may be the same as this one and are not settled, the likeliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn twins(&self, message: MessageId) -> Result<Vec<Twin>, VaultError> {
        self.db
            .read("twins", |tx| async move {
                let sql = "SELECT t.other, t.verdict, t.picture, t.sound FROM twin t JOIN message m ON m.id = t.other
                           WHERE t.message = $1 AND t.settled = 0
                           AND m.state IN ('prepared', 'held', 'accepted', 'released')
                           UNION ALL
                           SELECT t.message, t.verdict, t.picture, t.sound FROM twin t JOIN message m ON m.id = t.message
                           WHERE t.other = $1 AND t.settled = 0
                           AND m.state IN ('prepared', 'held', 'accepted', 'released')
                           ORDER BY 2, 1";
                tx.all(sql, &values![message]).await?.iter().map(|row| twin(row, 0)).collect()
            })
            .await
    }

    /// Pairs that nobody has settled, of messages that are still counted or waiting: the later one, and the earlier one as
    /// its twin. The likeliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_twins(&self, limit: u32) -> Result<Vec<(MessageId, Twin)>, VaultError> {
        self.db
            .read("open twins", |tx| async move {
                let sql = "SELECT t.message, t.other, t.verdict, t.picture, t.sound FROM twin t
                           JOIN message m ON m.id = t.message JOIN message o ON o.id = t.other
                           WHERE t.settled = 0 AND m.state IN ('prepared', 'held', 'accepted', 'released')
                           AND o.state IN ('prepared', 'held', 'accepted', 'released')
                           ORDER BY t.verdict, m.arrival LIMIT $1";
                tx.all(sql, &values![limit]).await?.iter().map(|row| Ok((row.get(0)?, twin(row, 1)?))).collect()
            })
            .await
    }

    /// A person found that two messages are not the same: the pair is not shown any more.
    ///
    /// # Errors
    /// [`VaultError::NoMessage`] when they are no pair.
    pub async fn settle_twins(&self, message: MessageId, other: MessageId, by: &Actor) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("settle twins", |tx| async move {
                let sql = "UPDATE twin SET settled = 1 WHERE settled = 0
                           AND ((message = $1 AND other = $2) OR (message = $2 AND other = $1))";
                if tx.execute(sql, &values![message, other]).await? == 0 {
                    return Err(VaultError::NoMessage(message));
                }
                let detail = json!({ "of": other });
                custody::record(&tx, today, by, Event::NoDuplicate, Some(message), detail).await?;
                Ok(())
            })
            .await
    }
}

/// Forgets a message's fingerprint and its pairs.
pub(crate) async fn forget(tx: &Tx, message: MessageId) -> Result<(), VaultError> {
    tx.execute("DELETE FROM fingerprint WHERE message = $1", &values![message]).await?;
    tx.execute("DELETE FROM twin WHERE message = $1 OR other = $1", &values![message]).await?;
    Ok(())
}

fn twin(row: &Row, at: usize) -> Result<Twin, VaultError> {
    let sense = |at| {
        let word: String = row.get(at)?;
        TwinSense::from_word(&word).ok_or_else(|| VaultError::damaged(format!("sense {word:?}")))
    };
    let verdict: String = row.get(at + 1)?;
    Ok(Twin {
        other: row.get(at)?,
        verdict: TwinVerdict::from_word(&verdict).ok_or_else(|| VaultError::damaged(format!("verdict {verdict:?}")))?,
        picture: sense(at + 2)?,
        sound: sense(at + 3)?,
    })
}
