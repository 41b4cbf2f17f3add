//! A campaign with an issuer.

use std::sync::OnceLock;

use hamseda_core::campaign::Issuer;
use hamseda_core::{Campaign, OsRandom};
use hamseda_invite::{Answer, Ask, AskSecrets, IssuerSecret};
use hamseda_seal::token::{Issuers, Token};

pub(crate) const ORIGIN: &str = "orvana.example/we-can";

/// Making a key takes a second; all tests share one.
pub(crate) fn issuer() -> &'static IssuerSecret {
    static ISSUER: OnceLock<IssuerSecret> = OnceLock::new();
    ISSUER.get_or_init(|| IssuerSecret::generate().unwrap())
}

/// What a verifier knows.
pub(crate) fn issuers() -> Issuers {
    Issuers::new(&[Issuer { name: "North".into(), spki: issuer().public().to_text() }]).unwrap()
}

pub(crate) fn ask(circle: &str, count: usize) -> (Ask, AskSecrets) {
    Ask::draw(ORIGIN, issuer().public(), circle, count, &mut OsRandom).unwrap()
}

/// The whole way, through the files.
pub(crate) fn invites(circle: &str, count: usize) -> (Ask, Answer, Vec<Token>) {
    let (ask, secrets) = ask(circle, count);
    let arrived = Ask::parse(ask.to_json().as_bytes(), ORIGIN).unwrap();
    let answer = Answer::parse(issuer().sign(&arrived).unwrap().to_json().as_bytes()).unwrap();
    let kept = AskSecrets::parse(secrets.to_json().expose().as_bytes(), ORIGIN).unwrap();
    let tokens = kept.finish(&answer).unwrap();
    (ask, answer, tokens)
}

pub(crate) fn campaign() -> Campaign {
    let text = include_str!("../../../../hamseda/src/example/campaign.toml");
    Campaign::parse(text).unwrap()
}
