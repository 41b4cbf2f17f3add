//! Plumbing under every room that keeps data: SQL on SQLite or PostgreSQL, and blobs that are durable once written.
//!
//! - [`Db`] is a closed choice of two back ends. A verb of a room is one named transaction, retried when it collides with
//!   another, with one SQL text for both (`$1`, `RETURNING`, `ON CONFLICT`).
//! - [`Blobs`] writes whole objects, atomically, and returns only after they are on the disk.
//!
//! Refuses: to know what is stored. SQL text built at run time (a statement is a `&'static str`), values inside SQL text,
//! a half-written blob under its name, a database made by a newer program, a migration whose text changed afterwards.

mod blobs;
mod db;
mod error;
mod migrate;
mod row;
mod spool;
mod sweep;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod value;

pub use blobs::{BlobInfo, BlobStream, Blobs, Written};
pub use bytes::Bytes;
pub use db::{Backend, Db};
pub use error::StoreError;
pub use migrate::Migrations;
pub use row::{Column, Row};
pub use spool::Spool;
pub use sweep::sweep_unfinished;
pub use tx::Tx;
pub use value::Value;
