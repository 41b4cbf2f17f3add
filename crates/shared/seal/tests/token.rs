//! The vectors of the invite token: what counts as one, and what doesn't.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use proptest::prelude::*;
use serde::Deserialize;

use hamseda_core::TokenId;
use hamseda_core::campaign::Issuer;
use hamseda_seal::token::{IssuerKey, Issuers, Token};
use hamseda_seal::{IssuerError, TokenError};

#[derive(Deserialize)]
struct Vectors {
    issuer: IssuerVector,
    good: Vec<Good>,
    bad: Vec<Bad>,
    bad_keys: Vec<BadKey>,
}

#[derive(Deserialize)]
struct IssuerVector {
    spki: String,
    id: String,
}

#[derive(Deserialize)]
struct Good {
    name: String,
    token: String,
    id: TokenId,
}

#[derive(Deserialize)]
struct Bad {
    name: String,
    token: String,
}

#[derive(Deserialize)]
struct BadKey {
    name: String,
    spki: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../../vectors/invite/tokens.json")).unwrap()
}

fn issuer(spki: &str) -> Issuer {
    Issuer { name: "North".into(), spki: spki.into() }
}

#[test]
fn every_good_token_counts_and_no_bad_one_does() {
    let vectors = vectors();
    let issuers = Issuers::new(&[issuer(&vectors.issuer.spki)]).unwrap();
    for case in &vectors.good {
        assert_eq!(issuers.verify_text(&case.token), Some(case.id), "{}", case.name);
        let token: Token = case.token.parse().unwrap();
        assert_eq!(token.issuer.to_string(), vectors.issuer.id, "{}", case.name);
        assert_eq!(issuers.verify(&token.to_bytes()), Some(case.id), "{}", case.name);
        assert_eq!(token.to_string(), case.token, "{}", case.name);
    }
    for case in &vectors.bad {
        assert_eq!(issuers.verify_text(&case.token), None, "{}", case.name);
    }
    assert_eq!("".parse::<Token>(), Err(TokenError));
}

#[test]
fn only_one_kind_of_key_signs() {
    let vectors = vectors();
    let key = IssuerKey::from_text(&vectors.issuer.spki).unwrap();
    assert_eq!((key.to_text(), key.id().to_string()), (vectors.issuer.spki.clone(), vectors.issuer.id));
    for case in &vectors.bad_keys {
        assert_eq!(IssuerKey::from_text(&case.spki), Err(IssuerError::Key), "{}", case.name);
    }
    let twice = [issuer(&vectors.issuer.spki), issuer(&vectors.issuer.spki)];
    assert_eq!(Issuers::new(&twice), Err(IssuerError::Repeated));
    assert!(Issuers::new(&[]).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bit_of_a_token_may_change(bit in 0usize..325 * 8) {
        let vectors = vectors();
        let issuers = Issuers::new(&[issuer(&vectors.issuer.spki)]).unwrap();
        let mut bytes = vectors.good[0].token.parse::<Token>().unwrap().to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(issuers.verify(&bytes), None);
    }
}
