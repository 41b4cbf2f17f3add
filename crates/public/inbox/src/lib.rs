//! What arrived at the public machine: uploads and the immutable parts they came in.
//!
//! A part is written and synced as a blob first and gets its row after that, so a byte the row counts is durable. A newer
//! request takes an upload over by raising its generation; whatever the older one still tries to append is refused.
//! Uninvited uploads live in a quarantine with a budget of its own; what is full there is not full for the invited. Every
//! night what came is written anew in an order that is drawn.
//!
//! Refuses: to know what it holds. No address, agent, file name, media type, hash or plaintext length has a column here,
//! and no time is finer than a day. It reads content back for the desk's pull and for nothing else.

mod append;
mod error;
mod inbox;
mod lane;
mod ledger;
mod part;
mod pull;
mod removal;
mod repack;
mod usage;

pub use append::Claim;
pub use error::InboxError;
pub use inbox::{DEFERRED, Inbox, MIGRATIONS, Upload};
pub use lane::{Admission, Budget, Lane, Quota};
pub use part::Part;
