//! Fingerprints: which messages may be copies of one another.
//!
//! Three steps that trust each other less and less. [`Index::propose`] finds messages that look or sound alike, fast and
//! generously; [`compare`] lays their motion and sound over one another in time; a person decides. The second step exists
//! because hashes of pictures merge what must never be merged: two messages of one person in one room.
//!
//! Pure: no file, no process, no clock. Refuses to decide, and to read bytes that it did not write.

mod align;
mod border;
mod compare;
mod fft;
mod index;
mod inset;
mod maker;
mod moments;
mod motion;
mod pdq;
mod print;
mod small;
mod sound;

pub use compare::{Opinion, Sense, Verdict, compare};
pub use index::{Index, Proposal};
pub use maker::Maker;
pub use pdq::Hash;
pub use print::{Fingerprint, MAX_BYTES, ParseError};
pub use small::Area;
