//! What the authentic leaves say, and the files they commit to.

use hamseda_core::campaign::Floors;

use super::{Audit, FaultCode, MAX_INDEX, MAX_TEXT, ReadError};
use crate::layout::{self, POLICY, PUBLISHED, TAGS};
use crate::rules::{self, BatchSpan};
use crate::tiles::{TileId, TileKind, WIDTH};
use crate::{BatchFile, Leaf, Policy, PublishedClip, PublishedIndex, count, sha256};

impl Audit<'_> {
    pub(super) fn facts(&mut self, policy: &Policy, leaves: &[Leaf], spans: &[BatchSpan]) {
        self.report.count = Some(count(leaves));
        for breach in rules::check(leaves) {
            let path = bundle_of(breach.index, leaves.len() as u64);
            self.fault(FaultCode::LeafRule, &path, format!("leaf {}: {}", breach.index, breach.why));
        }
        let batches = self.batches(leaves, spans);
        self.policy_in_force(policy, &batches);
        self.tags(leaves);
        self.published(leaves);
    }

    /// The batch files that are the ones committed to; `None` where one isn't.
    fn batches(&mut self, leaves: &[Leaf], spans: &[BatchSpan]) -> Vec<Option<BatchFile>> {
        let mut files = Vec::new();
        for (number, span) in (1..).zip(spans) {
            let path = layout::batch_path(number);
            let bytes = self.fetch(&path, MAX_TEXT);
            let committed = leaves.get(span.close as usize).map(|leaf| leaf.commitment);
            let file = match bytes.map(|bytes| (Some(sha256(&bytes)) == committed, BatchFile::parse(&bytes))) {
                None => None,
                Some((false, _)) => {
                    self.fault(FaultCode::BatchChanged, &path, "it is not the file that the batch's leaf commits to");
                    None
                }
                Some((true, Err(error))) => {
                    self.fault(FaultCode::BatchRule, &path, error.to_string());
                    None
                }
                Some((true, Ok(file))) => Some(file),
            };
            files.push(file);
        }
        let (spans, sound): (Vec<BatchSpan>, Vec<BatchFile>) =
            spans.iter().zip(&files).filter_map(|(span, file)| Some((*span, file.clone()?))).unzip();
        for (batch, why) in rules::batch_files(&spans, &sound) {
            self.fault(FaultCode::BatchRule, &layout::batch_path(batch.into()), why);
        }
        self.report.floors = sound.iter().map(|file| file.floors).reduce(lower);
        self.report.floors_lowered = self.report.floors.is_some_and(Floors::lowered);
        self.report.received = sound.last().map(|file| file.received);
        files
    }

    fn policy_in_force(&mut self, policy: &Policy, batches: &[Option<BatchFile>]) {
        let Some(Some(last)) = batches.last() else { return };
        if last.policy_sha256 != policy.sha256() {
            self.fault(FaultCode::PolicyChanged, POLICY, "it is not the policy that the last batch commits to");
        } else if last.floors != policy.floors {
            let path = layout::batch_path(batches.len() as u64);
            self.fault(FaultCode::BatchRule, &path, "its floors are not those of the policy it commits to");
        }
    }

    fn tags(&mut self, leaves: &[Leaf]) {
        let right = layout::tags(leaves);
        if let Some(found) = self.fetch(TAGS, right.len() as u64)
            && *found != right
        {
            self.fault(FaultCode::TagsChanged, TAGS, "it does not hold the tags of the log's messages, in their order");
        }
    }

    fn published(&mut self, leaves: &[Leaf]) {
        let Some(bytes) = self.fetch(PUBLISHED, MAX_INDEX) else { return };
        let index = match PublishedIndex::parse(&bytes) {
            Ok(index) => index,
            Err(error) => {
                self.fault(FaultCode::PublishedIndex, PUBLISHED, error.to_string());
                return;
            }
        };
        for why in rules::published(leaves, &index) {
            self.fault(FaultCode::PublishedIndex, PUBLISHED, why);
        }
        self.report.clips.listed = index.clips().len() as u64;
        self.report.clips.taken_down = index.taken_down().len() as u64;
        if !self.expected.log_only {
            for clip in index.clips() {
                self.clip(clip);
            }
        }
    }

    fn clip(&mut self, clip: &PublishedClip) {
        match self.source.sha256(&clip.path) {
            Ok(hash) if hash == clip.sha256 => self.report.clips.verified += 1,
            Ok(_) => {
                let why = format!("it is not the file that leaf {} commits to", clip.leaf);
                self.fault(FaultCode::ClipChanged, &clip.path, why);
            }
            Err(error) => {
                let code = match error {
                    ReadError::Missing => FaultCode::FileMissing,
                    ReadError::TooLong | ReadError::Failed(_) => FaultCode::FileUnreadable,
                };
                self.fault(code, &clip.path, error.to_string());
                if error == ReadError::Missing {
                    // Either the clip is gone or the index names a wrong path; both are named.
                    let why = format!("it lists {}, which is not there", clip.path);
                    self.fault(FaultCode::PublishedIndex, PUBLISHED, why);
                }
            }
        }
    }
}

fn lower(a: Floors, b: Floors) -> Floors {
    Floors { batch: a.batch.min(b.batch), k: a.k.min(b.k) }
}

/// Path of the bundle that holds a leaf.
fn bundle_of(leaf: u64, size: u64) -> String {
    let index = leaf / WIDTH;
    layout::tile_path(TileId { kind: TileKind::Entries, index, width: WIDTH.min(size - index * WIDTH) })
}
