//! The one queue through which uploads change: many changes share one transaction and one wait for the disk.
//!
//! The invited lane's changes go into a batch first. Each change is refused or done by itself; when the transaction fails,
//! none of them happened, or nobody knows.

use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Day, UploadId};
use hamseda_store::{Blobs, Db, StoreError, Tx, values};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::inbox::{find, spend};
use crate::part::PARTS;
use crate::usage::{Usage, charge};
use crate::{Admission, DEFERRED, InboxError, Lane, Quota, Upload};

/// Parts an upload may always have, however short it is: a line may be cut that often.
const PARTS_FREE: u64 = 1024;
/// Beyond that, one part for so many bytes of declared length.
const PART_BYTES_LEAST: u64 = 64 * 1024;
/// Changes that wait for their batch; more make their requests wait.
const WAITING: usize = 1024;
/// Most changes of the ordinary lane in one batch: the invited wait for no longer one.
const BATCH: usize = 128;
/// And while invited uploads change, of which each change waits for the batch before it.
const NARROW_BATCH: usize = 8;
/// For so long after an invited change.
const RECENTLY: Duration = Duration::from_millis(100);
/// Other processes may write to the same database: figures are no older than this.
const RECOUNT: Duration = Duration::from_secs(60);

/// One change.
#[derive(Debug)]
pub(crate) enum Change {
    Create {
        id: UploadId,
        length: u64,
        day: Day,
        admission: Admission,
    },
    Claim {
        id: UploadId,
        offset: u64,
    },
    Declare {
        id: UploadId,
        length: u64,
    },
    Count {
        upload: Upload,
        generation: i64,
        parts: Vec<(String, u64)>,
    },
    /// Nothing; but somebody found no room, and may after what was removed is no longer counted.
    Recount,
}

/// What it led to: where the upload stands, and its generation.
type Answer = Result<(Upload, i64), InboxError>;

#[derive(Debug)]
struct Job {
    change: Change,
    reply: oneshot::Sender<Answer>,
}

/// The queue's entrance. Clones are the same queue; it ends with the last of them.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    lanes: [mpsc::Sender<Job>; 2],
}

impl Ledger {
    pub(crate) fn start(db: Db, blobs: Blobs, quota: Quota, usage: Arc<Usage>) -> Self {
        let (ordinary, ordinary_jobs) = mpsc::channel(WAITING);
        let (invited, invited_jobs) = mpsc::channel(WAITING);
        let keeper = Keeper { db, blobs, quota, usage, counted: None, invited: None };
        tokio::spawn(keeper.run(ordinary_jobs, invited_jobs));
        Self { lanes: [ordinary, invited] }
    }

    /// Does one change with the next batch.
    pub(crate) async fn apply(&self, lane: Lane, change: Change) -> Answer {
        let (reply, answer) = oneshot::channel();
        let sent = self.lanes[lane.index()].send(Job { change, reply }).await;
        sent.map_err(|_| InboxError::Stopped)?;
        answer.await.unwrap_or(Err(InboxError::Stopped))
    }

    /// Counts afresh what is held, if something was removed.
    pub(crate) async fn recount(&self, lane: Lane) {
        // It changes no upload, so its answer tells of none.
        let _ = self.apply(lane, Change::Recount).await;
    }
}

/// Who keeps the books.
struct Keeper {
    db: Db,
    blobs: Blobs,
    quota: Quota,
    usage: Arc<Usage>,
    counted: Option<Instant>,
    /// When the last invited change came.
    invited: Option<Instant>,
}

impl Keeper {
    async fn run(mut self, mut ordinary: mpsc::Receiver<Job>, mut invited: mpsc::Receiver<Job>) {
        loop {
            let first = tokio::select! {
                biased;
                Some(job) = invited.recv() => (Lane::Invited, job),
                Some(job) = ordinary.recv() => (Lane::Ordinary, job),
                else => return,
            };
            let (mut moves, mut jobs) = (first.0 == Lane::Invited, vec![first.1]);
            while let Ok(job) = invited.try_recv() {
                moves = true;
                jobs.push(job);
            }
            if moves {
                self.invited = Some(Instant::now());
            }
            while jobs.len() < self.most()
                && let Ok(job) = ordinary.try_recv()
            {
                jobs.push(job);
            }
            self.batch(jobs).await;
        }
    }

    /// Most changes of one batch, as far as the ordinary lane adds to it.
    fn most(&self) -> usize {
        if self.invited.is_some_and(|at| at.elapsed() < RECENTLY) { NARROW_BATCH } else { BATCH }
    }

