//! Stable error codes and exit codes.

/// An error with a short, stable code such as `seal-truncated`. Texts for people are looked up by it (`err-…` says what
/// happened, `rec-…` what to do next); logs print it; tests match on it. Codes are never reused.
pub trait Coded: std::error::Error {
    /// The code: lower-case words joined by `-`, first the room, then what failed.
    fn code(&self) -> &'static str;
}

/// Exit codes of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Refused, or a check failed.
    Refused = 1,
    /// The command was not understood.
    Usage = 2,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
