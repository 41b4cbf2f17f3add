//! Key files and key sets.

use proptest::prelude::*;

use crate::common::{LIMITS, Seeded, clip, keys, sealed, vectors};
use hamseda_core::{Coded, Day, OsRandom, Secret};
use hamseda_open::{CampaignKey, DeskKey, KeyFileError, WorkFactor, lock, open, unlock};
use hamseda_seal::{KeySet, KeySetError, Recipient};

fn quick() -> WorkFactor {
    WorkFactor::new(2).unwrap()
}

fn words(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[test]
fn a_desk_key_survives_its_file() {
    let key = DeskKey::generate(&mut OsRandom).unwrap();
    let file = key.to_file(&words("five quiet birds over Miravan"), quick()).unwrap();
    let again = DeskKey::from_file(&file, &words("five quiet birds over Miravan")).unwrap();
    assert_eq!(again.recipient().unwrap(), key.recipient().unwrap());
    let needle = key.to_text().unwrap();
    assert!(!file.windows(needle.expose().len()).any(|window| window == needle.expose().as_bytes()));
}

#[test]
fn a_campaign_key_survives_its_file() {
    let key = CampaignKey::generate(&mut OsRandom);
    let file = key.to_file(&words("w"), quick()).unwrap();
    assert_eq!(CampaignKey::from_file(&file, &words("w")).unwrap().public(), key.public());
}

#[test]
fn a_key_file_is_refused_for_the_right_reason() {
    let key = DeskKey::generate(&mut OsRandom).unwrap();
    let file = key.to_file(&words("right"), quick()).unwrap();
    let code = |file: &[u8], passphrase| DeskKey::from_file(file, &words(passphrase)).unwrap_err().code();
    assert_eq!(code(&file, "wrong"), "keyfile-passphrase");
    assert_eq!(code(b"", "right"), "keyfile-not-a-key-file");
    assert_eq!(code(&file[..file.len() - 1], "right"), "keyfile-not-a-key-file");
    let campaign = CampaignKey::generate(&mut OsRandom).to_file(&words("right"), quick()).unwrap();
    assert_eq!(code(&campaign, "right"), "keyfile-other-secret");
    assert!(matches!(key.to_file(&words(""), quick()), Err(KeyFileError::NoPassphrase)));
    for factor in [0, 23] {
        assert!(matches!(WorkFactor::new(factor), Err(KeyFileError::WorkFactor)));
    }
    // A file that asks for 2^40 is not computed.
    let text = String::from_utf8_lossy(&file).into_owned();
    let line = text.lines().nth(1).unwrap();
    let greedy = [line.strip_suffix(" 2").unwrap(), " 40"].concat();
    let at = file.windows(line.len()).position(|window| window == line.as_bytes()).unwrap();
    let greedy = [&file[..at], greedy.as_bytes(), &file[at + line.len()..]].concat();
    assert_eq!(code(&greedy, "right"), "keyfile-work");
    assert_eq!(code(&sealed(b"clip", &keys().set, "s").out, "right"), "keyfile-not-a-key-file");
}

#[test]
fn any_secret_can_be_locked() {
    let file = lock(b"token", &words("w"), quick()).unwrap();
    assert_eq!(unlock(&file, &words("w")).unwrap().expose(), b"token");
}

#[test]
fn keys_are_not_printed() {
    assert_eq!(format!("{:?}", DeskKey::generate(&mut OsRandom).unwrap()), "DeskKey(…)");
    assert_eq!(format!("{:?}", CampaignKey::generate(&mut OsRandom)), "CampaignKey(…)");
}

#[test]
fn another_text_of_a_key_is_refused() {
    let keys = keys();
    let text = keys.desk[0].to_text().unwrap();
    for other in [text.expose().to_lowercase(), format!("{} ", text.expose()), text.expose().replace("PQ-", "")] {
        assert!(DeskKey::from_text(&other).is_err(), "{other}");
    }
    let recipient = keys.set.recipients()[0].to_string();
    for other in [recipient.to_uppercase(), recipient[..recipient.len() - 1].to_owned(), format!("{recipient}q")] {
        assert!(other.parse::<Recipient>().is_err(), "{other}");
    }
}

#[test]
fn the_key_set_of_the_vectors_is_what_we_write() {
    let set = &keys().set;
    let path = vectors().join("keyset.json");
    if std::env::var_os("HAMSEDA_BLESS").is_some() {
        std::fs::write(&path, set.to_json()).unwrap();
    }
    let file = std::fs::read(path).unwrap();
    assert_eq!(String::from_utf8_lossy(&file), set.to_json());
    let campaign = CampaignKey::generate(&mut Seeded::new("campaign")).public();
    assert_eq!(KeySet::verify(&file, Some(&campaign)).unwrap(), *set);
}

#[test]
fn a_key_set_is_refused_for_the_right_reason() {
    let keys = keys();
    let set = &keys.set;
    let json = set.to_json();
    let code = |json: &str| KeySet::verify(json.as_bytes(), None).unwrap_err().code();
    let other = CampaignKey::generate(&mut Seeded::new("other")).public();
    assert!(matches!(KeySet::verify(json.as_bytes(), Some(&other)), Err(KeySetError::OtherCampaign)));
    assert_eq!(code(&format!("{json}\n")), "keyset-not-canonical");
    assert_eq!(code(&json.replacen(":", ": ", 1)), "keyset-not-canonical");
    assert_eq!(code(&json.replace("\"epoch\":1", "\"epoch\":2")), "keyset-signature");
    assert_eq!(code(&json.replace("keyset/v1", "keyset/v2")), "keyset-format");
    assert_eq!(code(&json.replace("\"epoch\"", "\"more\":1,\"epoch\"")), "keyset-json");
    assert_eq!(code("{}"), "keyset-json");

    let campaign = CampaignKey::generate(&mut Seeded::new("campaign"));
    let sign = |origin, recipients: Vec<Recipient>| {
        campaign.sign_key_set(origin, 1, Day(30_000), recipients).map(|_| ()).unwrap_err().code()
    };
    let (one, two) = (set.recipients()[0].clone(), set.recipients()[1].clone());
    assert_eq!(sign("a b", vec![one.clone(), two.clone()]), "keyset-origin");
    assert_eq!(sign("a.example", vec![one.clone()]), "keyset-count");
    assert_eq!(sign("a.example", vec![one.clone(), two, one]), "keyset-repeated");
}

#[test]
fn a_key_set_is_used_to_its_last_day() {
    let set = &keys().set;
    let expires = set.terms().expires;
    assert!(set.current(expires).is_ok());
    assert!(matches!(set.current(Day(expires.0 + 1)), Err(KeySetError::Expired { .. })));
}

#[test]
fn a_stranger_does_not_open() {
    let keys = keys();
    let bytes = sealed(&clip("clip", 100), &keys.set, "s").out;
    let error = open(&bytes[..], std::slice::from_ref(&keys.stranger), &LIMITS).unwrap_err();
    assert_eq!(error.code(), "open-unknown-recipient");
    assert_eq!(open(&bytes[..], &[], &LIMITS).unwrap_err().code(), "open-unknown-recipient");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_changed_key_set_is_refused(at: proptest::sample::Index, change in 1u8..) {
        let mut json = std::fs::read(vectors().join("keyset.json")).unwrap();
        let at = at.index(json.len());
        json[at] ^= change;
        prop_assert!(KeySet::verify(&json, None).is_err());
    }
}
