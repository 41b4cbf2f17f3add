//! Policy and checkpoint: who says what the log is.

use std::collections::HashSet;

use super::{Audit, FaultCode, MAX_TEXT, SeenWitness};
use crate::layout::{CHECKPOINT, POLICY};
use crate::note::Note;
use crate::{Checkpoint, Policy, TallyError, Tree, cosignature, sha256};

impl Audit<'_> {
    pub(super) fn policy(&mut self) -> Option<Policy> {
        let bytes = self.fetch(POLICY, MAX_TEXT)?;
        let hash = sha256(&bytes);
        self.report.policy_sha256 = Some(hash);
        let policy = match Policy::parse(&bytes) {
            Ok(policy) => policy,
            Err(error) => {
                self.fault(FaultCode::PolicyMalformed, POLICY, error.to_string());
                return None;
            }
        };
        let other_hash = self.expected.policy_sha256.is_some_and(|expected| expected != hash);
        let other_key = self.expected.log.as_ref().is_some_and(|expected| *expected != policy.log);
        if other_hash || other_key {
            let what = if other_hash { "policy" } else { "log key" };
            self.fault(FaultCode::PolicyUnexpected, POLICY, format!("this is not the {what} you expect"));
        }
        Some(policy)
    }

    pub(super) fn checkpoint(&mut self, policy: &Policy) -> Option<Checkpoint> {
        let bytes = self.fetch(CHECKPOINT, MAX_TEXT)?;
        let (checkpoint, note) = match Checkpoint::open(&bytes, &policy.log) {
            Ok(opened) => opened,
            Err(error) => {
                let code = match error {
                    TallyError::Signature { .. } => FaultCode::CheckpointSignature,
                    _ => FaultCode::CheckpointMalformed,
                };
                self.fault(code, CHECKPOINT, error.to_string());
                return None;
            }
        };
        self.report.origin = Some(checkpoint.origin.clone());
        self.report.size = Some(checkpoint.size);
        self.report.root = Some(checkpoint.root);
        self.cosignatures(policy, &note);
        Some(checkpoint)
    }

    fn cosignatures(&mut self, policy: &Policy, note: &Note) {
        let mut cosigned = HashSet::new();
        for witness in &policy.witnesses {
            match cosignature::verify(note, &witness.key) {
                Ok(Some(seen)) => {
                    cosigned.insert(witness.name.as_str());
                    self.report.witnesses.push(SeenWitness { name: witness.name.clone(), time: seen.time });
                }
                Ok(None) => {}
                Err(error) => self.fault(FaultCode::CheckpointSignature, CHECKPOINT, error.to_string()),
            }
        }
        // Signed notes let strangers sign. A site that publishes its own log carries only signatures it can account for, so
        // a line that fits no key is a changed line.
        let mut known = vec![&policy.log];
        known.extend(policy.witnesses.iter().map(|w| &w.key));
        for line in note.signatures() {
            if !known.iter().any(|key| key.name() == line.name && key.id() == line.id) {
                let why = format!("it carries a signature by {}, whom the policy doesn't know", line.name);
                self.fault(FaultCode::CheckpointSigner, CHECKPOINT, why);
            }
        }
        if !policy.is_met_by(&cosigned) {
            self.fault(
                FaultCode::CheckpointQuorum,
                CHECKPOINT,
                "fewer witnesses have cosigned than the policy asks for",
            );
        }
    }

    /// Compares the log with the newest checkpoint the caller has seen before.
    pub(super) fn history(&mut self, checkpoint: &Checkpoint, tree: &Tree) {
        let Some(seen) = &self.expected.seen else { return };
        if seen.size > checkpoint.size {
            let why = format!("it has {} leaves; you have seen {}", checkpoint.size, seen.size);
            self.fault(FaultCode::LogShrunk, CHECKPOINT, why);
        } else if seen.origin != checkpoint.origin || tree.root_at(seen.size) != Some(seen.root) {
            self.fault(FaultCode::LogForked, CHECKPOINT, "it does not contain the log you have seen before");
        }
    }
}
