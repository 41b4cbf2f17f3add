//! The secret half of sealing: desk keys, opening, the archive's key, the campaign key.
//!
//! Runs on the trusted machine only. Refuses: to write anything opened to disk (the clip goes to a sink that the caller
//! gives, which it gets back only when everything was found right), to open a file that is not exactly a sealed
//! message, to guess, and to keep a secret key in a file without a passphrase.

mod campaign_key;
mod clip;
mod desk_key;
mod error;
mod header;
mod letter;
mod open;
mod payload;
mod secret_file;

pub use campaign_key::CampaignKey;
pub use desk_key::DeskKey;
pub use error::{KeyFileError, OpenError};
pub use hamseda_seal::format::FileKey;
pub use letter::open_letter;
pub use open::{Opened, file_key, open, open_into, open_with};
pub use secret_file::{WorkFactor, lock, unlock};
