//! What the command line says when something went wrong: what happened, what to do, and an exit code.

use hamseda_core::{Coded, Exit};

/// A command that did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Stable code, for `--json`.
    pub(crate) code: String,
    /// What happened and, after it, what to do.
    pub(crate) what: String,
    /// Exit code.
    pub(crate) exit: Exit,
}

impl Failure {
    /// Something was refused.
    pub(crate) fn refused(code: &str, what: impl Into<String>) -> Self {
        Self { code: code.into(), what: what.into(), exit: Exit::Refused }
    }
}

impl<E: Coded> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut what = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let text = inner.to_string();
            // Many errors already print their source; saying it twice helps nobody.
            if !what.contains(&text) {
                what = format!("{what}: {text}");
            }
            source = inner.source();
        }
        Self::refused(error.code(), what)
    }
}

/// Adds the path to an input or output error, which never names it itself.
pub(crate) trait At<T> {
    /// Says which file was meant.
    fn at(self, path: &std::path::Path) -> Result<T, Failure>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: &std::path::Path) -> Result<T, Failure> {
        self.map_err(|e| Failure::refused("file", format!("{}: {e}", path.display())))
    }
}
