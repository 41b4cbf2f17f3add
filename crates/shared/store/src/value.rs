//! What a statement is given.

use hamseda_core::{ArtefactId, Day, Handle, Locator, MessageId, SealedHash, SupporterId, UploadId};

/// One argument of a statement. `None` is SQL's NULL of that type (PostgreSQL wants to know which).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `INTEGER` / `BIGINT`.
    I64(Option<i64>),
    /// `TEXT`.
    Text(Option<String>),
    /// `BLOB` / `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

macro_rules! from {
    ($($type:ty => $variant:ident, $value:ident $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$variant(Some($convert))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(|$value| $convert))
            }
        }
    )*};
}

from! {
    i64 => I64, v v;
    i32 => I64, v i64::from(v);
    u32 => I64, v i64::from(v);
    u8 => I64, v i64::from(v);
    bool => I64, v i64::from(v);
    // The bit pattern: lossless, and in order for everything that fits a disk.
    u64 => I64, v v.cast_signed();
    Day => I64, v i64::from(v.0);
    &str => Text, v v.to_owned();
    String => Text, v v;
    &[u8] => Bytes, v v.to_vec();
    Vec<u8> => Bytes, v v;
    MessageId => Bytes, v v.as_bytes().to_vec();
    UploadId => Bytes, v v.as_bytes().to_vec();
    SupporterId => Bytes, v v.as_bytes().to_vec();
    SealedHash => Bytes, v v.as_bytes().to_vec();
    ArtefactId => Bytes, v v.as_bytes().to_vec();
    Locator => Bytes, v v.as_bytes().to_vec();
    Handle => Bytes, v v.as_bytes().to_vec();
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

impl<const N: usize> From<Option<[u8; N]>> for Value {
    fn from(value: Option<[u8; N]>) -> Self {
        Self::Bytes(value.map(|v| v.to_vec()))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

/// The arguments of a statement: `values![id, "stored", today]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
