//! Numbered parts of a sealed file, in any order and by any road, until all are here.
//!
//! Every part names the SHA-256 of the whole file: that is what parts are gathered by, and what the gathered bytes must
//! have before they count as an upload. A part is taken whole or not at all.
//!
//! Refuses: a part that tells of another length, cutting or handle than the ones that are here; another payload under a
//! number that is taken.

use hamseda_core::{Day, Handle, SealedHash, TokenId};
use hamseda_store::{StoreError, Tx, values};

use crate::arrival::{Arrival, arrived, withdrawn};
use crate::inbox::spend;
use crate::usage::charge;
use crate::{Admission, Inbox, InboxError, Incoming, Lane, Quota};

/// How a sealed file was cut, as each of its parts tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// SHA-256 of the whole file.
    pub sealed: SealedHash,
    /// Its length, bytes.
    pub total: u64,
    /// How many parts.
    pub parts: u16,
    /// Length of every payload but the last, bytes.
    pub stride: u32,
}

impl Cut {
    /// Where a part's payload begins in the file.
    #[must_use]
    pub const fn offset(&self, number: u16) -> u64 {
        self.stride as u64 * number as u64
    }

    /// Length of a part's payload; 0 behind the file's end.
    #[must_use]
    pub const fn payload_len(&self, number: u16) -> u64 {
        let left = self.total.saturating_sub(self.offset(number));
        if left < self.stride as u64 { left } else { self.stride as u64 }
    }
}

/// Where a file that comes in parts stands after one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// These numbers, from 0, are still missing.
    Missing(Vec<u16>),
    /// It is whole.
    Whole(Arrival),
}

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartKept {
    /// Whether this part had not been here.
    pub new: bool,
    /// Where its file stands now.
    pub file: Gathered,
}

/// Columns of [`Set::from_row`], in its order.
const SET: &str = "SELECT handle, total, parts, stride, lane, token FROM loose_set WHERE sealed = $1";

/// A row of `loose_set`.
struct Set {
    cut: Cut,
    handle: Handle,
    lane: Lane,
    token: Option<TokenId>,
}

impl Set {
    fn from_row(sealed: SealedHash, row: &hamseda_store::Row) -> Result<Self, StoreError> {
        let parts = u16::try_from(row.get::<u32>(2)?).unwrap_or_default();
        let cut = Cut { sealed, total: row.get(1)?, parts, stride: row.get(3)? };
        let token = row.get::<Option<[u8; 32]>>(5)?.map(TokenId::from_bytes);
        Ok(Self { cut, handle: row.get(0)?, lane: Lane::from_row(row.get(4)?), token })
    }
}

/// How the transaction that keeps a part ended.
enum Step {
    /// The whole file needs nothing more.
    Settled(Arrival),
    /// Its row is written; these are missing.
    Kept(Lane, Vec<u16>),
    /// It was here before; these are missing.
    Twice(Vec<u16>),
}

impl Inbox {
    /// Keeps part `number` of a file, its payload whole; when it was the last one missing, makes the file an upload.
    ///
    /// # Errors
    /// [`InboxError::OtherCut`], [`InboxError::OtherPart`], [`InboxError::NotTheFile`] (then all its parts are gone, and
    /// have to come again), [`InboxError::Full`], [`InboxError::Store`]. Nothing of the part is kept then.
    pub async fn keep_part(
        &self,
        cut: &Cut,
        number: u16,
        mut payload: Incoming,
        admission: &Admission,
        day: Day,
    ) -> Result<PartKept, InboxError> {
        if number >= cut.parts || payload.length() != cut.payload_len(number) {
            return Err(InboxError::OtherCut);
        }
        let (length, (sum, key)) = (payload.length(), payload.finish().await?);
        let (cut, admission, quota) = (*cut, *admission, self.quota);
        let part = Brought { number, length, sum };
        let kept = self.db.run("inbox keep part", |tx| {
            let key = key.clone();
            async move { keep(&tx, &cut, &part, &key, &admission, &quota, day).await }
        });
        let step = match kept.await {
            Ok(step) => step,
            // The commit may have happened although its answer was lost: the blob stays, and the sweep judges.
            Err(unclear @ InboxError::Store(_)) => return Err(unclear),
            Err(refused) => {
                payload.lose();
                return Err(refused);
            }
        };
        let (new, left) = match step {
            Step::Kept(lane, left) => {
                self.usage.change(lane, |held| held.bytes += charge(length));
                (true, left)
            }
            Step::Twice(left) => {
                payload.lose();
                (false, left)
            }
            Step::Settled(arrival) => {
                payload.lose();
                return Ok(PartKept { new: false, file: Gathered::Whole(arrival) });
            }
        };
        drop(payload);
        Ok(PartKept { new, file: self.gathered(cut.sealed, left, day).await? })
    }

