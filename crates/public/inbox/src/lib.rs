//! What arrived at the public machine: uploads and the immutable parts they came in.
//!
//! A part is written and synced as a blob first and gets its row after that, so a byte the row counts is durable. A newer
//! request takes an upload over by raising its generation; whatever the older one still tries to append is refused.
//!
//! Refuses: to know what it holds. No address, agent, file name, media type, hash or plaintext length has a column here,
//! and no time is finer than a day. It reads content back for the desk's pull and for nothing else.

mod append;
mod error;
mod inbox;
mod lane;
mod pull;
mod removal;

pub use append::Claim;
pub use error::InboxError;
pub use inbox::{Inbox, MIGRATIONS, Upload};
pub use lane::{Admission, Budget, Lane, Quota};
