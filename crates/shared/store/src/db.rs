//! The two back ends and the transactions on them.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use hamseda_core::{OsRandom, Random};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, PgPool, SqlitePool};

use crate::error::is_collision;
use crate::tx::{Attempt, Open};
use crate::{Migrations, StoreError, Tx};

/// How long a statement on SQLite waits for another process's write before it counts as a collision.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a verb waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(120);
/// How often a transaction runs before it gives up.
const ATTEMPTS: u32 = 100;
/// The longest pause between two attempts, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 64;

/// Which database is underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file; one machine.
    Sqlite,
    /// A server; any number of machines.
    Postgres,
}

/// A database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Db(Pools);

#[derive(Debug, Clone)]
enum Pools {
    /// One connection writes, a few read. Other processes do the same on the same file.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Read,
    Write,
    /// Changing tables: begins with a lock, so that it sees what the one before it did.
    Tables,
}

impl Db {
    /// Opens `sqlite:PATH` (created when missing) or `postgres://…` and brings its tables up to date. Any number of
    /// processes may do so at once.
    ///
    /// # Errors
    /// When the address is not understood, the database can't be opened, or was made by a newer program.
    pub async fn connect(url: &str, migrations: &Migrations) -> Result<Self, StoreError> {
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await?
        } else {
            // A PostgreSQL address may hold a password: only what was certainly none is repeated.
            let scheme = url.split(':').next().unwrap_or_default().to_owned();
            let expected = "sqlite:PATH or postgres://USER@HOST/NAME";
            return Err(StoreError::Address { url: scheme, what: "database", expected });
        };
        let db = Self(pools);
        migrations.apply(&db).await?;
        Ok(db)
    }

    /// The back end.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self.0 {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// Runs `body` as one transaction: all of it is durable when this returns `Ok`, nothing of it happened otherwise.
    ///
    /// Transactions are serialisable, so `body` may read, decide and write as if it were alone. When it collides with
    /// another it is run again: it must have no effects of its own outside the database.
    ///
    /// # Errors
    /// What `body` returns; [`StoreError::Busy`] when it kept colliding.
    pub async fn run<T, E, F, Fut>(&self, name: &'static str, body: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.transaction(name, Mode::Write, body).await
    }

    /// Runs `body` on one snapshot of the database; it can't write.
    ///
    /// # Errors
    /// What `body` returns.
    pub async fn read<T, E, F, Fut>(&self, name: &'static str, body: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.transaction(name, Mode::Read, body).await
    }

    pub(crate) async fn transaction<T, E, F, Fut>(&self, name: &'static str, mode: Mode, body: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        for attempt in 1..=ATTEMPTS {
            match self.begin(name, mode).await {
                Ok(tx) => {
                    let result = body(tx.clone()).await;
                    if let Attempt::Done(result) = tx.finish(result).await {
                        return result;
                    }
                }
                Err(error) if is_collision(&error) => {}
                Err(source) => return Err(StoreError::Query { transaction: name, source }.into()),
            }
            tracing::debug!(name, attempt, "transaction collided");
            pause(attempt).await;
        }
        Err(StoreError::Busy { transaction: name, attempts: ATTEMPTS }.into())
    }

    async fn begin(&self, name: &'static str, mode: Mode) -> Result<Tx, sqlx::Error> {
        let open = match (&self.0, mode) {
            (Pools::Sqlite { writer, .. }, Mode::Write | Mode::Tables) => {
                Open::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            (Pools::Sqlite { readers, .. }, Mode::Read) => Open::Sqlite(readers.begin_with("BEGIN").await?),
            (Pools::Postgres(pool), Mode::Write) => {
                Open::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await?)
            }
            (Pools::Postgres(pool), Mode::Read) => {
                Open::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
            (Pools::Postgres(pool), Mode::Tables) => {
                Open::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?)
            }
        };
        Ok(Tx::new(name, open))
    }

    /// Writes the database anew, so that its file does not tell in which order rows came or what was deleted. Does
    /// nothing on PostgreSQL, whose operator has `VACUUM FULL`.
    ///
    /// # Errors
    /// [`StoreError::Query`] with the driver's reason.
    pub async fn rewrite(&self) -> Result<(), StoreError> {
        let Pools::Sqlite { writer, .. } = &self.0 else { return Ok(()) };
        let failed = |source| StoreError::Query { transaction: "rewrite", source };
        let mut connection = writer.acquire().await.map_err(failed)?;
        // The checkpoint moves the write-ahead log, the order of the last changes, into the file and empties it. It needs
        // a moment without readers, and nobody who writes waits long for that: the next night has another try.
        let steps = ["VACUUM", "PRAGMA busy_timeout = 500", "PRAGMA wal_checkpoint(TRUNCATE)"];
        let mut done = Ok(());
        for sql in steps {
            done = sqlx::raw_sql(sql).execute(&mut *connection).await.map(drop);
            if done.is_err() {
                break;
            }
        }
        sqlx::raw_sql("PRAGMA busy_timeout = 30000").execute(&mut *connection).await.map_err(failed)?;
        done.map_err(failed)?;
        Ok(())
    }

    /// Moves what was deleted out of the database's files: SQLite overwrites deleted bytes in its pages, but older pages lie
    /// in the write-ahead log until it is emptied. Waits for readers for a while; what is left then goes with the next call.
    /// Does nothing on PostgreSQL, which overwrites nothing: its operator has `VACUUM FULL` and short-lived WAL segments.
    ///
    /// # Errors
    /// [`StoreError::Query`] with the driver's reason.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        let Pools::Sqlite { writer, .. } = &self.0 else { return Ok(()) };
        let failed = |source| StoreError::Query { transaction: "scrub", source };
        // Each waits for readers itself.
        for attempt in 1..=3 {
            match sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if is_collision(&error) => {}
                Err(source) => return Err(failed(source)),
            }
            pause(attempt).await;
        }
        tracing::warn!("a reader kept deleted bytes in the write-ahead log; they go with the next scrub");
        Ok(())
    }

    /// Closes every connection. A database that is merely dropped is closed too, but later.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: a commit returns after its bytes are on the disk, also in WAL mode.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // What is deleted (a withdrawn message's key) is overwritten in the file.
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging();
    let connect = |source| StoreError::Connect { source };
    // A full disk makes SQLite end a transaction by itself; the driver goes on counting it as open, and refuses every later
    // one on that connection. Such a connection is closed, and a new one takes its place.
    let pool = || {
        let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
        pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
    };
    let writer = pool().max_connections(1).connect_with(options.clone()).await.map_err(connect)?;
    let readers = pool().max_connections(4).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Pools::Sqlite { writer, readers })
}

async fn open_postgres(url: &str) -> Result<Pools, StoreError> {
    let connect = |source| StoreError::Connect { source };
    let options = url.parse::<PgConnectOptions>().map_err(connect)?.disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(8).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(Pools::Postgres(pool.connect_with(options).await.map_err(connect)?))
}

/// Waits a random while, longer after each attempt, so that two transactions do not collide in step.
async fn pause(attempt: u32) {
    let longest = 1u64.checked_shl(attempt).unwrap_or(LONGEST_PAUSE_MS).min(LONGEST_PAUSE_MS);
    let mut random = [0; 8];
    OsRandom.fill(&mut random);
    tokio::time::sleep(Duration::from_micros(u64::from_le_bytes(random) % (longest * 1000))).await;
}
