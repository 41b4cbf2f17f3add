//! A campaign's key sets of all epochs: which one to seal to, and whose sealed files are still taken.
//!
//! Pure: whoever calls reads the files. Each set is checked against the pinned campaign key and the campaign's origin.
//!
//! Refuses: a set of another campaign, two sets of one epoch, and to go back to an older epoch than one already seen.

use hamseda_core::campaign::KeySetRules;
use hamseda_core::{CampaignPin, Day, Limits};

use crate::class::SizeClass;
use crate::error::KeySetError;
use crate::keyset::KeySet;

/// Key sets of one campaign, of one epoch at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySets {
    /// By epoch, ascending; never empty.
    sets: Vec<KeySet>,
}

impl KeySets {
    /// Starts with one set.
    ///
    /// # Errors
    /// See [`KeySetError`]; [`KeySetError::OtherOrigin`] for a set of another campaign.
    pub fn new(json: &[u8], origin: &str, pin: CampaignPin) -> Result<Self, KeySetError> {
        Ok(Self { sets: vec![verified(json, origin, pin)?] })
    }

    /// Adds an older or a newer set; one that is there already is no error.
    ///
    /// # Errors
    /// As [`KeySets::new`]; [`KeySetError::Fork`] for another set of an epoch that is there.
    pub fn add(&mut self, json: &[u8], origin: &str, pin: CampaignPin) -> Result<(), KeySetError> {
        let set = verified(json, origin, pin)?;
        let epoch = set.terms().epoch;
        match self.sets.binary_search_by_key(&epoch, |set| set.terms().epoch) {
            Ok(at) if self.sets[at] == set => Ok(()),
            Ok(_) => Err(KeySetError::Fork(epoch)),
            Err(at) => {
                self.sets.insert(at, set);
                Ok(())
            }
        }
    }

    /// Adds a set that is to be the current one from now on.
    ///
    /// # Errors
    /// As [`KeySets::add`]; [`KeySetError::Rollback`] when it is older than the current one.
    pub fn install(&mut self, json: &[u8], origin: &str, pin: CampaignPin) -> Result<&KeySet, KeySetError> {
        let epoch = verified(json, origin, pin)?.terms().epoch;
        let current = self.current().terms().epoch;
        if epoch < current {
            return Err(KeySetError::Rollback { epoch, current });
        }
        self.add(json, origin, pin)?;
        Ok(self.current())
    }

    /// The set to seal to: the one of the highest epoch.
    #[must_use]
    pub fn current(&self) -> &KeySet {
        &self.sets[self.sets.len() - 1]
    }

    /// The set of an epoch.
    #[must_use]
    pub fn epoch(&self, epoch: u32) -> Option<&KeySet> {
        self.all().find(|set| set.terms().epoch == epoch)
    }

    /// All sets, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &KeySet> {
        self.sets.iter()
    }

    /// Sets whose sealed files are taken today: the current one, and older ones until their grace has passed.
    pub fn taken(&self, today: Day, rules: KeySetRules) -> impl Iterator<Item = &KeySet> {
        let current = self.current().terms().epoch;
        self.all().filter(move |set| set.terms().epoch == current || today <= rules.taken_until(set.terms().expires))
    }

    /// Number of keys that a sealed file of `total` bytes was sealed to, if its length is that of a set taken today. Lengths
    /// of files sealed to sets of different sizes never coincide.
    #[must_use]
    pub fn recipients_of(&self, total: u64, today: Day, rules: KeySetRules, limits: &Limits) -> Option<usize> {
        let mut counts = self.taken(today, rules).map(|set| set.recipients().len());
        counts.find(|&count| SizeClass::sealed_lens(count, limits).any(|len| len == total))
    }
}

fn verified(json: &[u8], origin: &str, pin: CampaignPin) -> Result<KeySet, KeySetError> {
    let set = KeySet::verify(json, Some(pin.as_bytes()))?;
    if set.terms().origin == origin {
        Ok(set)
    } else {
        Err(KeySetError::OtherOrigin { found: set.terms().origin.clone(), expected: origin.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_RECIPIENTS, MIN_RECIPIENTS};
    use std::collections::BTreeSet;

    #[test]
    fn a_length_tells_the_number_of_keys() {
        let mut seen = BTreeSet::new();
        for count in MIN_RECIPIENTS..=MAX_RECIPIENTS {
            for len in SizeClass::sealed_lens(count, &Limits::DEFAULT) {
                assert!(seen.insert(len), "{len} bytes are a file of {count} keys and of another number");
            }
        }
    }
}
