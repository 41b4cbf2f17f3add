//! Encoded streams: reading what the encoders wrote, joining it by copying, checking the result.

mod adts;
mod annex_b;
mod check;
mod mux;

pub(crate) use adts::AdtsFrames;
pub(crate) use annex_b::AnnexB;
pub(crate) use check::check;
pub(crate) use mux::{Piece, mux};

#[cfg(test)]
mod tests;
