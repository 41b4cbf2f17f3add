//! A small site in memory, made from a seed, with everything a log can hold.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use hamseda_core::campaign::Floors;
use hamseda_core::{RejectCode, Secret};
use hamseda_tally::keys::KeyUse;
use hamseda_tally::merkle::leaf_hash;
use hamseda_tally::note::{Note, NoteSignature};
use hamseda_tally::policy::{Group, Witness};
use hamseda_tally::{
    BatchFile, Checkpoint, Hash, Leaf, LeafKind, LogKey, LogParts, Pending, Policy, PublishedClip, PublishedIndex,
    ReadError, Source, TallyError, Tree, VerifierKey, batch, cosignature, derive, layout, sha256, shards, tiles,
};

/// What a test may ask of a site.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Kinds of the leaves of each batch, as letters.
    pub(crate) batches: Vec<String>,
    /// Cosigned by two of three witnesses.
    pub(crate) witnessed: bool,
    /// Distinguishes otherwise equal sites.
    pub(crate) seed: u8,
}

/// The parts of a site before they are laid out, for tests that cheat.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) files: Vec<BatchFile>,
    pub(crate) policy: Policy,
    pub(crate) published: PublishedIndex,
    pub(crate) clips: BTreeMap<String, Vec<u8>>,
    key_seed: u8,
    witnesses: Vec<(SigningKey, VerifierKey)>,
}

/// A site's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site(pub(crate) BTreeMap<String, Vec<u8>>);

impl Source for Site {
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self.0.get(path).ok_or(ReadError::Missing)?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLong) } else { Ok(bytes.clone()) }
    }

    fn sha256(&self, path: &str) -> Result<Hash, ReadError> {
        self.0.get(path).map(|bytes| sha256(bytes)).ok_or(ReadError::Missing)
    }

    fn list_log(&self) -> Result<Vec<String>, ReadError> {
        Ok(self.0.keys().filter(|path| path.starts_with("log/")).cloned().collect())
    }
}

pub(crate) const ORIGIN: &str = "orvana.example/we-can";

pub(crate) fn log_key(seed: u8) -> LogKey {
    LogKey::from_seed(ORIGIN, Secret::new([seed; 32])).unwrap()
}

fn draw(seed: u8, what: &str, n: usize) -> Hash {
    sha256(format!("{seed} {what} {n}").as_bytes())
}

fn policy(seed: u8, witnesses: &[(SigningKey, VerifierKey)]) -> Policy {
    let mut policy = Policy::unwitnessed(log_key(seed).verifier().clone(), Floors { batch: 1, k: 1 });
    for (i, (_, key)) in witnesses.iter().enumerate() {
        policy.witnesses.push(Witness { name: format!("w{i}"), key: key.clone() });
    }
    if !witnesses.is_empty() {
        let members = policy.witnesses.iter().map(|w| w.name.clone()).collect();
        policy.groups.push(Group { name: "two".into(), threshold: 2, members });
        policy.quorum = Some("two".into());
    }
    policy
}

fn witness(seed: u8, n: u8) -> (SigningKey, VerifierKey) {
    let secret = SigningKey::from_bytes(&draw(seed, "witness", n.into()));
    let name = format!("witness.example/w{n}");
    let key = VerifierKey::new(&name, KeyUse::Witness, secret.verifying_key().as_bytes()).unwrap();
    (secret, key)
}

impl Parts {
    pub(crate) fn new(shape: &Shape) -> Self {
        let seed = shape.seed;
        let witnesses: Vec<_> = if shape.witnessed { (0..3).map(|n| witness(seed, n)).collect() } else { Vec::new() };
        let policy = policy(seed, &witnesses);
        let mut parts = Self {
            leaves: Vec::new(),
            files: Vec::new(),
            policy,
            published: PublishedIndex::default(),
            clips: BTreeMap::new(),
            key_seed: seed,
            witnesses,
        };
        for letters in &shape.batches {
            parts.close(letters);
        }
        parts.publish();
        parts
    }

    fn close(&mut self, letters: &str) {
        let (seed, base) = (self.key_seed, self.leaves.len());
        let number = self.files.len() as u32 + 1;
        let pending: Vec<Pending> = letters
            .bytes()
            .enumerate()
            .map(|(i, byte)| {
                let kind = LeafKind::from_byte(byte).unwrap();
                let n = base + i;
                let tag = if kind.is_tagged() { derive::tag(&draw(seed, "r", n)) } else { [0; 16] };
                let commitment = match kind {
                    LeafKind::Published => {
                        let clip = self.clip(n);
                        clip.commitment()
                    }
                    _ => derive::leaf_commitment(&draw(seed, "fields", n)),
                };
                Pending { kind, tag, commitment }
            })
            .collect();
        let accepted = self.leaves.iter().filter(|l| l.kind.is_message()).count() + letters.matches(['A', 'U']).count();
        let file = BatchFile {
            batch: number,
            closing: false,
            custody_head: draw(seed, "custody", number as usize),
            floors: self.policy.floors,
            policy_sha256: self.policy.sha256(),
            received: accepted as u64 + 3,
            rejected: BTreeMap::from([(RejectCode::OffTopic, 2)]),
            token_root: derive::token_root(&draw(seed, "salt", number as usize), &[]),
            unreadable: 1,
        };
        self.leaves.extend(batch::close(&pending, &file).unwrap());
        self.files.push(file);
    }

