//! A running transaction: the only way to reach the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::Mutex;

use crate::error::is_collision;
use crate::{Backend, Row, StoreError, Value};

/// Handle on a running transaction. Clones share it; a handle kept beyond its end only gets [`StoreError::Ended`].
///
/// It is handed out by value, not by `&mut`: a future that borrows its argument can't yet be known to be `Send`.
#[derive(Clone)]
pub struct Tx {
    name: &'static str,
    backend: Backend,
    open: Arc<Mutex<Option<Open>>>,
    collided: Arc<AtomicBool>,
}

pub(crate) enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// How an attempt ended.
pub(crate) enum Attempt<T> {
    Done(T),
    Collided,
}

impl Tx {
    pub(crate) fn new(name: &'static str, open: Open) -> Self {
        let backend = match open {
            Open::Sqlite(_) => Backend::Sqlite,
            Open::Postgres(_) => Backend::Postgres,
        };
        Self { name, backend, open: Arc::new(Mutex::new(Some(open))), collided: Arc::default() }
    }

    /// The back end, for the rare statement that must differ (a lease).
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs a statement; returns how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Query`] with the driver's reason.
    pub async fn execute(&self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        let mut open = self.open.lock().await;
        let result = match self.running(&mut open)? {
            Open::Sqlite(tx) => bind_sqlite(sql, values).execute(&mut **tx).await.map(|r| r.rows_affected()),
            Open::Postgres(tx) => bind_postgres(sql, values).execute(&mut **tx).await.map(|r| r.rows_affected()),
        };
        result.map_err(|e| self.failed(e))
    }

    /// All rows a statement returns.
    ///
    /// # Errors
    /// [`StoreError::Query`] with the driver's reason.
    pub async fn all(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut open = self.open.lock().await;
        let rows = match self.running(&mut open)? {
            Open::Sqlite(tx) => (bind_sqlite(sql, values).fetch_all(&mut **tx).await)
                .and_then(|rows| rows.iter().map(Row::from_sqlite).collect()),
            Open::Postgres(tx) => (bind_postgres(sql, values).fetch_all(&mut **tx).await)
                .and_then(|rows| rows.iter().map(Row::from_postgres).collect()),
        };
        rows.map_err(|e| self.failed(e))
    }

    /// The first row a statement returns, if it returns one.
    ///
    /// # Errors
    /// [`StoreError::Query`] with the driver's reason.
    pub async fn optional(&self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// The first row a statement returns.
    ///
    /// # Errors
    /// [`StoreError::NoRow`] when there is none; [`StoreError::Query`] with the driver's reason.
    pub async fn one(&self, sql: &'static str, values: &[Value]) -> Result<Row, StoreError> {
        self.optional(sql, values).await?.ok_or(StoreError::NoRow { transaction: self.name })
    }

    /// Runs a whole script without arguments (a migration).
    pub(crate) async fn script(&self, sql: &'static str) -> Result<(), StoreError> {
        let mut open = self.open.lock().await;
        let result = match self.running(&mut open)? {
            Open::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Open::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
        };
        result.map_err(|e| self.failed(e))
    }

    /// Commits when the body succeeded, rolls back otherwise; a collision anywhere means: nothing happened, run again.
    pub(crate) async fn finish<T, E: From<StoreError>>(self, result: Result<T, E>) -> Attempt<Result<T, E>> {
        let Some(open) = self.open.lock().await.take() else {
            return Attempt::Done(Err(StoreError::Ended { transaction: self.name }.into()));
        };
        let collided = || self.collided.load(Ordering::Relaxed);
        if result.is_err() || collided() {
            // A rollback that fails leaves a connection that the pool closes before anybody gets it: nothing was committed.
            let _ = match open {
                Open::Sqlite(tx) => tx.rollback().await,
                Open::Postgres(tx) => tx.rollback().await,
            };
            return if collided() { Attempt::Collided } else { Attempt::Done(result) };
        }
        let committed = match open {
            Open::Sqlite(tx) => tx.commit().await,
            Open::Postgres(tx) => tx.commit().await,
        };
        match committed {
            Ok(()) => Attempt::Done(result),
            Err(error) if is_collision(&error) => Attempt::Collided,
            Err(source) => Attempt::Done(Err(StoreError::Query { transaction: self.name, source }.into())),
        }
    }

    fn running<'a>(&self, open: &'a mut Option<Open>) -> Result<&'a mut Open, StoreError> {
        open.as_mut().ok_or(StoreError::Ended { transaction: self.name })
    }

    fn failed(&self, source: sqlx::Error) -> StoreError {
        if is_collision(&source) {
            self.collided.store(true, Ordering::Relaxed);
        }
        StoreError::Query { transaction: self.name, source }
    }
}

fn bind_sqlite(sql: &'static str, values: &[Value]) -> Query<'static, Sqlite, SqliteArguments> {
    values.iter().cloned().fold(sqlx::query(sql), |query, value| match value {
        Value::I64(v) => query.bind(v),
        Value::Text(v) => query.bind(v),
        Value::Bytes(v) => query.bind(v),
    })
}

fn bind_postgres(sql: &'static str, values: &[Value]) -> Query<'static, Postgres, PgArguments> {
    values.iter().cloned().fold(sqlx::query(sql), |query, value| match value {
        Value::I64(v) => query.bind(v),
        Value::Text(v) => query.bind(v),
        Value::Bytes(v) => query.bind(v),
    })
}
