//! Results on standard output (text, or one JSON object), errors and progress on standard error.

use std::time::Duration;

use hamseda_core::Exit;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

/// How a command speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// The result: `value` as one JSON line, or the text made by `human`.
    #[expect(clippy::print_stdout, reason = "results go to standard output")]
    pub(crate) fn result(self, value: &impl Serialize, human: impl FnOnce() -> String) {
        if self.json {
            println!("{}", serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}")));
        } else {
            println!("{}", human().trim_end());
        }
    }

    /// A line for people, on standard error; nothing with `--quiet` or `--json`.
    #[expect(clippy::print_stderr, reason = "notes go to standard error")]
    pub(crate) fn note(self, line: &str) {
        if !self.quiet && !self.json {
            eprintln!("{line}");
        }
    }

    /// Says why a command failed and returns its exit code.
    #[expect(clippy::print_stderr, reason = "errors go to standard error")]
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        if self.json {
            let value = serde_json::json!({ "ok": false, "code": failure.code, "error": failure.what });
            eprintln!("{value}");
        } else {
            eprintln!("hamseda: {} [{}]", failure.what, failure.code);
        }
        failure.exit
    }

    /// A bar with the time left; invisible where standard error is no terminal.
    pub(crate) fn bar(self, length: u64, what: &'static str, unit: Unit) -> ProgressBar {
        let target = if self.quiet || self.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(length), target);
        let template = match unit {
            Unit::Bytes => "{prefix:<9} {wide_bar} {bytes}/{total_bytes}  {eta} left  {msg}",
            #[cfg(feature = "trusted")]
            Unit::Items => "{prefix:<9} {wide_bar} {pos}/{len}  {eta} left  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(250));
        bar
    }
}

/// What a bar counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Bytes,
    #[cfg(feature = "trusted")]
    Items,
}
