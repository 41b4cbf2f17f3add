//! The film's plan: an editor's `programme.toml` and what the campaign holds become an ordered list of segments with exact
//! lengths.
//!
//! Pure: the same file and the same messages give the same plan, byte for byte. Refuses: input and output, clocks,
//! randomness, and any message that is not released or whose sender did not allow the film.

mod choose;
mod file;
mod plan;

pub use choose::{Candidate, SupporterCandidate, choose};
pub use file::{Closing, Order, Programme, ProgrammeError, Rule, Section, Supporters};
pub use plan::{
    CLOSING_UNITS, Caption, Clip, ClipSource, Kind, Plan, Quote, SECTION_UNITS, SILENT_UNITS, Segment, TITLE_UNITS,
    Text, quote_units,
};
