//! The recount: everything a stranger can check from the static files of a site alone.
//!
//! It walks one chain: policy → checkpoint signature and cosignatures → hash tiles and entries → rules of the leaves → batch
//! files → published clips → scripts. Each fault names the file it is in. When a link is broken so that nothing behind it can
//! be trusted, the recount stops there and says so instead of printing figures.
//!
//! Refuses: to trust anything but the log key of the policy (and, by [`Expectation`], what the caller has seen before), to
//! hold a clip in memory, and to follow a path out of the site.

mod facts;
mod head;
mod report;
mod scripts;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub use report::{ClipReport, Fault, FaultCode, Report, SeenWitness};

use crate::{Checkpoint, Hash, VerifierKey, layout, rules, shards};

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("the file is missing")]
    Missing,
    /// It is longer than the limit given.
    #[error("the file is longer than it can be")]
    TooLong,
    /// The medium failed.
    #[error("the file can't be read: {0}")]
    Failed(String),
}

/// Where the files of a site come from. Paths are relative to the site's root, with `/`; implementors must not follow links
/// out of it.
pub trait Source {
    /// A whole file of at most `limit` bytes.
    ///
    /// # Errors
    /// See [`ReadError`].
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// SHA-256 of a file of any length, read in pieces ([`crate::sha256_reader`] does it).
    ///
    /// # Errors
    /// See [`ReadError`].
    fn sha256(&self, path: &str) -> Result<Hash, ReadError>;

    /// Every file under `log/`, in any order.
    ///
    /// # Errors
    /// See [`ReadError`].
    fn list_log(&self) -> Result<Vec<String>, ReadError>;
}

/// What the caller knows from elsewhere, and how much to check. The default knows nothing and checks everything.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// The policy's hash, as printed in the film's credits or told by a friend.
    pub policy_sha256: Option<Hash>,
    /// The log's key.
    pub log: Option<VerifierKey>,
    /// The newest checkpoint seen before: the log must contain it.
    pub seen: Option<Checkpoint>,
    /// Leave the published clips out.
    pub log_only: bool,
}

/// Leaves a log may have for this program: 60 times what it is built for.
const MAX_LEAVES: u64 = 3_000_000;
/// Largest text file of the log, bytes; the index of published clips is larger.
const MAX_TEXT: u64 = 256 * 1024;
/// Largest index of published clips, bytes.
const MAX_INDEX: u64 = 256 * 1024 * 1024;

/// Recounts a site.
pub fn verify(source: &dyn Source, expected: &Expectation) -> Report {
    let mut audit = Audit { source, expected, report: Report::default(), files: BTreeMap::new() };
    let finished = audit.run().is_some();
    audit.report.close(finished);
    audit.report
}

struct Audit<'a> {
    source: &'a dyn Source,
    expected: &'a Expectation,
    report: Report,
    /// Files of the log that were read, for the scripts.
    files: BTreeMap<String, Rc<[u8]>>,
}

impl Audit<'_> {
    /// `None` where nothing further can be trusted.
    fn run(&mut self) -> Option<()> {
        let policy = self.policy()?;
        let checkpoint = self.checkpoint(&policy)?;
        let listed = self.listing(&checkpoint)?;
        let log = self.tree(&checkpoint)?;
        let spans = rules::batches(&log.leaves);
        self.history(&checkpoint, &log.tree);
        self.facts(&policy, &log.leaves, &spans);
        self.scripts(checkpoint.size, spans.len() as u64);
        self.strangers(listed, &checkpoint, &log, &spans);
        Some(())
    }

    fn fault(&mut self, code: FaultCode, path: &str, message: impl Into<String>) {
        self.report.faults.push(Fault { code, path: path.to_owned(), message: message.into() });
    }

    /// Reads a file of the log and keeps it; names it when it can't be had.
    fn fetch(&mut self, path: &str, limit: u64) -> Option<Rc<[u8]>> {
        match self.source.read(path, limit) {
            Ok(bytes) => {
                let bytes: Rc<[u8]> = bytes.into();
                self.files.insert(path.to_owned(), Rc::clone(&bytes));
                Some(bytes)
            }
            Err(error) => {
                let code = match error {
                    ReadError::Missing => FaultCode::FileMissing,
                    ReadError::TooLong => FaultCode::FileTooLong,
                    ReadError::Failed(_) => FaultCode::FileUnreadable,
                };
                self.fault(code, path, error.to_string());
                None
            }
        }
    }

    fn listing(&mut self, checkpoint: &Checkpoint) -> Option<Vec<String>> {
        let listed = match self.source.list_log() {
            Ok(listed) => listed,
            Err(error) => {
                self.fault(FaultCode::FileUnreadable, "log", error.to_string());
                return None;
            }
        };
        if checkpoint.size == 0 || checkpoint.size > MAX_LEAVES {
            let why =
                if checkpoint.size == 0 { "the log is empty: no batch has closed" } else { "the log is too large" };
            self.fault(FaultCode::LogSize, layout::CHECKPOINT, why);
            return None;
        }
        Some(listed)
    }

    /// Names what lies under `log/` and belongs to nothing there.
    fn strangers(&mut self, listed: Vec<String>, checkpoint: &Checkpoint, log: &tree::Log, spans: &[rules::BatchSpan]) {
        let required = layout::required(checkpoint.size, spans.len() as u64);
        let mut known: BTreeSet<String> = required.iter().map(|file| shards::path(file.shard)).collect();
        known.extend(required.into_iter().map(|file| file.path));
        let earlier = layout::superseded(spans, checkpoint.size);
        for path in listed.into_iter().filter(|path| !known.contains(path)) {
            let Some(tile) = earlier.get(&path) else {
                self.fault(FaultCode::FileUnknown, &path, "no file of the log has this name");
                continue;
            };
            let right = layout::tile_bytes(*tile, &log.leaves, &log.tree);
            if let Some(found) = self.fetch(&path, layout::tile_bytes_len(*tile))
                && Some(&*found) != right.as_deref()
            {
                self.fault(FaultCode::TileChanged, &path, "an earlier partial tile differs from the log");
            }
        }
    }
}
