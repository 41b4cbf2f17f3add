//! Drawing: type, patches, cards and lower thirds. Everything is rasterised once and blended on the frames that show it.

pub(crate) mod cards;
pub(crate) mod closing;
pub(crate) mod layer;
pub(crate) mod lower_third;
pub(crate) mod number;
pub(crate) mod page;
pub(crate) mod patch;
pub(crate) mod text;

#[cfg(test)]
mod look;
