//! The vectors of the key set, and what a swap of anything in it does.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use proptest::prelude::*;
use serde::Deserialize;

use hamseda_core::{CampaignPin, Coded, Day};
use hamseda_seal::{KeySet, KeySetError};

#[derive(Deserialize)]
struct Positive {
    name: String,
    text: String,
    campaign_key: CampaignPin,
    today: Day,
    epoch: u32,
    expires: Day,
    recipients: usize,
    sha256: String,
}

#[derive(Deserialize)]
struct Negative {
    name: String,
    text: String,
    campaign_key: String,
    today: Day,
    code: String,
}

fn positive() -> Vec<Positive> {
    serde_json::from_str(include_str!("../../../../vectors/keyset/positive.json")).unwrap()
}

fn negative() -> Vec<Negative> {
    serde_json::from_str(include_str!("../../../../vectors/keyset/negative.json")).unwrap()
}

/// What every road does before anything is sealed or served.
fn usable(text: &[u8], pin: &[u8; 32], today: Day) -> Result<KeySet, KeySetError> {
    let set = KeySet::verify(text, Some(pin))?;
    set.current(today)?;
    Ok(set)
}

#[test]
fn every_positive_vector_is_usable() {
    for case in positive() {
        let set = usable(case.text.as_bytes(), case.campaign_key.as_bytes(), case.today);
        let set = set.unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let terms = set.terms();
        let found = (terms.epoch, terms.expires, terms.recipients.len(), hex::encode(set.hash()));
        assert_eq!(found, (case.epoch, case.expires, case.recipients, case.sha256), "{}", case.name);
        assert_eq!(set.to_json(), case.text, "{}", case.name);
    }
}

#[test]
fn every_negative_vector_is_refused_with_its_code() {
    for case in negative() {
        // Some of the keys are none; nothing but the file's own words can be compared with those.
        let pin: [u8; 32] = hex::decode(&case.campaign_key).unwrap().try_into().unwrap();
        let refused = usable(case.text.as_bytes(), &pin, case.today).map(drop);
        assert_eq!(refused.unwrap_err().code(), case.code, "{}", case.name);
    }
}

#[test]
fn every_code_has_a_vector() {
    let cases = negative();
    let codes = [
        "keyset-json",
        "keyset-not-canonical",
        "keyset-format",
        "keyset-origin",
        "keyset-recipient",
        "keyset-count",
        "keyset-repeated",
        "keyset-campaign-key",
        "keyset-other-campaign",
        "keyset-signature",
        "keyset-expired",
    ];
    for code in codes {
        assert!(cases.iter().any(|case| case.code == code), "no vector for {code}");
    }
}

proptest! {
    /// Nobody without the campaign key can make a usable file out of a usable one: whatever byte is changed, added or taken.
    #[test]
    fn any_change_is_refused(at: prop::sample::Index, byte: u8, what in 0..3) {
        let case = &positive()[0];
        let mut text = case.text.clone().into_bytes();
        let at = at.index(text.len());
        match what {
            0 if text[at] == byte => return Ok(()),
            0 => text[at] = byte,
            1 => text.insert(at, byte),
            _ => drop(text.remove(at)),
        }
        prop_assert!(usable(&text, case.campaign_key.as_bytes(), case.today).is_err());
    }
}
