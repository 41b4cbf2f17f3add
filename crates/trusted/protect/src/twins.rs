//! Looking for messages that may be the same as a new one: an index in memory proposes, a second look sorts out, the vault
//! keeps pairs for people.
//!
//! Refuses to decide, and to keep what a second look found to be two messages.

use hamseda_core::MessageId;
use hamseda_fingerprint::{Fingerprint, Index, Opinion, Sense, Verdict, compare};
use hamseda_vault::{Twin, TwinSense, TwinVerdict, Vault};

use crate::error::JobError;
use crate::job::off_thread;
use crate::print::PrintKey;

/// Messages that are looked at twice, of those the index proposes.
const MOST: usize = 10;
/// Fingerprints read at a time.
const PAGE: u32 = 200;
/// Fingerprints of other workers may become visible after later ones: so many are read again.
const AGAIN: i64 = 200;

/// What finds pairs. One for each worker process; it holds the fingerprints of all messages in memory.
pub struct Twins {
    key: PrintKey,
    index: Index<MessageId>,
    last: i64,
}

impl Twins {
    /// An empty one; it fills itself from the vault.
    #[must_use]
    pub fn new(key: PrintKey) -> Self {
        Self { key, index: Index::default(), last: 0 }
    }

    /// Looks for the likes of every message whose likes nobody has looked for. Returns how many messages there were.
    ///
    /// # Errors
    /// When the vault fails.
    pub async fn look(&mut self, vault: &Vault) -> Result<u64, JobError> {
        let mut count = 0;
        loop {
            let waiting = vault.without_twins(PAGE).await?;
            if waiting.is_empty() {
                return Ok(count);
            }
            self.read(vault).await?;
            for message in waiting {
                let found = self.of(vault, message).await?;
                vault.found_twins(message, &found).await?;
                count += 1;
            }
        }
    }

    /// Takes up what came since it last read.
    async fn read(&mut self, vault: &Vault) -> Result<(), JobError> {
        let mut after = (self.last - AGAIN).max(0);
        loop {
            let page = vault.fingerprints(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for print in page {
                let known = self.index.holds(&print.message);
                let open = if known { None } else { self.key.open(print.message, &print.sealed) };
                if let Some(open) = open {
                    self.index.add(print.message, &open);
                }
            }
        }
        self.last = after.max(self.last);
        Ok(())
    }

    /// Messages that may be the same as this one.
    async fn of(&mut self, vault: &Vault, message: MessageId) -> Result<Vec<Twin>, JobError> {
        // One that was sealed with another key can't be compared, now or later.
        let Some(print) = self.open(vault, message).await? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for proposal in self.index.propose(&print, MOST + 1) {
            if proposal.name == message {
                continue;
            }
            let Some(other) = self.open(vault, proposal.name).await? else {
                // It was taken back: nothing of it stays here.
                self.index.remove(&proposal.name);
                continue;
            };
            let print = print.clone();
            let opinion = off_thread(move || Ok(compare(&other, &print))).await?;
            found.extend(twin(proposal.name, &opinion));
        }
        Ok(found)
    }

    async fn open(&self, vault: &Vault, message: MessageId) -> Result<Option<Fingerprint>, JobError> {
        let sealed = vault.fingerprint(message).await?;
        Ok(sealed.and_then(|sealed| self.key.open(message, &sealed)))
    }
}

/// What the vault keeps of an opinion: nothing, where it says that there are two messages.
fn twin(other: MessageId, opinion: &Opinion) -> Option<Twin> {
    let verdict = match opinion.verdict {
        Verdict::Same => TwinVerdict::Same,
        Verdict::Unsure => TwinVerdict::Unsure,
        Verdict::Different => return None,
    };
    let sense = |sense| match sense {
        Sense::Same => TwinSense::Same,
        Sense::Other => TwinSense::Other,
        Sense::Unclear => TwinSense::Unclear,
    };
    Some(Twin { other, verdict, picture: sense(opinion.picture), sound: sense(opinion.sound) })
}
