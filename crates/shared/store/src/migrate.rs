//! Bringing a database's tables up to date, step by step, each once.

use crate::db::Mode;
use crate::{Backend, Db, StoreError, Tx, values};

/// A room's tables: named steps in order, one list a back end. A step that was released is never edited.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// Steps for SQLite: name and SQL.
    pub sqlite: &'static [(&'static str, &'static str)],
    /// Steps for PostgreSQL: the same names.
    pub postgres: &'static [(&'static str, &'static str)],
}

impl Migrations {
    /// Applies what is missing in one transaction; refuses a database that has other steps.
    pub(crate) async fn apply(&self, db: &Db) -> Result<(), StoreError> {
        let steps = match db.backend() {
            Backend::Sqlite => self.sqlite,
            Backend::Postgres => self.postgres,
        };
        db.transaction("migrate", Mode::Tables, |tx| async move { apply(&tx, steps).await }).await
    }
}

async fn apply(tx: &Tx, steps: &[(&'static str, &'static str)]) -> Result<(), StoreError> {
    if tx.backend() == Backend::Postgres {
        // SQLite allows one writer anyway; here two processes would create the same tables. "hamseda" in ASCII.
        tx.execute("SELECT pg_advisory_xact_lock(29380520293262433)", &[]).await?;
    }
    // The text itself is kept: it shows how a backup was made, and that nobody edited a step afterwards.
    tx.script("CREATE TABLE IF NOT EXISTS step (position BIGINT PRIMARY KEY, name TEXT NOT NULL, sql TEXT NOT NULL)")
        .await?;
    let done = tx.all("SELECT name, sql FROM step ORDER BY position", &[]).await?;
    for (position, row) in done.iter().enumerate() {
        let step: String = row.get(0)?;
        match steps.get(position) {
            None => return Err(StoreError::Newer { step }),
            Some((name, sql)) if *name == step && *sql == row.get::<String>(1)? => {}
            Some(_) => return Err(StoreError::StepChanged { step }),
        }
    }
    for (position, (name, sql)) in steps.iter().enumerate().skip(done.len()) {
        tx.script(sql).await?;
        let row = values![position as u64, *name, *sql];
        tx.execute("INSERT INTO step (position, name, sql) VALUES ($1, $2, $3)", &row).await?;
        tracing::info!(name, "database step applied");
    }
    Ok(())
}
