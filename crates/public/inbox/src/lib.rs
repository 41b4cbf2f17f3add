//! What arrived at the public machine: uploads and the immutable parts they came in.
//!
//! A part is written and synced as a blob first and gets its row after that, so a byte the row counts is durable. A newer
//! request takes an upload over by raising its generation; whatever the older one still tries to append is refused.
//! Uninvited uploads live in a quarantine with a budget of its own; what is full there is not full for the invited. Every
//! night what came is written anew in an order that is drawn.
//!
//! What comes by form or stick comes whole or in numbered parts, is gathered by the SHA-256 of the sealed file, and becomes an
//! upload once all of it is here. Beside uploads lie status records, withdrawals and letters.
//!
//! Refuses: to know what it holds. No address, agent, file name, media type, hash of a clip or plaintext length has a column
//! here, and no time is finer than a day. It reads content back for the desk's pull, and to tell one sealed file from
//! another.

mod append;
mod arrival;
mod error;
mod finished;
mod inbox;
mod incoming;
mod lane;
mod ledger;
mod letters;
mod loose;
mod part;
mod pull;
mod records;
mod removal;
mod repack;
mod upkeep;
mod usage;
mod withdrawals;

pub use append::Claim;
pub use arrival::Arrival;
pub use error::InboxError;
pub use inbox::{DEFERRED, Inbox, MIGRATIONS, Upload};
pub use incoming::Incoming;
pub use lane::{Admission, Budget, Lane, Quota};
pub use loose::{Cut, Gathered, PartKept};
pub use part::Part;
pub use records::{RECORD_LEN, Replacing};
