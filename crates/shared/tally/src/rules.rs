//! Which leaves may stand together: batches numbered 1, 2, 3 … without a gap, each sorted by tag and closed by one B leaf, no
//! tag used twice, and no more struck messages than accepted ones.

use std::collections::{BTreeMap, HashSet};

use crate::{BatchFile, Hash, Leaf, LeafKind, PublishedIndex, Tag};

/// A rule that a leaf breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Position of the leaf.
    pub index: u64,
    /// What is wrong.
    pub why: String,
}

/// A batch as the leaves show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSpan {
    /// Its number.
    pub batch: u32,
    /// First leaf.
    pub start: u64,
    /// Its B leaf; the tree had `close + 1` leaves when it was signed.
    pub close: u64,
    /// A and U leaves in it.
    pub messages: u64,
    /// A and U leaves in it and in all batches before.
    pub messages_so_far: u64,
}

/// Batches in order, as far as B leaves close them.
#[must_use]
pub fn batches(leaves: &[Leaf]) -> Vec<BatchSpan> {
    let (mut spans, mut start, mut messages, mut so_far) = (Vec::new(), 0, 0, 0);
    for (index, leaf) in (0..).zip(leaves) {
        messages += u64::from(leaf.kind.is_message());
        if leaf.kind == LeafKind::Batch {
            so_far += messages;
            spans.push(BatchSpan { batch: leaf.batch, start, close: index, messages, messages_so_far: so_far });
            (start, messages) = (index + 1, 0);
        }
    }
    spans
}

/// Checks a whole log's leaves; empty when they keep every rule.
#[must_use]
pub fn check(leaves: &[Leaf]) -> Vec<Breach> {
    let mut checker = Checker::default();
    for (index, leaf) in (0..).zip(leaves) {
        checker.place(index, leaf);
        checker.tag(index, leaf);
        checker.balance(index, leaf);
    }
    if leaves.last().is_some_and(|leaf| leaf.kind != LeafKind::Batch) {
        checker.say(leaves.len() as u64 - 1, "the last batch is not closed by a B leaf".into());
    }
    checker.breaches
}

/// Checks the batches' public files (already known to be the ones committed to) against the leaves; number and sentence of
/// each breach.
#[must_use]
pub fn batch_files(spans: &[BatchSpan], files: &[BatchFile]) -> Vec<(u32, &'static str)> {
    let (mut breaches, mut received, mut closed) = (Vec::new(), 0, false);
    for (span, file) in spans.iter().zip(files) {
        let mut say = |broken: bool, why| {
            if broken {
                breaches.push((span.batch, why));
            }
        };
        say(file.batch != span.batch, "its file is that of another batch");
        say(file.floors.batch == 0 || file.floors.k == 0, "its floors are zero");
        let small = span.messages > 0 && span.messages < file.floors.batch.into();
        say(small && !file.closing, "it holds fewer messages than its own floor");
        say(closed && span.messages > 0, "it holds messages, though the campaign was closed before");
        say(file.received < span.messages_so_far, "more messages were accepted than received");
        say(file.received < received, "fewer messages were received than a batch before");
        received = file.received;
        closed |= file.closing;
    }
    breaches
}

/// Checks the index of published clips against the leaves; a sentence for each breach.
#[must_use]
pub fn published(leaves: &[Leaf], index: &PublishedIndex) -> Vec<String> {
    let mut open: BTreeMap<u64, &Hash> =
        (0..).zip(leaves).filter(|(_, l)| l.kind == LeafKind::Published).map(|(i, l)| (i, &l.commitment)).collect();
    let mut breaches = Vec::new();
    for clip in index.clips() {
        match open.remove(&clip.leaf) {
            None => breaches.push(format!("{} names leaf {}, which is no published clip", clip.path, clip.leaf)),
            Some(commitment) if *commitment != clip.commitment() => {
                breaches.push(format!("salt and hash of {} do not open leaf {}", clip.path, clip.leaf));
            }
            Some(_) => {}
        }
    }
    for leaf in index.taken_down() {
        if open.remove(leaf).is_none() {
            breaches.push(format!("leaf {leaf} is listed as taken down, but is no published clip"));
        }
    }
    breaches
        .extend(open.keys().map(|leaf| format!("the clip of leaf {leaf} is neither listed nor listed as taken down")));
    breaches
}