    async fn batch(&mut self, jobs: Vec<Job>) {
        let (changes, replies): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.change, job.reply)).unzip();
        let answers = match self.commit(Arc::new(changes)).await {
            Ok(answers) => answers,
            Err(error) => {
                // Whatever was remembered may be wrong now.
                self.counted = None;
                let error = Arc::new(error);
                replies.iter().map(|_| Err(InboxError::Batch(error.clone()))).collect()
            }
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Nobody is left to tell when the request was given up.
            let _ = reply.send(answer);
        }
    }

    async fn commit(&mut self, changes: Arc<Vec<Change>>) -> Result<Vec<Answer>, StoreError> {
        if changes.iter().any(|change| matches!(change, Change::Count { .. })) {
            self.blobs.sync_folder(PARTS).await?;
        }
        let recount = self.must_recount(&changes);
        let (quota, usage) = (self.quota, self.usage.clone());
        let committed = self.db.run("inbox ledger", |tx| {
            let (changes, usage) = (changes.clone(), usage.clone());
            async move {
                if recount {
                    usage.recount(&tx).await?;
                }
                let mut page = Page { tx, quota, usage, open: [0; 2], bytes: [0; 2] };
                let mut answers = Vec::with_capacity(changes.len());
                for change in changes.iter() {
                    match page.write(change).await {
                        Err(InboxError::Store(error)) => return Err(error),
                        answer => answers.push(answer),
                    }
                }
                Ok((answers, page.open, page.bytes))
            }
        });
        let (answers, open, bytes) = committed.await?;
        if recount {
            self.counted = Some(Instant::now());
        }
        for lane in Lane::ALL {
            self.usage.change(lane, |held| {
                held.open = held.open.saturating_add_signed(open[lane.index()]);
                held.bytes += bytes[lane.index()];
            });
        }
        Ok(answers)
    }

    /// At first, once a minute, and before anybody is refused on account of what may be gone by now.
    fn must_recount(&self, changes: &[Change]) -> bool {
        let full = |lane: Lane| {
            let (held, budget) = (self.usage.of(lane), self.quota.of(lane));
            held.open >= budget.open_uploads || held.bytes >= budget.bytes
        };
        self.counted.is_none_or(|at| at.elapsed() > RECOUNT)
            || self.usage.is_stale()
                && (Lane::ALL.into_iter().any(full) || changes.iter().any(|c| matches!(c, Change::Recount)))
    }
}

/// What one batch changes so far.
struct Page {
    tx: Tx,
    quota: Quota,
    usage: Arc<Usage>,
    open: [i64; 2],
    bytes: [u64; 2],
}

impl Page {
    async fn write(&mut self, change: &Change) -> Answer {
        match change {
            Change::Create { id, length, day, admission } => self.create(*id, *length, *day, admission).await,
            Change::Claim { id, offset } => self.claim(*id, *offset).await,
            Change::Declare { id, length } => self.declare(*id, *length).await,
            Change::Count { upload, generation, parts } => self.count(*upload, *generation, parts).await,
            Change::Recount => Err(InboxError::Unknown),
        }
    }

    fn open(&self, lane: Lane) -> u64 {
        self.usage.of(lane).open.saturating_add_signed(self.open[lane.index()])
    }

    /// Whether there is no room left at all. What is declared but never sent takes none: declaring costs nothing.
    fn full(&self, lane: Lane) -> bool {
        self.usage.of(lane).bytes + self.bytes[lane.index()] >= self.quota.of(lane).bytes
    }

    async fn create(&mut self, id: UploadId, length: u64, day: Day, admission: &Admission) -> Answer {
        let lane = spend(&self.tx, admission).await?;
        if self.full(lane) || self.open(lane) >= self.quota.of(lane).open_uploads {
            return Err(InboxError::Full);
        }
        let Admission { handle, token, .. } = *admission;
        let row = values![id, length, day, handle, lane as i64, token.map(|t| *t.as_bytes())];
        let sql = "INSERT INTO upload (id, length, day, handle, lane, token) VALUES ($1, $2, $3, $4, $5, $6)";
        self.tx.execute(sql, &row).await?;
        self.open[lane.index()] += i64::from(length > 0);
        Ok((Upload { id, length, received: 0, day, lane, token }, 0))
    }

    async fn claim(&self, id: UploadId, offset: u64) -> Answer {
        let upload = find(&self.tx, id).await?;
        if upload.received != offset {
            return Err(InboxError::Offset { expected: upload.received });
        }
        if !upload.complete() && self.full(upload.lane) {
            return Err(InboxError::Full);
        }
        let parts = self.tx.one("SELECT COUNT(*) FROM part WHERE upload = $1", &values![id]).await?;
        if parts.get::<u64>(0)? >= PARTS_FREE + upload.length / PART_BYTES_LEAST {
            return Err(InboxError::TooManyParts);
        }
        let raise = "UPDATE upload SET generation = generation + 1 WHERE id = $1 RETURNING generation";
        let generation = self.tx.one(raise, &values![id]).await?.get(0)?;
        Ok((upload, generation))
    }

    async fn declare(&self, id: UploadId, length: u64) -> Answer {
        let mut upload = find(&self.tx, id).await?;
        if upload.length != DEFERRED || length < upload.received {
            return Err(InboxError::TooLong);
        }
        self.tx.execute("UPDATE upload SET length = $2 WHERE id = $1", &values![id, length]).await?;
        upload.length = length;
        Ok((upload, 0))
    }

    async fn count(&mut self, upload: Upload, generation: i64, parts: &[(String, u64)]) -> Answer {
        let Upload { id, received, lane, .. } = upload;
        let more: u64 = parts.iter().map(|(_, length)| length).sum();
        let grow = "UPDATE upload SET received = received + $1
                    WHERE id = $2 AND generation = $3 AND received = $4 RETURNING length";
        let Some(row) = self.tx.optional(grow, &values![more, id, generation, received]).await? else {
            find(&self.tx, id).await?;
            return Err(InboxError::Taken);
        };
        let mut at = received;
        for (key, length) in parts {
            let add = "INSERT INTO part (upload, start, length, blob_key) VALUES ($1, $2, $3, $4)";
            self.tx.execute(add, &values![id, at, *length, key]).await?;
            at += length;
            self.bytes[lane.index()] += charge(*length);
        }
        let upload = Upload { received: at, length: row.get(0)?, ..upload };
        self.open[lane.index()] -= i64::from(upload.complete());
        Ok((upload, generation))
    }
}
