//! The name of a message's page.
//!
//! Refuses: anything from which the message's id, tag or leaf could be told. It is derived from the publish nullifier, which
//! the public P leaf carries, and from nothing else.

use std::fmt;
use std::str::FromStr;

use hamseda_tally::{Hasher, Tag};
use serde::{Deserialize, Serialize};

/// Text that is not the name of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a page is named by 16 lower-case hex digits")]
pub struct ParsePageError;

/// Sixteen hex digits; the file name of a page, its clip and its pictures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId([u8; 8]);

impl PageId {
    /// The page of a published clip.
    #[must_use]
    pub fn of(publish_nullifier: &Tag) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(b"hamseda/page/v1");
        hasher.update(publish_nullifier);
        let [a, b, c, d, e, f, g, h, ..] = hasher.finish();
        Self([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageId({self})")
    }
}

impl FromStr for PageId {
    type Err = ParsePageError;

    fn from_str(text: &str) -> Result<Self, ParsePageError> {
        let mut bytes = [0; 8];
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if !text.bytes().any(|b| b.is_ascii_uppercase()) => Ok(Self(bytes)),
            _ => Err(ParsePageError),
        }
    }
}

impl Serialize for PageId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PageId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
