//! Status records: what every sender with a code may read, written anew for all of them at once.
//!
//! The rule of time: the whole set is handed to the intake when a slot of a fixed schedule begins, whether anything
//! changed or not, and never in between. So neither a record's change nor the moment of a handing over tells anything.

use std::collections::BTreeMap;

use hamseda_core::{Day, Locator, MessageId, MessageState};
use hamseda_seal::{RecordKey, Status, StatusRecord};
use hamseda_store::{Row, Tx, values};
use hamseda_tally::{Hash, Hasher};

use crate::{Vault, VaultError};

const WHAT: &str = "records";
const HOUR: i64 = 3600;

/// One sender's record, before it is sealed.
#[derive(Debug, Clone)]
pub struct CodeRecord {
    /// Where its sender looks.
    pub locator: Locator,
    /// Under which it is sealed.
    pub key: RecordKey,
    /// What it says.
    pub record: StatusRecord,
}

/// All records, at a time when they are due.
#[derive(Debug, Clone)]
pub struct DueRecords {
    /// All of them.
    pub records: Vec<CodeRecord>,
    slot: i64,
    digest: Hash,
}

impl Vault {
    /// All records when a slot of `hours` hours has begun since they were last handed over, else `None`. With 0 hours they
    /// are due whenever they say something new: for trials, since their timing then tells of whom.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_records(&self, hours: u32) -> Result<Option<DueRecords>, VaultError> {
        let now = self.clock.now().0;
        let slot = now.div_euclid(i64::from(if hours == 0 { 24 } else { hours }) * HOUR);
        let last = self.handed_over().await?;
        if hours > 0 && last.is_some_and(|(handed, _)| handed == slot) {
            return Ok(None);
        }
        let records = self.records().await?;
        let digest = digest(&records);
        Ok((last != Some((slot, digest))).then_some(DueRecords { records, slot, digest }))
    }

    /// Notes that these records lie at the intake now, and forgets codes of messages withdrawn long ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_handed(&self, due: &DueRecords) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("records handed", |tx| async move {
                let sql = "INSERT INTO handover (what, slot, digest) VALUES ($1, $2, $3)
                           ON CONFLICT (what) DO UPDATE SET slot = excluded.slot, digest = excluded.digest";
                tx.execute(sql, &values![WHAT, due.slot, due.digest]).await?;
                let sql = "UPDATE opening SET locator = NULL, record_key = NULL WHERE until < $1";
                tx.execute(sql, &values![today]).await?;
                Ok(())
            })
            .await
    }

    /// All records as they would be written today, by locator. A code that was used for several messages has one, which
    /// tells of the newest that stands and brings the replies to all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records(&self) -> Result<Vec<CodeRecord>, VaultError> {
        let today = self.today();
        let (openings, mut replies) = self
            .db
            .read(
                "records",
                |tx| async move { Ok::<_, VaultError>((openings(&tx, today).await?, replies(&tx).await?)) },
            )
            .await?;
        let mut records: BTreeMap<Locator, (CodeRecord, Vec<(i64, String)>)> = BTreeMap::new();
        for opening in openings {
            let mine = replies.remove(&opening.message).unwrap_or_default();
            let status = Status::from(opening.state);
            let fresh = || {
                let record = StatusRecord { status, day: today, replies: Vec::new() };
                (CodeRecord { locator: opening.locator, key: opening.key.clone(), record }, Vec::new())
            };
            let (entry, said) = records.entry(opening.locator).or_insert_with(fresh);
            if status != Status::Withdrawn {
                entry.record.status = status;
            }
            said.extend(mine);
        }
        let finish = |(mut entry, mut said): (CodeRecord, Vec<(i64, String)>)| {
            said.sort_by_key(|(id, _)| *id);
            entry.record.replies = said.into_iter().map(|(_, text)| text).collect();
            entry
        };
        Ok(records.into_values().map(finish).collect())
    }

    async fn handed_over(&self) -> Result<Option<(i64, Hash)>, VaultError> {
        self.db
            .read("handed over", |tx| async move {
                let row = tx.optional("SELECT slot, digest FROM handover WHERE what = $1", &values![WHAT]).await?;
                row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
            })
            .await
    }
}

struct Opening {
    message: MessageId,
    state: MessageState,
    locator: Locator,
    key: RecordKey,
}

/// Messages with a code, in order of arrival; of those taken back, the ones whose record still says so.
async fn openings(tx: &Tx, today: Day) -> Result<Vec<Opening>, VaultError> {
    let sql = "SELECT m.id, m.state, o.locator, o.record_key FROM opening o JOIN message m ON m.id = o.message
               WHERE o.locator IS NOT NULL AND o.record_key IS NOT NULL AND (o.until IS NULL OR o.until >= $1)
               ORDER BY m.arrival";
    let read = |row: &Row| {
        let key = RecordKey::from_bytes(row.get(3)?);
        Ok(Opening { message: row.get(0)?, state: row.parse(1)?, locator: row.get(2)?, key })
    };
    tx.all(sql, &values![today]).await?.iter().map(read).collect()
}

/// Replies by message, each with its number.
async fn replies(tx: &Tx) -> Result<BTreeMap<MessageId, Vec<(i64, String)>>, VaultError> {
    let mut all: BTreeMap<MessageId, Vec<(i64, String)>> = BTreeMap::new();
    for row in tx.all("SELECT message, id, text FROM reply ORDER BY id", &[]).await? {
        all.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    Ok(all)
}

/// Tells whether records say something new. Their day is left out: it changes without anybody's doing.
fn digest(records: &[CodeRecord]) -> Hash {
    let mut hasher = Hasher::new();
    for CodeRecord { locator, record, .. } in records {
        hasher.update(locator.as_bytes());
        hasher.update(&[record.status as u8]);
        hasher.update(&(record.replies.len() as u64).to_be_bytes());
        for reply in &record.replies {
            hasher.update(&(reply.len() as u64).to_be_bytes());
            hasher.update(reply.as_bytes());
        }
    }
    hasher.finish()
}