    /// The lane in which the bytes of somebody with this admission wait, before it is known whether they are kept. An invite
    /// that was used counts as none, but for the file it was used for.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn lane_of(&self, admission: &Admission, sealed: Option<SealedHash>) -> Result<Lane, InboxError> {
        let Some(used) = token(admission.token) else { return Ok(admission.lane) };
        let spent = self.db.read("inbox spent", |tx| async move {
            let spent = tx.optional("SELECT 1 FROM spent WHERE token = $1", &values![used]).await?.is_some();
            let own = "SELECT 1 FROM loose_set WHERE sealed = $1 AND token = $2";
            let own = tx.optional(own, &values![sealed.map(|s| *s.as_bytes()), used]).await?.is_some();
            Ok::<_, StoreError>(spent && !own)
        });
        Ok(if spent.await? { Lane::Ordinary } else { admission.lane })
    }

    async fn gathered(&self, sealed: SealedHash, left: Vec<u16>, day: Day) -> Result<Gathered, InboxError> {
        if left.is_empty() {
            return Ok(Gathered::Whole(self.assemble(sealed, day).await?));
        }
        Ok(Gathered::Missing(left))
    }

    /// Makes uploads of files whose parts are all here although nobody did so: the machine had stopped in between. Says
    /// how many.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn assemble_ready(&self, day: Day) -> Result<usize, InboxError> {
        let ready = self.db.read("inbox ready", |tx| async move {
            let rows = tx.all("SELECT sealed FROM loose_set WHERE received = total", &[]).await?;
            rows.iter().map(|row| row.get(0)).collect::<Result<Vec<SealedHash>, StoreError>>()
        });
        let mut made = 0;
        for sealed in ready.await? {
            match self.assemble(sealed, day).await {
                Ok(Arrival::New(_)) => made += 1,
                Ok(_) | Err(InboxError::NotTheFile) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    /// Files of which some parts are here, and how many of how many.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn unfinished(&self, sealed: SealedHash) -> Result<Option<(Cut, Vec<u16>)>, InboxError> {
        let found = self.db.read("inbox unfinished", |tx| async move {
            let Some(row) = tx.optional(SET, &values![sealed]).await? else { return Ok(None) };
            let set = Set::from_row(sealed, &row)?;
            let left = missing(&tx, &set.cut).await?;
            Ok::<_, StoreError>(Some((set.cut, left)))
        });
        Ok(found.await?)
    }
}

/// How a file stands of which nothing more is needed.
pub(crate) async fn settled(tx: &Tx, sealed: SealedHash, handle: &Handle) -> Result<Option<Arrival>, StoreError> {
    if withdrawn(tx, handle).await? {
        return Ok(Some(Arrival::Withdrawn));
    }
    Ok(arrived(tx, sealed).await?.then_some(Arrival::Known))
}

