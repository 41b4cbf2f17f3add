//! `log/published.json`: which file of the site belongs to which P leaf, with the salt that opens the leaf's commitment.
//!
//! When a clip is taken down its entry goes, and with it the salt: the leaf then says nothing of the clip any more. What
//! stays is the leaf's position, listed as taken down, so that nothing disappears unsaid.
//!
//! Refuses: paths that leave the site or that a file system or a URL could read in two ways.

use serde::{Deserialize, Serialize};

use crate::hash::hex32;
use crate::{Hash, TallyError, derive, json};

/// A published clip and the leaf it belongs to. Fields are in the order of the canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedClip {
    /// Position of its P leaf.
    pub leaf: u64,
    /// Path of the file from the site's root, such as `m/7f3a/clip.mp4`.
    pub path: String,
    /// The salt of the leaf's commitment.
    #[serde(with = "hex32")]
    pub salt: Hash,
    /// SHA-256 of the file: tells a changed clip from a changed index.
    #[serde(with = "hex32")]
    pub sha256: Hash,
}

impl PublishedClip {
    /// The commitment its leaf must have.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        derive::publish_commitment(&self.salt, &self.sha256)
    }
}

/// The whole index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedIndex {
    /// Clips, by leaf.
    clips: Vec<PublishedClip>,
    /// P leaves without a clip, in order.
    taken_down: Vec<u64>,
}

impl PublishedIndex {
    /// An index of these clips and of the P leaves whose clip was taken down; both are sorted here.
    ///
    /// # Errors
    /// [`TallyError::Published`] when a leaf or a path stands twice, or a path is not allowed ([`site_path`]).
    pub fn new(mut clips: Vec<PublishedClip>, mut taken_down: Vec<u64>) -> Result<Self, TallyError> {
        clips.sort_by_key(|clip| clip.leaf);
        taken_down.sort_unstable();
        let index = Self { clips, taken_down };
        index.check().map_err(TallyError::Published)?;
        Ok(index)
    }

    /// Clips, by leaf.
    #[must_use]
    pub fn clips(&self) -> &[PublishedClip] {
        &self.clips
    }

    /// P leaves whose clip was taken down, in order.
    #[must_use]
    pub fn taken_down(&self) -> &[u64] {
        &self.taken_down
    }

    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // Paths were checked to be plain ASCII.
        json::encode(self).unwrap_or_default()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`TallyError::Published`] for anything [`PublishedIndex::encode`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, TallyError> {
        let index: Self = json::parse(bytes).map_err(TallyError::Published)?;
        index.check().map_err(TallyError::Published)?;
        Ok(index)
    }

    fn check(&self) -> Result<(), String> {
        let mut leaves: Vec<u64> = self.clips.iter().map(|c| c.leaf).chain(self.taken_down.iter().copied()).collect();
        let sorted = self.clips.is_sorted_by_key(|c| c.leaf) && self.taken_down.is_sorted();
        leaves.sort_unstable();
        if !sorted || leaves.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("leaves are listed once each, in order".into());
        }
        let mut paths: Vec<&str> = self.clips.iter().map(|c| c.path.as_str()).collect();
        if let Some(path) = paths.iter().find(|path| !site_path(path)) {
            return Err(format!("{path:?} is not a plain path inside the site"));
        }
        paths.sort_unstable();
        match paths.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("{} stands for two leaves", pair[0])),
            None => Ok(()),
        }
    }
}

/// Whether a path is plain: segments of ASCII letters, digits, `-`, `_` and `.`, none starting with a dot, none in `log/`.
#[must_use]
pub fn site_path(path: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(fine))
        && !path.starts_with("log/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(leaf: u64, path: &str) -> PublishedClip {
        PublishedClip { leaf, path: path.into(), salt: [1; 32], sha256: [2; 32] }
    }

    #[test]
    fn an_index_reads_back_sorted() {
        let index = PublishedIndex::new(vec![clip(7, "m/b.mp4"), clip(3, "m/a.mp4")], vec![9, 4]).unwrap();
        assert_eq!(PublishedIndex::parse(&index.encode()), Ok(index.clone()));
        assert!(index.encode().starts_with(br#"{"clips":[{"leaf":3,"path":"m/a.mp4","salt":"0101"#));
    }

    #[test]
    fn what_can_be_read_two_ways_is_refused() {
        assert!(PublishedIndex::new(vec![clip(1, "a.mp4"), clip(1, "b.mp4")], vec![]).is_err());
        assert!(PublishedIndex::new(vec![clip(1, "a.mp4"), clip(2, "a.mp4")], vec![]).is_err());
        assert!(PublishedIndex::new(vec![clip(1, "a.mp4")], vec![1]).is_err());
        for path in ["", "/a", "a//b", "../a", "a/./b", "a\\b", "a b", ".a", "log/x", "a/", "é", "a?b", "C:a"] {
            assert!(!site_path(path), "{path} passed");
        }
    }
}