#[derive(Default)]
struct Checker {
    breaches: Vec<Breach>,
    closed: u32,
    previous: Option<Leaf>,
    receipts: HashSet<Tag>,
    strikes: HashSet<Tag>,
    clips: HashSet<Tag>,
    messages: u64,
    struck: u64,
}

impl Checker {
    fn say(&mut self, index: u64, why: String) {
        self.breaches.push(Breach { index, why });
    }

    fn place(&mut self, index: u64, leaf: &Leaf) {
        let expected = self.closed.saturating_add(1);
        if leaf.batch != expected {
            self.say(index, format!("it says batch {} where batch {expected} is open", leaf.batch));
        }
        if leaf.kind == LeafKind::Batch {
            self.closed = leaf.batch;
            self.previous = None;
            return;
        }
        if self.previous.is_some_and(|before| before.order() >= leaf.order()) {
            self.say(index, "leaves of a batch are sorted by tag, and this one is out of order".into());
        }
        self.previous = Some(*leaf);
    }

    fn tag(&mut self, index: u64, leaf: &Leaf) {
        let (seen, what) = match leaf.kind {
            LeafKind::Accepted | LeafKind::Uninvited => (&mut self.receipts, "a receipt's tag"),
            LeafKind::Withdrawn | LeafKind::Duplicate | LeafKind::Canary => (&mut self.strikes, "a struck message"),
            LeafKind::Published => (&mut self.clips, "a clip's nullifier"),
            LeafKind::Batch | LeafKind::Freeze | LeafKind::Report | LeafKind::Correction => return,
        };
        if !seen.insert(leaf.tag) {
            self.say(index, format!("{what} stands in the log twice"));
        }
    }

    fn balance(&mut self, index: u64, leaf: &Leaf) {
        self.messages += u64::from(leaf.kind.is_message());
        self.struck += u64::from(leaf.kind.is_strike());
        // Inside a batch the order is by tag, so a balance can only be drawn where the batch ends.
        if leaf.kind == LeafKind::Batch && self.struck > self.messages {
            self.say(index, "more messages are struck than were ever accepted".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{self, Pending};

    fn log(batches: &[&str]) -> Vec<Leaf> {
        let (mut leaves, mut tag) = (Vec::new(), 0u8);
        for (number, letters) in (1..).zip(batches) {
            let pending: Vec<Pending> = letters
                .bytes()
                .filter_map(LeafKind::from_byte)
                .map(|kind| {
                    tag += 1;
                    Pending { kind, tag: if kind.is_tagged() { [tag; 16] } else { [0; 16] }, commitment: [tag; 32] }
                })
                .collect();
            leaves.extend(batch::close(&pending, &batch::tests::file(number)).unwrap());
        }
        leaves
    }

    #[test]
    fn a_log_made_by_closing_batches_keeps_the_rules() {
        let leaves = log(&["AAUA", "PPW", "F", "", "AR"]);
        assert_eq!(check(&leaves), []);
        let spans = batches(&leaves);
        assert_eq!(spans.iter().map(|s| s.messages).collect::<Vec<_>>(), [4, 0, 0, 0, 1]);
        assert_eq!(spans[4].messages_so_far, 5);
        assert_eq!(spans[4].close + 1, leaves.len() as u64);
    }

    #[test]
    fn each_rule_is_kept() {
        type Change = fn(&mut Vec<Leaf>);
        let cases: [(Change, &str); 7] = [
            (|l| l.swap(0, 1), "sorted by tag"),
            (|l| l.truncate(3), "not closed"),
            (|l| l.retain(|leaf| leaf.batch != 1 || leaf.kind != LeafKind::Batch), "where batch 1 is open"),
            (|l| l[4].batch = 7, "where batch 1 is open"),
            (|l| l[1].tag = l[0].tag, "twice"),
            (|l| l[6].tag = l[5].tag, "twice"),
            (|l| l[..4].iter_mut().for_each(|leaf| leaf.kind = LeafKind::Canary), "more messages are struck"),
        ];
        for (change, expected) in cases {
            let mut leaves = log(&["AAAA", "PPWD"]);
            change(&mut leaves);
            let breaches = check(&leaves);
            assert!(breaches.iter().any(|b| b.why.contains(expected)), "{expected}: {breaches:?}");
        }
    }
}
