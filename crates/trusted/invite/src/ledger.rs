//! What the issuer writes down: on which day it signed how many invites for which circle. One line a request, added and never
//! changed.
//!
//! Refuses: anything of a token. What is kept of a request is the hash of its blinded numbers, so that one that comes twice
//! counts once.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use hamseda_core::Day;

use crate::ask::Ask;
use crate::error::InviteError;

/// One request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When.
    pub day: Day,
    /// For whom.
    pub circle: String,
    /// How many.
    pub count: u64,
    /// SHA-256 of the request.
    pub request: String,
}

/// The issuer's ledger: a file of one JSON object a line.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Reads a ledger; one that isn't there is empty.
    ///
    /// # Errors
    /// [`InviteError::Ledger`]; [`InviteError::LedgerLine`] for a line that can't be read.
    pub fn open(path: &Path) -> Result<Self, InviteError> {
        let failed = |error| InviteError::Ledger(path.to_owned(), error);
        let mut text = String::new();
        match File::open(path) {
            Ok(mut file) => drop(file.read_to_string(&mut text).map_err(failed)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let line = |(at, line)| serde_json::from_str(line).map_err(|_| InviteError::LedgerLine(at + 1));
        let entries = text.lines().enumerate().map(line).collect::<Result<_, _>>()?;
        Ok(Self { path: path.to_owned(), entries })
    }

    /// Whether this very request was answered before.
    #[must_use]
    pub fn knows(&self, ask: &Ask) -> bool {
        let hash = ask.hash();
        self.entries.iter().any(|entry| entry.request == hash)
    }

    /// Writes a request down, durably, before its answer is given out. One that stands there already is not counted twice.
    ///
    /// # Errors
    /// [`InviteError::Ledger`].
    pub fn write(&mut self, ask: &Ask, today: Day) -> Result<(), InviteError> {
        if self.knows(ask) {
            return Ok(());
        }
        let count = ask.count() as u64;
        let entry = Entry { day: today, circle: ask.circle().to_owned(), count, request: ask.hash() };
        let failed = |error| InviteError::Ledger(self.path.clone(), error);
        let line = serde_json::to_string(&entry).map_err(|error| failed(error.into()))? + "\n";
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path).map_err(failed)?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        self.entries.push(entry);
        Ok(())
    }

    /// How many invites each circle got.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.circle.as_str()).or_default() += entry.count;
        }
        counts
    }

    /// All of it.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}
