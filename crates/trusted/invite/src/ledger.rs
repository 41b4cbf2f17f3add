//! What the issuer writes down: on which day it signed how many invites for which circle. One line a request, added and never
//! changed.
//!
//! Refuses: anything of a token. What is kept of a request is the hash of its blinded numbers, so that one that comes twice
//! counts once.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
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
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|source| InviteError::Ledger { path: path.to_owned(), source })?,
        };
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
        self.entries.push(entry);
        self.save().map_err(|source| InviteError::Ledger { path: self.path.clone(), source })
    }

    /// Writes the file whole or not at all: a line that is half there would stop every later request.
    fn save(&self) -> std::io::Result<()> {
        let mut text = String::new();
        for entry in &self.entries {
            text += &serde_json::to_string(entry)?;
            text.push('\n');
        }
        let new = self.path.with_extension("new");
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
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
