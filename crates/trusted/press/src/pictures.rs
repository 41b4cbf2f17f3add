//! Where scaled pictures come from. The site build asks; what was scaled once may be kept.

use std::fs;
use std::path::Path;

use crate::{PressError, images};

/// Scales JPEGs.
pub trait Pictures {
    /// A JPEG no wider than `width` pixels.
    ///
    /// # Errors
    /// [`PressError::Io`] or [`PressError::Picture`].
    fn narrowed(&self, from: &Path, width: u16) -> Result<Vec<u8>, PressError> {
        scaled(from, |jpeg| images::narrowed(jpeg, width))
    }

    /// A JPEG no wider than `width` pixels, of the best quality that fits into `bytes`.
    ///
    /// # Errors
    /// [`PressError::Io`] or [`PressError::Picture`].
    fn within(&self, from: &Path, width: u16, bytes: usize) -> Result<Vec<u8>, PressError> {
        scaled(from, |jpeg| images::within(jpeg, width, bytes))
    }
}

/// Scales anew each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fresh;

impl Pictures for Fresh {}

pub(crate) fn scaled(from: &Path, scale: impl Fn(&[u8]) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, PressError> {
    let jpeg = fs::read(from).map_err(|e| PressError::io(from, e))?;
    scale(&jpeg).map_err(|why| PressError::Picture { at: from.to_owned(), why })
}
