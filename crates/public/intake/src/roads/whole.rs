//! The shape of a sealed file that does not say how long it is: a form tells no lengths.
//!
//! The header is checked for every number of keys a set may have, all at once; the first byte that fits none refuses the
//! file. The length is judged at the end.

use hamseda_core::Limits;
use hamseda_seal::{MAX_RECIPIENTS, MIN_RECIPIENTS, ShapeCheck, ShapeError, SizeClass};

/// A check of one file that arrives.
#[derive(Debug)]
pub(crate) struct WholeCheck {
    /// Numbers of keys that the bytes so far allow.
    open: Vec<(usize, ShapeCheck)>,
    limits: Limits,
    length: u64,
}

impl WholeCheck {
    pub(crate) fn new(limits: &Limits) -> Self {
        let check = |count| {
            let longest = SizeClass::sealed_lens(count, limits).last()?;
            Some((count, ShapeCheck::new(count, longest, limits).ok()?))
        };
        Self { open: (MIN_RECIPIENTS..=MAX_RECIPIENTS).filter_map(check).collect(), limits: *limits, length: 0 }
    }

    /// Checks the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), ShapeError> {
        self.length += bytes.len() as u64;
        let mut last = ShapeError::Length;
        self.open.retain_mut(|(_, check)| check.feed(bytes).map_err(|error| last = error).is_ok());
        if self.open.is_empty() { Err(last) } else { Ok(()) }
    }

    /// The file's length, if it is one that a file with this header can have.
    pub(crate) fn finish(self) -> Result<u64, ShapeError> {
        let fits = |count: usize| SizeClass::sealed_lens(count, &self.limits).any(|length| length == self.length);
        if self.open.iter().any(|&(count, _)| fits(count)) { Ok(self.length) } else { Err(ShapeError::Length) }
    }
}
