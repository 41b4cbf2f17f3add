//! Work that is waiting, and leases on it. A worker that dies loses its lease and the job runs again; doing so costs
//! little, because finished results are content-addressed.

use hamseda_core::{JobId, MessageId, SealedHash};
use hamseda_store::{Backend, Row, Tx, values};

use crate::words::words;
use crate::{Actor, Vault, VaultError, prepare, random};

/// A job that reports this many failures is given up.
const MAX_FAILURES: u32 = 5;
/// A job that was leased this often without any report is given up: it takes its workers with it.
const MAX_LEASES: u32 = 64;

words! {
    /// What is to be done.
    JobKind;
    /// Open a stored message and make its protected master.
    Prepare "prepare";
}

/// The right to do a job until the lease ends. Only [`Vault::lease`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// To which message.
    pub message: MessageId,
    /// Hash of its sealed file.
    pub sealed: SealedHash,
    /// Who does it.
    pub worker: String,
    pub(crate) token: [u8; 16],
}

/// What became of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// It waits for another attempt.
    WillRetry,
    /// It failed too often: the message is unreadable.
    GivenUp,
}

/// Adds a job in the transaction that causes it.
pub(crate) async fn queue(tx: &Tx, kind: JobKind, message: MessageId) -> Result<(), VaultError> {
    tx.execute(
        "INSERT INTO job (kind, message, open, expires, leases, failures) VALUES ($1, $2, 1, 0, 0, 0)",
        &values![kind.as_str(), message],
    )
    .await?;
    Ok(())
}

/// Closes a leased job, or refuses: somebody else has it.
pub(crate) async fn finish(tx: &Tx, lease: &Lease) -> Result<(), VaultError> {
    let closed = tx
        .execute(
            "UPDATE job SET open = 0, expires = 0, worker = NULL, token = NULL WHERE id = $1 AND open = 1 AND token = $2",
            &values![lease.job.0, lease.token],
        )
        .await?;
    if closed == 1 { Ok(()) } else { Err(VaultError::LeaseLost(lease.job)) }
}

/// Closes whatever is open for a message that needs no more work.
pub(crate) async fn cancel(tx: &Tx, message: MessageId) -> Result<(), VaultError> {
    let sql = "UPDATE job SET open = 0, expires = 0, worker = NULL, token = NULL WHERE message = $1 AND open = 1";
    tx.execute(sql, &values![message]).await?;
    Ok(())
}

impl Vault {
    /// Takes the oldest free job for `ttl_secs` seconds, if there is one. Two workers never get the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease(&self, worker: &str, ttl_secs: u32) -> Result<Option<Lease>, VaultError> {
        let (token, now, today) = (random::<16>(), self.clock.now().0, self.today());
        self.db
            .run("lease", |tx| async move {
                loop {
                    let row = values![now, now + i64::from(ttl_secs), worker, token];
                    let Some(row) = tx.optional(take_sql(tx.backend()), &row).await? else { return Ok(None) };
                    let (lease, leases) = taken(&tx, &row, worker, token).await?;
                    if leases <= MAX_LEASES {
                        return Ok(Some(lease));
                    }
                    let reason = format!("{MAX_LEASES} attempts ended without a word from the worker");
                    finish(&tx, &lease).await?;
                    prepare::mark_unreadable(&tx, today, &lease, "job-given-up", &reason).await?;
                }
            })
            .await
    }

    /// Extends a lease to `ttl_secs` seconds from now.
    ///
    /// # Errors
    /// [`VaultError::LeaseLost`] when it ended and somebody else has the job.
    pub async fn renew(&self, lease: &Lease, ttl_secs: u32) -> Result<(), VaultError> {
        let expires = self.clock.now().0 + i64::from(ttl_secs);
        let held = self
            .db
            .run("renew", |tx| async move {
                let sql = "UPDATE job SET expires = $1 WHERE id = $2 AND open = 1 AND token = $3";
                tx.execute(sql, &values![expires, lease.job.0, lease.token]).await
            })
            .await?;
        if held == 1 { Ok(()) } else { Err(VaultError::LeaseLost(lease.job)) }
    }

    /// Gives a job back because of trouble that may pass (a full disk, a killed tool). After a few times it is given up.
    ///
    /// # Errors
    /// [`VaultError::LeaseLost`] when somebody else has the job.
    pub async fn fail(&self, lease: &Lease, code: &str, why: &str) -> Result<Failed, VaultError> {
        let today = self.today();
        self.db
            .run("fail", |tx| async move {
                let sql = "UPDATE job SET expires = 0, worker = NULL, failures = failures + 1
                           WHERE id = $1 AND open = 1 AND token = $2 RETURNING failures";
                let row = tx.optional(sql, &values![lease.job.0, lease.token]).await?;
                let failures: u32 = row.ok_or(VaultError::LeaseLost(lease.job))?.get(0)?;
                if failures >= MAX_FAILURES {
                    finish(&tx, lease).await?;
                    prepare::mark_unreadable(&tx, today, lease, code, why).await?;
                    return Ok(Failed::GivenUp);
                }
                let sql = "UPDATE job SET token = NULL WHERE id = $1";
                tx.execute(sql, &values![lease.job.0]).await?;
                Ok(Failed::WillRetry)
            })
            .await
    }

    /// Frees the leases that an earlier process of this name left when it died, and removes unfinished files of days ago. A
    /// worker calls it when it starts; names are therefore one process each.
    ///
    /// # Errors
    /// When the database or the folder fails.
    pub async fn worker_started(&self, worker: &str) -> Result<u64, VaultError> {
        self.sweep_scratch().await?;
        self.remove_leftovers().await?;
        self.blobs.sweep_unfinished(self.clock.now()).await?;
        self.db
            .run("worker started", |tx| async move {
                let sql = "UPDATE job SET expires = 0, worker = NULL, token = NULL WHERE worker = $1 AND open = 1";
                Ok(tx.execute(sql, &values![worker]).await?)
            })
            .await
    }
}

/// The one statement that differs: on PostgreSQL other workers pass by a row that is being taken; SQLite has one writer.
const fn take_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "UPDATE job SET expires = $2, worker = $3, token = $4, leases = leases + 1
             WHERE id = (SELECT id FROM job WHERE open = 1 AND expires <= $1 ORDER BY id LIMIT 1)
             RETURNING id, kind, message, leases"
        }
        Backend::Postgres => {
            "UPDATE job SET expires = $2, worker = $3, token = $4, leases = leases + 1
             WHERE id = (SELECT id FROM job WHERE open = 1 AND expires <= $1 ORDER BY id LIMIT 1
                         FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, message, leases"
        }
    }
}

async fn taken(tx: &Tx, row: &Row, worker: &str, token: [u8; 16]) -> Result<(Lease, u32), VaultError> {
    let kind: String = row.get(1)?;
    let kind = JobKind::from_word(&kind).ok_or_else(|| VaultError::damaged(format!("job of kind {kind:?}")))?;
    let message: MessageId = row.get(2)?;
    let sealed = tx.one("SELECT sealed FROM message WHERE id = $1", &values![message]).await?.get(0)?;
    let lease = Lease { job: JobId(row.get(0)?), kind, message, sealed, worker: worker.to_owned(), token };
    Ok((lease, row.get(3)?))
}

impl Lease {
    pub(crate) fn actor(&self) -> Actor {
        Actor::Worker(self.worker.clone())
    }
}
