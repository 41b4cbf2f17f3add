//! Heads in a clip are found and covered: an opaque mask of one colour, which nothing can undo.
//!
//! Two passes. A [`Watcher`] sees small upright frames and looks for faces in some of them; from what it saw, looking
//! forward and backward, it makes a [`Plan`] that says for each frame what is covered. The plan then covers the frames of
//! the second pass, of any size. Pure: no I/O, no clock, no process; the detector and its weights are in the program.
//!
//! Refuses to show what it isn't sure of. A head that was lost where it may still be makes the whole picture covered, and
//! so does a clip in which nobody was found; [`Findings`] tells a reviewer when and why. What lies under a mask does not
//! depend on the face: its shape comes from one place and one size, its colour is always the same.

mod detector;
mod fill;
mod findings;
mod net;
mod picture;
mod plan;
mod shape;
#[cfg(test)]
mod tests;
mod track;
mod watch;

/// Number of the way heads are found and covered. Raise it when the same frames are covered otherwise.
pub const VERSION: u32 = 1;

pub use detector::{CenterFace, Detector, Face};
pub use fill::on_fill;
pub use findings::{DetectorFacts, Findings, Moment, Why};
pub use picture::{Frame, Picture, Size};
pub use plan::Plan;
pub use watch::Watcher;
