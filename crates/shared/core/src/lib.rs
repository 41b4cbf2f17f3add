//! Words every room of the house shares: ids, states, choices, places, limits, time, randomness, secrets and error codes.
//!
//! Refuses: secret keys, policy, input and output. A type belongs here only when rooms of two trust zones need it.

pub mod campaign;
mod choices;
mod clock;
mod error;
mod ids;
mod lang;
pub mod lattice;
mod limits;
mod place;
mod secret;
mod state;
mod text;
pub mod tiles;

pub use campaign::Campaign;
pub use choices::{Choices, Picture, Uses, Voice};
pub use clock::{Clock, Day, OsRandom, Random, SystemClock, UnixSeconds};
pub use error::{Coded, Exit};
pub use ids::{
    ArtefactId, CampaignPin, Handle, JobId, LeafIndex, Locator, MessageId, ParseIdError, SealedHash, SupporterId,
    TokenId, UploadId,
};
pub use lang::{Direction, Lang, Local, ParseLangError};
pub use limits::Limits;
pub use place::{Place, PlaceId, PlaceLevel, PlaceTable, PlaceTableError};
pub use secret::Secret;
pub use state::{MessageState, ParseStateError, RejectCode};
pub use text::{Texts, TextsError, number};
