//! The key sets in force. A new one that is put into the campaign folder is taken up with the next request, without a
//! restart; sealed files of older ones are taken until their grace has passed.
//!
//! Refuses: a set that the campaign key didn't sign, and to go back: a running intake keeps what it has and says so in its
//! log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use hamseda_core::campaign::KeySetRules;
use hamseda_core::{Campaign, CampaignPin, Coded as _, Day, Limits};
use hamseda_seal::{KeySet, KeySets, ShapeCheck, ShapeError};

use crate::IntakeError;

/// What is known of the campaign's key sets.
#[derive(Debug)]
pub(crate) struct Keys {
    origin: String,
    pin: CampaignPin,
    rules: KeySetRules,
    folder: Option<PathBuf>,
    state: RwLock<Arc<State>>,
}

#[derive(Debug)]
struct State {
    sets: KeySets,
    current: Arc<KeySet>,
    /// Files of the folder that were looked at.
    seen: BTreeSet<Seen>,
}

/// A file as it was: one that was put right is another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn new(sets: KeySets, seen: BTreeSet<Seen>) -> Arc<Self> {
        Arc::new(Self { current: Arc::new(sets.current().clone()), sets, seen })
    }
}

impl Keys {
    /// Starts with the file `keyset.json`.
    pub(crate) fn new(campaign: &Campaign, keyset_json: &[u8]) -> Result<Self, IntakeError> {
        let pin = campaign.campaign_key.ok_or(IntakeError::NoPin)?;
        let sets = KeySets::new(keyset_json, &campaign.origin, pin)?;
        let state = RwLock::new(State::new(sets, BTreeSet::new()));
        Ok(Self { origin: campaign.origin.clone(), pin, rules: campaign.keyset, folder: None, state })
    }

    /// Adds the key sets of a folder, one file an epoch, and looks there again from now on.
    ///
    /// # Errors
    /// A file that is no key set of this campaign; [`IntakeError::OldKeySet`] when `keyset.json` is older than one of them.
    pub(crate) fn with_folder(mut self, folder: PathBuf) -> Result<Self, IntakeError> {
        let seen = files(&folder);
        let mut sets = self.state().sets.clone();
        let first = sets.current().terms().epoch;
        for file in &seen {
            sets.add(&read(&file.path)?, &self.origin, self.pin)?;
        }
        let newest = sets.current().terms().epoch;
        if newest > first {
            return Err(IntakeError::OldKeySet { epoch: first, newest });
        }
        (self.folder, self.state) = (Some(folder), RwLock::new(State::new(sets, seen)));
        Ok(self)
    }

    /// The campaign's key.
    pub(crate) const fn pin(&self) -> CampaignPin {
        self.pin
    }

    /// The set to seal to.
    pub(crate) fn current(&self) -> Arc<KeySet> {
        self.look();
        Arc::clone(&self.state().current)
    }

    /// A check of a file of `total` bytes whose first `at` bytes passed, sealed to any set taken today.
    pub(crate) fn shape(&self, total: u64, at: u64, today: Day, limits: &Limits) -> Result<ShapeCheck, ShapeError> {
        self.look();
        let count = self.state().sets.recipients_of(total, today, self.rules, limits).ok_or(ShapeError::Length)?;
        ShapeCheck::resume(count, total, at, limits)
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up files that are new. What can't be used is logged once and changes nothing.
    fn look(&self) {
        let Some(folder) = &self.folder else { return };
        let state = self.state();
        let now = files(folder);
        if now.is_subset(&state.seen) {
            return;
        }
        let mut sets = state.sets.clone();
        for Seen { path, .. } in now.difference(&state.seen) {
            let added = read(path).and_then(|json| Ok(sets.add(&json, &self.origin, self.pin)?));
            if let Err(error) = added {
                tracing::error!(code = error.code(), %error, file = %path.display(), "a key set was not taken up");
            }
        }
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::new(sets, &state.seen | &now);
    }
}

/// The folder's key sets. One that can't be listed has none.
fn files(folder: &Path) -> BTreeSet<Seen> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    let seen = |path: PathBuf| {
        let metadata = path.metadata().ok()?;
        Some(Seen { path, bytes: metadata.len(), modified: metadata.modified().ok() })
    };
    paths.filter_map(seen).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, IntakeError> {
    std::fs::read(path).map_err(|source| IntakeError::File { path: path.to_owned(), source })
}