/// Finds the row of a file, or makes it; a good invite moves it to the invited lane.
async fn open_set(tx: &Tx, cut: &Cut, admission: &Admission, quota: &Quota, day: Day) -> Result<Set, InboxError> {
    if let Some(row) = tx.optional(SET, &values![cut.sealed]).await? {
        let mut set = Set::from_row(cut.sealed, &row)?;
        if set.cut != *cut || set.handle != admission.handle {
            return Err(InboxError::OtherCut);
        }
        // The same invite with every part of a file is one use.
        if set.lane == Lane::Ordinary && admission.token != set.token {
            set.lane = spend(tx, admission).await?;
            let sql = "UPDATE loose_set SET lane = $1, token = $2 WHERE sealed = $3";
            tx.execute(sql, &values![set.lane as i64, token(admission.token.or(set.token)), cut.sealed]).await?;
        }
        return Ok(set);
    }
    let (handle, lane) = (admission.handle, spend(tx, admission).await?);
    let open = tx.one("SELECT COUNT(*) FROM loose_set WHERE lane = $1", &values![lane as i64]).await?;
    if open.get::<u64>(0)? >= quota.of(lane).open_uploads {
        return Err(InboxError::Full);
    }
    let sql = "INSERT INTO loose_set (sealed, handle, total, parts, stride, day, lane, token)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (parts, token_id) = (u32::from(cut.parts), token(admission.token));
    tx.execute(sql, &values![cut.sealed, handle, cut.total, parts, cut.stride, day, lane as i64, token_id]).await?;
    Ok(Set { cut: *cut, handle, lane, token: admission.token })
}

/// As its column holds it.
pub(crate) fn token(token: Option<TokenId>) -> Option<[u8; 32]> {
    token.map(|token| *token.as_bytes())
}

/// A part as its row tells.
#[derive(Clone, Copy)]
struct Brought {
    number: u16,
    length: u64,
    sum: SealedHash,
}

async fn keep(
    tx: &Tx,
    cut: &Cut,
    part: &Brought,
    key: &str,
    admission: &Admission,
    quota: &Quota,
    day: Day,
) -> Result<Step, InboxError> {
    if let Some(arrival) = settled(tx, cut.sealed, &admission.handle).await? {
        return Ok(Step::Settled(arrival));
    }
    let set = open_set(tx, cut, admission, quota, day).await?;
    let there = "SELECT sha256 FROM loose_part WHERE sealed = $1 AND number = $2";
    if let Some(row) = tx.optional(there, &values![cut.sealed, u32::from(part.number)]).await? {
        let same = row.get::<SealedHash>(0)? == part.sum;
        return if same { Ok(Step::Twice(missing(tx, cut).await?)) } else { Err(InboxError::OtherPart) };
    }
    let add = "INSERT INTO loose_part (sealed, number, length, sha256, blob_key) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(add, &values![cut.sealed, u32::from(part.number), part.length, part.sum, key]).await?;
    let grow = "UPDATE loose_set SET received = received + $1, day = $2 WHERE sealed = $3";
    tx.execute(grow, &values![part.length, day, cut.sealed]).await?;
    Ok(Step::Kept(set.lane, missing(tx, cut).await?))
}

async fn missing(tx: &Tx, cut: &Cut) -> Result<Vec<u16>, StoreError> {
    let rows = tx.all("SELECT number FROM loose_part WHERE sealed = $1", &values![cut.sealed]).await?;
    let here: std::collections::BTreeSet<u32> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    Ok((0..cut.parts).filter(|&number| !here.contains(&number.into())).collect())
}

/// Removes the rows of a file that comes in parts, and dooms their blobs.
pub(crate) async fn drop_set(tx: &Tx, sealed: SealedHash) -> Result<(), StoreError> {
    let doom = "INSERT INTO doomed (blob_key) SELECT blob_key FROM loose_part WHERE sealed = $1";
    tx.execute(doom, &values![sealed]).await?;
    // The invite of what never became whole is good again.
    let unspend = "DELETE FROM spent WHERE token = (SELECT token FROM loose_set WHERE sealed = $1 AND lane = $2)";
    tx.execute(unspend, &values![sealed, Lane::Invited as i64]).await?;
    forget_set(tx, sealed).await
}

/// Removes the rows only: the blobs belong to an upload now.
pub(crate) async fn forget_set(tx: &Tx, sealed: SealedHash) -> Result<(), StoreError> {
    tx.execute("DELETE FROM loose_part WHERE sealed = $1", &values![sealed]).await?;
    tx.execute("DELETE FROM loose_set WHERE sealed = $1", &values![sealed]).await.map(drop)
}
