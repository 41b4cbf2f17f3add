//! What can go wrong below a room, with stable codes.

use std::error::Error;
use std::io;

use hamseda_core::Coded;

/// A database or blob store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no back end.
    #[error("{url:?} is no address of a {what}; write {expected}")]
    Address {
        /// As given.
        url: String,
        /// What was to be opened.
        what: &'static str,
        /// The forms that are understood.
        expected: &'static str,
    },
    /// The database can't be reached or created.
    #[error("the database can't be opened ({source}); check its path or address and that this user may write there")]
    Connect {
        /// The driver's reason.
        source: sqlx::Error,
    },
    /// The database has a step this program does not know.
    #[error("the database was made by a newer Hamseda (step {step:?}); install that version, nothing was changed")]
    Newer {
        /// The unknown step.
        step: String,
    },
    /// A step that was applied differs from the step of the same name in this program.
    #[error("step {step:?} of the database differs from this program's; restore the version that made it")]
    StepChanged {
        /// The step.
        step: String,
    },
    /// A statement failed.
    #[error("{transaction}: {source}")]
    Query {
        /// Name of the transaction.
        transaction: &'static str,
        /// The driver's reason.
        source: sqlx::Error,
    },
    /// Other transactions kept getting in the way.
    #[error("{transaction}: the database stayed busy through {attempts} attempts; try again when less is running")]
    Busy {
        /// Name of the transaction.
        transaction: &'static str,
        /// How often it ran.
        attempts: u32,
    },
    /// A statement that must return a row returned none.
    #[error("{transaction}: a row that must exist is missing; run `hamseda fsck`")]
    NoRow {
        /// Name of the transaction.
        transaction: &'static str,
    },
    /// A handle was used after its transaction ended.
    #[error("{transaction}: the transaction had already ended")]
    Ended {
        /// Name of the transaction.
        transaction: &'static str,
    },
    /// A column holds something else than the program expects.
    #[error("column {index} holds no {expected}; the database was changed by hand or is damaged: run `hamseda fsck`")]
    Column {
        /// Position in the statement, from 0.
        index: usize,
        /// The Rust type asked for.
        expected: &'static str,
    },
    /// There is no blob of that name.
    #[error("blob {key} is missing")]
    NoBlob {
        /// Its name.
        key: String,
    },
    /// A blob could not be written, read, listed or deleted.
    #[error("blob {key}: {source}; check free space and permissions")]
    Blob {
        /// Its name.
        key: String,
        /// The store's reason.
        source: object_store::Error,
    },
    /// The bytes to be stored stopped coming.
    #[error("the bytes to store stopped coming: {0}")]
    Input(#[source] std::io::Error),
}

impl StoreError {
    /// Whether the disk had no room: space, inodes or quota.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let full =
            |error: &io::Error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        match self {
            Self::Blob { source: object_store::Error::Generic { source, .. }, .. } => {
                let mut cause: Option<&(dyn Error + 'static)> = Some(&**source);
                while let Some(error) = cause {
                    if error.downcast_ref().is_some_and(full) {
                        return true;
                    }
                    cause = error.source();
                }
                false
            }
            // SQLITE_FULL; PostgreSQL's disk_full.
            Self::Query { source, .. } => {
                let code = source.as_database_error().and_then(|e| e.code());
                code.is_some_and(|code| matches!(code.as_ref(), "13" | "53100"))
            }
            Self::Input(error) => full(error),
            _ => false,
        }
    }
}

impl Coded for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "store-address",
            Self::Connect { .. } => "store-connect",
            Self::Newer { .. } => "store-newer",
            Self::StepChanged { .. } => "store-step-changed",
            Self::Query { .. } => "store-query",
            Self::Busy { .. } => "store-busy",
            Self::NoRow { .. } => "store-no-row",
            Self::Ended { .. } => "store-ended",
            Self::Column { .. } => "store-column",
            Self::NoBlob { .. } => "store-no-blob",
            Self::Blob { .. } => "store-blob",
            Self::Input(_) => "store-input",
        }
    }
}

/// Whether running the same transaction again may succeed: it lost against another one and changed nothing.
pub(crate) fn is_collision(error: &sqlx::Error) -> bool {
    let Some(code) = error.as_database_error().and_then(|e| e.code()) else { return false };
    match code.as_ref() {
        // PostgreSQL: serialization_failure, deadlock_detected.
        "40001" | "40P01" => true,
        // SQLite: SQLITE_BUSY (5), SQLITE_LOCKED (6) and their extended codes (low byte).
        code => code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6)),
    }
}
