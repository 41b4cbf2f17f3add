//! Towns and provinces of the campaign's country, as the campaign file lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Local;

/// A place's short name in the campaign file, such as `miravan`: 1 to 32 of `a`–`z`, `0`–`9`, `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PlaceId(String);

impl PlaceId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PlaceId {
    type Err = PlaceTableError;

    fn from_str(text: &str) -> Result<Self, PlaceTableError> {
        let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > 32 || !text.bytes().all(fine) {
            return Err(PlaceTableError::BadId(text.chars().take(40).collect()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for PlaceId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How large a place is: small cells merge upward until they hold k messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceLevel {
    /// A town.
    Town,
    /// A province.
    Province,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Short name.
    pub id: PlaceId,
    /// Its name in each language.
    pub name: Local,
    /// Town or province.
    pub level: PlaceLevel,
    /// The province a town lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<PlaceId>,
}

/// What is wrong with a place or a table of places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceTableError {
    /// Not a short name.
    #[error("place id {0:?}: use 1 to 32 of a-z, 0-9 and -")]
    BadId(String),
    /// Two places share an id.
    #[error("place {0} is listed twice")]
    Twice(PlaceId),
    /// A town lies in a province that is not listed, or a province lies in something.
    #[error("place {0}: a town lies within a listed province, a province within none")]
    Within(PlaceId),
}

/// All places, in the order of the campaign file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Place>", into = "Vec<Place>")]
pub struct PlaceTable {
    places: Vec<Place>,
    index: BTreeMap<PlaceId, usize>,
}

impl PlaceTable {
    /// The place with this id.
    #[must_use]
    pub fn get(&self, id: &PlaceId) -> Option<&Place> {
        self.index.get(id).map(|&i| &self.places[i])
    }

    /// All places.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }
}

impl TryFrom<Vec<Place>> for PlaceTable {
    type Error = PlaceTableError;

    fn try_from(places: Vec<Place>) -> Result<Self, PlaceTableError> {
        let mut index = BTreeMap::new();
        for (i, place) in places.iter().enumerate() {
            if index.insert(place.id.clone(), i).is_some() {
                return Err(PlaceTableError::Twice(place.id.clone()));
            }
        }
        let provinces: BTreeSet<_> = places.iter().filter(|p| p.level == PlaceLevel::Province).map(|p| &p.id).collect();
        for place in &places {
            let fine = match (place.level, &place.within) {
                (PlaceLevel::Town, Some(province)) => provinces.contains(province),
                (PlaceLevel::Town, None) | (PlaceLevel::Province, Some(_)) => false,
                (PlaceLevel::Province, None) => true,
            };
            if !fine {
                return Err(PlaceTableError::Within(place.id.clone()));
            }
        }
        Ok(Self { places, index })
    }
}

impl From<PlaceTable> for Vec<Place> {
    fn from(table: PlaceTable) -> Self {
        table.places
    }
}
