//! What a statement returns.

use hamseda_core::{ArtefactId, Day, Handle, Locator, MessageId, SealedHash, SupporterId, UploadId};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo, ValueRef};

use crate::StoreError;

/// One row, copied out of the driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Cell>);

/// One column of a [`Row`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A number.
    I64(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Row {
    /// The column at `index` (from 0), as `T`.
    ///
    /// # Errors
    /// [`StoreError::Column`] when it is missing or holds something else.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, StoreError> {
        let cell = self.0.get(index);
        cell.and_then(T::read).ok_or(StoreError::Column { index, expected: std::any::type_name::<T>() })
    }

    /// The text column at `index`, parsed.
    ///
    /// # Errors
    /// [`StoreError::Column`] when it is missing, is no text or does not parse.
    pub fn parse<T: std::str::FromStr>(&self, index: usize) -> Result<T, StoreError> {
        let expected = std::any::type_name::<T>();
        self.get::<String>(index)?.parse().map_err(|_| StoreError::Column { index, expected })
    }

    pub(crate) fn from_sqlite(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let cell = |i| {
            let raw = row.try_get_raw(i)?;
            if raw.is_null() {
                return Ok(Cell::Null);
            }
            let kind = raw.type_info();
            match kind.name() {
                "INTEGER" => Ok(Cell::I64(row.try_get(i)?)),
                "TEXT" => Ok(Cell::Text(row.try_get(i)?)),
                "BLOB" => Ok(Cell::Bytes(row.try_get(i)?)),
                other => Err(sqlx::Error::TypeNotFound { type_name: other.to_owned() }),
            }
        };
        (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn from_postgres(row: &PgRow) -> Result<Self, sqlx::Error> {
        let cell = |i| {
            let raw = row.try_get_raw(i)?;
            if raw.is_null() {
                return Ok(Cell::Null);
            }
            let kind = raw.type_info();
            match kind.name() {
                "INT8" => Ok(Cell::I64(row.try_get(i)?)),
                "INT4" => Ok(Cell::I64(row.try_get::<i32, _>(i)?.into())),
                "TEXT" => Ok(Cell::Text(row.try_get(i)?)),
                "BYTEA" => Ok(Cell::Bytes(row.try_get(i)?)),
                other => Err(sqlx::Error::TypeNotFound { type_name: other.to_owned() }),
            }
        };
        (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads a cell; `None` when it holds something else.
    fn read(cell: &Cell) -> Option<Self>;
}

macro_rules! column {
    ($($type:ty: $pattern:pat => $value:expr;)*) => {$(
        impl Column for $type {
            fn read(cell: &Cell) -> Option<Self> {
                match cell { $pattern => $value, _ => None }
            }
        }
    )*};
}

column! {
    i64: Cell::I64(v) => Some(*v);
    i32: Cell::I64(v) => i32::try_from(*v).ok();
    u64: Cell::I64(v) => Some(v.cast_unsigned());
    u32: Cell::I64(v) => u32::try_from(*v).ok();
    u8: Cell::I64(v) => u8::try_from(*v).ok();
    bool: Cell::I64(v @ (0 | 1)) => Some(*v == 1);
    Day: Cell::I64(v) => i32::try_from(*v).ok().map(Day);
    String: Cell::Text(v) => Some(v.clone());
    Vec<u8>: Cell::Bytes(v) => Some(v.clone());
    MessageId: Cell::Bytes(v) => Self::from_slice(v).ok();
    UploadId: Cell::Bytes(v) => Self::from_slice(v).ok();
    SupporterId: Cell::Bytes(v) => Self::from_slice(v).ok();
    SealedHash: Cell::Bytes(v) => Self::from_slice(v).ok();
    ArtefactId: Cell::Bytes(v) => Self::from_slice(v).ok();
    Locator: Cell::Bytes(v) => Self::from_slice(v).ok();
    Handle: Cell::Bytes(v) => Self::from_slice(v).ok();
}

impl<const N: usize> Column for [u8; N] {
    fn read(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Bytes(v) => v.as_slice().try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::read(cell).map(Some),
        }
    }
}
