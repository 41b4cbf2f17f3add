//! What the pages' script and the offline sealer need to know of the campaign, as JSON. All of it is public.

use hamseda_core::{Campaign, CampaignPin, Lang, Limits, Local};
use hamseda_seal::KeySet;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The campaign's file for the offline sealer: the key set as it was signed, and what else the pages show.
#[derive(Serialize)]
struct Kit<'a> {
    format: &'static str,
    /// `keyset.json`, byte for byte.
    keyset: &'a str,
    #[serde(flatten)]
    facts: &'a Facts,
}

/// The campaign, for the script.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    /// Key sets signed by another key are refused.
    campaign_key: String,
    slogan: Local,
    seconds: u32,
    /// Messages a place needs before figures name it.
    k: u32,
    places: Vec<Place>,
    languages: Vec<Lang>,
    clip_bytes: u64,
    name_chars: usize,
}

#[derive(Debug, Serialize)]
struct Place {
    id: String,
    town: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<String>,
    name: Local,
}

impl Facts {
    pub(super) fn new(campaign: &Campaign, pin: CampaignPin, languages: &[Lang], limits: &Limits) -> Self {
        Self {
            campaign_key: pin.to_string(),
            slogan: campaign.slogan.clone(),
            seconds: campaign.call.seconds,
            k: campaign.floors.k,
            places: campaign.places.iter().map(Place::from).collect(),
            languages: languages.to_vec(),
            clip_bytes: limits.clip_bytes,
            name_chars: limits.pseudonym_chars,
        }
    }

    pub(super) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The campaign's file for the offline sealer.
    pub(super) fn kit(&self, keyset: &KeySet) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Kit { format: "hamseda/kit/v1", keyset: keyset.to_json(), facts: self })
    }
}

impl From<&hamseda_core::Place> for Place {
    fn from(place: &hamseda_core::Place) -> Self {
        Self {
            id: place.id.to_string(),
            town: place.level == hamseda_core::PlaceLevel::Town,
            within: place.within.as_ref().map(ToString::to_string),
            name: place.name.clone(),
        }
    }
}

/// SHA-256 in hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
