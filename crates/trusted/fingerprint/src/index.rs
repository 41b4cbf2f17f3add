//! The index: which messages look or sound so much like this one that somebody should look. Brute force over all hashes of
//! all moments, 64 of their 256 bits first; sounds by exact 16-bit keys that vote for an offset.
//!
//! It proposes and never decides: [`crate::compare`] looks twice, a person decides.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash as Key;

use pulp::{Arch, Simd, WithSimd};

use crate::pdq::Hash;
use crate::print::{ACTIVE, Fingerprint, HASHES, HEART, INSET, MIRRORED, VIEWS};

/// Hashes that differ in no more bits than this look alike.
const ALIKE: u32 = 72;
/// Of the 64 coarsest bits no more than this may differ.
const ALIKE_COARSE: u32 = 18;
/// Views that are stored; the mirrored picture is only asked for.
const STORED: usize = MIRRORED;
/// Moments of the message that is asked for.
const ASKED: usize = 6;
/// Moments that are compared at a time: their coarse bits stay in the processor's cache.
const CHUNK: usize = 4096;
/// Hashes between two looks whether one of them was alike.
const BLOCK: usize = 64;
/// Sounds of a message in the index.
const KEPT_SOUNDS: usize = 64;
/// A key that so many share says nothing.
const COMMON: usize = 1 << 14;
/// Votes for one offset that make a proposal.
const LEAST_VOTES: u32 = 5;
/// Offsets are counted in bins of so many sounds, 0.4 s: a copy may run a little faster.
const BIN: i32 = 8;

/// A message to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal<K> {
    /// Which.
    pub name: K,
    /// Bits in which the most alike pictures differ, of 256; `None` when only the sound is alike.
    pub distance: Option<u32>,
    /// Pairs of pictures that are alike.
    pub pictures: u32,
    /// Sounds that agree about an offset.
    pub sounds: u32,
}

impl<K> Proposal<K> {
    /// How strong it is, for an order.
    fn weight(&self) -> u32 {
        let look = self.distance.map_or(0, |distance| ALIKE + 1 - distance.min(ALIKE));
        look + 8 * self.sounds.min(16)
    }
}

/// Fingerprints of many messages.
#[derive(Debug)]
pub struct Index<K> {
    names: Vec<Option<K>>,
    /// Number of a message, by its name.
    numbers: HashMap<K, u32>,
    /// Which message each moment is of.
    owners: Vec<u32>,
    views: [View; STORED],
    /// Message and place of each sound, by key.
    sounds: Vec<Vec<(u32, u16)>>,
}

/// One view of every moment.
#[derive(Debug, Default)]
struct View {
    coarse: Vec<u64>,
    hashes: Vec<Hash>,
}

impl<K: Copy + Eq + Key> Default for Index<K> {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            owners: Vec::new(),
            views: Default::default(),
            sounds: vec![Vec::new(); 1 << 16],
        }
    }
}

impl<K: Copy + Eq + Key> Index<K> {
    /// How many messages are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether a message is in it.
    #[must_use]
    pub fn holds(&self, name: &K) -> bool {
        self.numbers.contains_key(name)
    }

    /// Adds a message; one that is there already is replaced.
    pub fn add(&mut self, name: K, print: &Fingerprint) {
        self.remove(&name);
        let number = self.names.len() as u32;
        self.names.push(Some(name));
        self.numbers.insert(name, number);
        for moment in &print.moments {
            self.owners.push(number);
            for (view, &hash) in self.views.iter_mut().zip(&moment.views) {
                view.coarse.push(coarse(hash));
                view.hashes.push(hash);
            }
        }
        for (place, sound) in spread(&print.sounds) {
            self.sounds[usize::from(key(sound))].push((number, place));
        }
    }

    /// Takes a message out; nothing of it is proposed any more. Its hashes are wiped.
    pub fn remove(&mut self, name: &K) {
        let Some(number) = self.numbers.remove(name) else { return };
        self.names[number as usize] = None;
        // A message's moments lie together, and numbers rise.
        let (from, to) = (self.owners.partition_point(|&o| o < number), self.owners.partition_point(|&o| o <= number));
        for view in &mut self.views {
            view.coarse[from..to].fill(0);
            view.hashes[from..to].fill(Hash::default());
        }
        for sounds in &mut self.sounds {
            sounds.retain(|(owner, _)| *owner != number);
        }
    }

    /// The messages most like this one, most alike first, at most `most`.
    #[must_use]
    pub fn propose(&self, print: &Fingerprint, most: usize) -> Vec<Proposal<K>> {
        let mut found: BTreeMap<u32, (u32, u32, u32)> = BTreeMap::new();
        for (owner, distance) in self.alike(print) {
            let entry = found.entry(owner).or_insert((u32::MAX, 0, 0));
            (entry.0, entry.1) = (entry.0.min(distance), entry.1 + 1);
        }
        for (owner, votes) in self.votes(print) {
            found.entry(owner).or_insert((u32::MAX, 0, 0)).2 = votes;
        }
        let proposal = |(owner, (distance, pictures, sounds)): (u32, (u32, u32, u32))| {
            let distance = (distance <= ALIKE).then_some(distance);
            Some(Proposal { name: self.names[owner as usize]?, distance, pictures, sounds })
        };
        let mut proposals: Vec<_> = found.into_iter().filter_map(proposal).collect();
        proposals.sort_by_key(|p| std::cmp::Reverse(p.weight()));
        proposals.truncate(most);
        proposals
    }

