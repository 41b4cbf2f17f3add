//! From the plan to the film and the wall.
//!
//! A film is a row of segments. Each is drawn and encoded once, kept under the hash of everything it was made from, and
//! joined to its neighbours by copying: one change costs one segment. All clocks are integers on one lattice (16 frames =
//! 25 AAC frames), so picture and sound can't drift apart however many segments there are.
//!
//! Refuses: anything but protected masters and supporters' normalised clips as sources; decoding outside the cage; text
//! drawn by ffmpeg (wrong for right-to-left scripts); figures that are not a tally's [`Claim`](hamseda_tally::Claim).

mod artefacts;
mod draw;
mod error;
mod film;
mod picture;
mod scene;
mod segment;
mod sound;
mod stream;
mod wall;
mod words;

pub use artefacts::{Artefacts, Folder, VaultArtefacts};
pub use error::FilmError;
pub use film::{FilmInputs, FilmReport, Progress, build_film};
pub use wall::{WallInputs, WallReport, WallTile, build_wall};
