//! What the bytes of an upload must look like. For the real intake: a sealed message. For conformance suites, which send
//! what they like: nothing but the declared length. The only other difference between the two is that the second names whole
//! addresses.

use hamseda_seal::{ShapeCheck, ShapeError};

use crate::router::App;

#[derive(Debug)]
pub(super) enum Gate {
    Sealed(ShapeCheck),
    Any { left: u64 },
}

impl Gate {
    /// Goes on behind the first `at` bytes of an upload of `length`.
    pub(super) fn open(app: &App, length: u64, at: u64) -> Result<Self, ShapeError> {
        match app.config.any_length {
            None => app.shape(length, at).map(Self::Sealed).map_err(|error| match error {
                // Longer than any message is: the protocol has an answer of its own for that.
                ShapeError::Length if app.allowed_lengths().all(|allowed| allowed < length) => ShapeError::TooLong,
                error => error,
            }),
            Some(_) if at > length => Err(ShapeError::TooLong),
            Some(longest) if length > longest && length != hamseda_inbox::DEFERRED => Err(ShapeError::TooLong),
            Some(longest) => Ok(Self::Any { left: length.min(longest) - at }),
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), ShapeError> {
        match self {
            Self::Sealed(check) => check.feed(bytes),
            Self::Any { left } => {
                *left = left.checked_sub(bytes.len() as u64).ok_or(ShapeError::TooLong)?;
                Ok(())
            }
        }
    }
}