    /// Messages and distances of pictures that look alike.
    fn alike(&self, print: &Fingerprint) -> Vec<(u32, u32)> {
        let asked: Vec<Question> = questions(print);
        let mut found = Vec::new();
        let mut hits = Vec::new();
        for start in (0..self.owners.len()).step_by(CHUNK) {
            let end = (start + CHUNK).min(self.owners.len());
            for question in &asked {
                let view = &self.views[question.view];
                let scan = Scan { coarse: &view.coarse[start..end], wanted: question.coarse, hits: &mut hits };
                Arch::new().dispatch(scan);
                for hit in hits.drain(..) {
                    let moment = start + hit as usize;
                    let distance = view.hashes[moment].distance(question.hash);
                    if distance <= ALIKE {
                        found.push((self.owners[moment], distance));
                    }
                }
            }
        }
        found
    }

    /// Messages whose sounds agree about an offset, and how many of them.
    fn votes(&self, print: &Fingerprint) -> Vec<(u32, u32)> {
        let mut votes: Vec<(u32, i32)> = Vec::new();
        for (place, &sound) in print.sounds.iter().enumerate() {
            let owners = &self.sounds[usize::from(key(sound))];
            if sound != 0 && owners.len() < COMMON {
                votes.extend(owners.iter().map(|&(owner, at)| (owner, (place as i32 - i32::from(at)).div_euclid(BIN))));
            }
        }
        votes.sort_unstable();
        let mut best: Vec<(u32, u32)> = Vec::new();
        let mut last: Option<(u32, i32, u32)> = None;
        for run in votes.chunk_by(|a, b| a == b) {
            let (owner, bin, count) = (run[0].0, run[0].1, run.len() as u32);
            // An offset near the edge of a bin gives its votes to both.
            let beside = last.filter(|l| l.0 == owner && l.1 + 1 == bin).map_or(0, |l| l.2);
            last = Some((owner, bin, count));
            match best.last_mut() {
                Some(top) if top.0 == owner => top.1 = top.1.max(count + beside),
                _ => best.push((owner, count + beside)),
            }
        }
        best.retain(|(_, votes)| *votes >= LEAST_VOTES);
        best
    }
}

/// A hash that is looked for among one view of all moments.
struct Question {
    view: usize,
    hash: Hash,
    coarse: u64,
}

/// The whole picture is looked for in every view and every turn, each part among whole pictures: of two copies either may
/// be the one that was cut.
fn questions(print: &Fingerprint) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut ask = |view: usize, hash: Hash| questions.push(Question { view, hash, coarse: coarse(hash) });
    let count = print.moments.len();
    for i in 0..count.min(ASKED) {
        let moment = &print.moments[i * count / count.min(ASKED)];
        let whole = moment.views[0];
        (0..=ACTIVE).for_each(|view| ask(view, whole));
        (1..VIEWS.len()).for_each(|view| ask(0, moment.views[view]));
        (0..3).for_each(|view| ask(view, moment.views[MIRRORED]));
        ask(0, moment.views[ACTIVE]);
        ask(ACTIVE, moment.views[ACTIVE]);
        ask(HEART, moment.views[HEART]);
        ask(INSET, whole);
        if moment.views[INSET] != Hash::default() {
            ask(0, moment.views[INSET]);
            ask(INSET, moment.views[INSET]);
        }
        let turned = [whole.half_turned(), whole.quarter_turned(true), whole.quarter_turned(false)];
        turned.into_iter().for_each(|hash| ask(0, hash));
    }
    questions
}

const _: () = assert!(HASHES == STORED + 1 && ACTIVE < STORED);

/// The 8 by 8 coarsest waves.
fn coarse(hash: Hash) -> u64 {
    (0..8).fold(0, |bits, row| {
        let low = hash.0[row / 4] >> (row % 4 * 16) & 0xff;
        bits | low << (row * 8)
    })
}

/// Finds coarse bits that differ little.
struct Scan<'a> {
    coarse: &'a [u64],
    wanted: u64,
    hits: &'a mut Vec<u32>,
}

impl WithSimd for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let near = |bits: u64| (bits ^ self.wanted).count_ones() <= ALIKE_COARSE;
        for (block, start) in self.coarse.chunks(BLOCK).zip((0u32..).step_by(BLOCK)) {
            // Without a branch inside, the compiler makes vector instructions of it.
            let count: u32 = block.iter().map(|&bits| u32::from(near(bits))).sum();
            if count > 0 {
                self.hits.extend((start..).zip(block).filter(|(_, bits)| near(**bits)).map(|(i, _)| i));
            }
        }
    }
}

/// Sixteen of a sound's bits: every second one, since neighbours say nearly the same.
fn key(sound: u32) -> u16 {
    (0..16).fold(0, |key, bit| key | ((sound >> (2 * bit) & 1) as u16) << bit)
}

/// Sounds for the index, evenly over the clip, with their places.
fn spread(sounds: &[u32]) -> Vec<(u16, u32)> {
    let heard: Vec<(u16, u32)> = (0..).zip(sounds.iter().copied()).filter(|(_, sound)| *sound != 0).collect();
    let count = heard.len().min(KEPT_SOUNDS);
    (0..count).map(|i| heard[i * heard.len() / count]).collect()
}