    /// The clip published by the `n`th leaf drawn; its leaf index is filled in by `publish`.
    fn clip(&self, n: usize) -> PublishedClip {
        let bytes = self.clip_bytes(n);
        let salt = draw(self.key_seed, "publish", n);
        PublishedClip { leaf: 0, path: format!("m/{n}/clip.mp4"), salt, sha256: sha256(&bytes) }
    }

    fn clip_bytes(&self, n: usize) -> Vec<u8> {
        draw(self.key_seed, "clip", n).repeat(4)
    }

    /// Lists every clip but the last, which was taken down.
    fn publish(&mut self) {
        let (mut clips, mut taken_down) = (Vec::new(), Vec::new());
        let drawn: BTreeMap<Hash, usize> = (0..self.leaves.len()).map(|n| (self.clip(n).commitment(), n)).collect();
        for (index, leaf) in (0..).zip(&self.leaves).filter(|(_, l)| l.kind == LeafKind::Published) {
            let n = drawn[&leaf.commitment];
            clips.push(PublishedClip { leaf: index, ..self.clip(n) });
            self.clips.insert(format!("m/{n}/clip.mp4"), self.clip_bytes(n));
        }
        if clips.len() > 1
            && let Some(clip) = clips.pop()
        {
            self.clips.remove(&clip.path);
            taken_down.push(clip.leaf);
        }
        self.published = PublishedIndex::new(clips, taken_down).unwrap();
    }

    /// The signed (and cosigned) checkpoint over the leaves as they are now.
    pub(crate) fn checkpoint(&self) -> String {
        let tree: Tree = self.leaves.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size: tree.size(), root: tree.root() };
        let signed = checkpoint.sign(&log_key(self.key_seed)).unwrap();
        let mut note = Note::parse(signed.as_bytes()).unwrap();
        for (secret, key) in self.witnesses.iter().take(2) {
            let time = 1_773_000_000;
            let mut signature = u64::to_be_bytes(time).to_vec();
            signature.extend(secret.sign(cosignature::message(note.text(), time).as_bytes()).to_bytes());
            note.add(NoteSignature { name: key.name().into(), id: key.id(), signature });
        }
        note.encode()
    }

    /// Commits the B leaves to the batch files as they are now.
    pub(crate) fn recommit(&mut self) {
        for leaf in self.leaves.iter_mut().filter(|leaf| leaf.kind == LeafKind::Batch) {
            leaf.commitment = self.files[leaf.batch as usize - 1].commitment();
        }
    }

    /// The site, with its clips.
    pub(crate) fn site(&self) -> Site {
        self.try_site().unwrap()
    }

    pub(crate) fn try_site(&self) -> Result<Site, TallyError> {
        let checkpoint = self.checkpoint();
        let parts = LogParts {
            leaves: &self.leaves,
            checkpoint: &checkpoint,
            policy: &self.policy,
            batches: &self.files,
            published: &self.published,
        };
        let files = layout::log_files(&parts)?;
        let mut site = Site(self.clips.clone());
        site.0.extend(files.into_iter().map(|file| (file.path, file.bytes)));
        Ok(site)
    }

    /// A site of parts that `layout` would refuse: an honest one's files, replaced one by one.
    pub(crate) fn forced(&self) -> Site {
        let tree: Tree = self.leaves.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
        let mut files = vec![
            (layout::CHECKPOINT.to_owned(), self.checkpoint().into_bytes()),
            (layout::POLICY.to_owned(), self.policy.encode().into_bytes()),
            (layout::PUBLISHED.to_owned(), self.published.encode()),
            (layout::TAGS.to_owned(), layout::tags(&self.leaves)),
        ];
        files.extend((1..).zip(&self.files).map(|(n, file)| (layout::batch_path(n), file.encode())));
        for tile in tiles::tiles_of(tree.size()) {
            let entries = self.leaves.iter().map(Leaf::encode).skip(tile.start() as usize).take(tile.width as usize);
            let bytes = tile.hashes_of(&tree).unwrap_or_else(|| tiles::encode_entries(entries).unwrap());
            files.push((layout::tile_path(tile), bytes));
        }
        let script = shards::encode(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
        files.push((shards::path(0), script));
        let mut site = Site(self.clips.clone());
        site.0.extend(files);
        site
    }
}

pub(crate) fn site(batches: &[&str], witnessed: bool, seed: u8) -> Site {
    let batches = batches.iter().map(|letters| (*letters).to_owned()).collect();
    Parts::new(&Shape { batches, witnessed, seed }).site()
}
