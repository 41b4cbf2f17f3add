//! Everything the pages are made from, as plain values: tests and reference pictures need no vault.

use std::path::PathBuf;

use hamseda_core::{Campaign, Day, Lang, Local, Picture, PlaceId, Voice};
use hamseda_tally::{BatchFile, Claim, Hash, Leaf, Policy, PublishedClip, PublishedIndex, Tree, count, merkle};

use crate::{PageId, PressError};

/// All that a site says.
#[derive(Debug, Clone)]
pub struct SiteData {
    /// The campaign.
    pub campaign: Campaign,
    /// Published messages; their order here does not matter, pages show them by [`PageId`].
    pub clips: Vec<Clip>,
    /// Supporters, in the order shown.
    pub supporters: Vec<Supporter>,
    /// The log, once a batch has closed.
    pub log: Option<Log>,
    /// The figure at the top, when it is another than what the log alone says (a certificate).
    pub claim: Option<Claim>,
    /// The film.
    pub film: Option<Film>,
    /// The wall.
    pub wall: Option<Wall>,
    /// Key sets of all epochs, oldest first; the last is the one to seal to.
    pub keysets: Vec<KeySetFile>,
}

impl SiteData {
    /// Hash of the key set to seal to, as senders compare it.
    pub(crate) fn keyset_hash(&self) -> Option<Hash> {
        self.keysets.last().map(KeySetFile::sha256)
    }
}

/// A signed key set, as the intake serves it.
#[derive(Debug, Clone)]
pub struct KeySetFile {
    /// Its epoch.
    pub epoch: u32,
    /// Last day on which anything may be sealed to it.
    pub expires: Day,
    /// The file.
    pub json: String,
}

impl KeySetFile {
    /// The hash that pages and paper print.
    #[must_use]
    pub fn sha256(&self) -> Hash {
        hamseda_tally::sha256(self.json.as_bytes())
    }

    /// Where the site has it.
    pub(crate) fn path(&self) -> String {
        format!("keysets/{}.json", self.epoch)
    }
}

/// A published message.
#[derive(Debug, Clone)]
pub struct Clip {
    /// The name of its page.
    pub page: PageId,
    /// Language spoken.
    pub lang: Lang,
    /// Place its sender gave. Pages show the cell it fell in, never this.
    pub place: Option<PlaceId>,
    /// Pseudonym its sender gave.
    pub pseudonym: Option<String>,
    /// How the sender wanted to be seen.
    pub picture: Picture,
    /// How the sender wanted to be heard.
    pub voice: Voice,
    /// Length.
    pub millis: u64,
    /// Position of its P leaf.
    pub leaf: u64,
    /// The salt that opens the leaf's commitment.
    pub salt: Hash,
    /// SHA-256 of the file, which the leaf commits to.
    pub sha256: Hash,
    /// The protected master.
    pub file: PathBuf,
    /// A JPEG of it.
    pub poster: PathBuf,
}

impl Clip {
    /// Path of the clip from the site's root.
    #[must_use]
    pub fn path(&self) -> String {
        format!("clips/{}.mp4", self.page)
    }
}

/// A named supporter, who has confirmed every word.
#[derive(Debug, Clone)]
pub struct Supporter {
    /// Name for file names of pictures: random.
    pub id: String,
    /// Name.
    pub name: Local,
    /// Role.
    pub role: Local,
    /// Country.
    pub country: Local,
    /// Quote.
    pub quote: Local,
    /// Portrait, JPEG.
    pub portrait: Option<PathBuf>,
    /// A clip.
    pub file: Option<PathBuf>,
}

/// A finished film.
#[derive(Debug, Clone)]
pub struct Film {
    /// The MP4.
    pub file: PathBuf,
    /// A JPEG of it.
    pub poster: Option<PathBuf>,
    /// Length, seconds; 0 when not known.
    pub seconds: u64,
}

/// A finished wall.
#[derive(Debug, Clone)]
pub struct Wall {
    /// The still, JPEG.
    pub still: PathBuf,
    /// The moving wall, MP4.
    pub video: Option<PathBuf>,
}

/// The log.
#[derive(Debug, Clone)]
pub struct Log {
    /// All leaves.
    pub leaves: Vec<Leaf>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The policy the last batch committed to.
    pub policy: Policy,
    /// The public files of all batches.
    pub batches: Vec<BatchFile>,
    /// P leaves whose clip was taken down.
    pub taken_down: Vec<u64>,
}

impl SiteData {
    /// The figure at the top of the site.
    #[must_use]
    pub fn headline(&self) -> Option<Claim> {
        self.claim.or_else(|| self.log.as_ref().map(|log| Claim::logged(&count(&log.leaves))))
    }

    /// The index of published clips.
    ///
    /// # Errors
    /// When two clips share a leaf or a page.
    pub fn published(&self) -> Result<PublishedIndex, PressError> {
        let taken_down = self.log.as_ref().map(|log| log.taken_down.clone()).unwrap_or_default();
        Ok(PublishedIndex::new(self.clips.iter().map(Clip::entry).collect(), taken_down)?)
    }
}

impl Clip {
    pub(crate) fn entry(&self) -> PublishedClip {
        PublishedClip { leaf: self.leaf, path: self.path(), salt: self.salt, sha256: self.sha256 }
    }
}

impl Log {
    /// The Merkle tree of all leaves.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect()
    }
}
