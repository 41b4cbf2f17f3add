//! What each hand takes from the other, and what it refuses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hamseda_core::{Coded, Day, OsRandom, Secret};
use hamseda_invite::{Answer, Ask, AskSecrets, IssuerSecret, Ledger, MOST};
use hamseda_open::WorkFactor;
use serde_json::{Value, json};

use crate::common::{ORIGIN, ask, invites, issuer, issuers};

fn code<T: std::fmt::Debug, E: Coded>(result: Result<T, E>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn what_was_asked_for_is_an_invite_and_each_is_another() {
    let (_, _, tokens) = invites("garden", 5);
    let mut ids: Vec<_> = tokens.iter().map(|token| issuers().verify(&token.to_bytes()).unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn a_key_file_needs_its_passphrase() {
    let right = Secret::new("six words that nobody has guessed".to_owned());
    let file = issuer().to_file(&right, WorkFactor::new(4).unwrap()).unwrap();
    assert!(!file.windows(11).any(|w| w == b"PRIVATE KEY"));
    let again = IssuerSecret::from_file(&file, &right).unwrap();
    assert_eq!(again.public(), issuer().public());
    assert_eq!(code(IssuerSecret::from_file(&file, &Secret::new("x".into()))), "keyfile-passphrase");
    let other = hamseda_open::lock(b"no key", &right, WorkFactor::new(4).unwrap()).unwrap();
    assert_eq!(code(IssuerSecret::from_file(&other, &right)), "keyfile-other-secret");
    assert!(format!("{again:?}").len() < 40, "a secret key is not printed");
}

#[test]
fn a_request_that_is_not_right_is_not_signed() {
    let parse = |value: &Value| Ask::parse(value.to_string().as_bytes(), ORIGIN);
    let good: Value = serde_json::from_str(&ask("garden", 2).0.to_json()).unwrap();
    parse(&good).unwrap();
    let change = |field: &str, to: Value| {
        let mut ask = good.clone();
        ask[field] = to;
        ask
    };
    assert_eq!(code(Ask::parse(b"{}", ORIGIN)), "invite-file");
    assert_eq!(code(parse(&change("note", "x".into()))), "invite-file");
    assert_eq!(code(parse(&change("format", "hamseda/invite-request/v2".into()))), "invite-format");
    assert_eq!(code(parse(&change("origin", "elsewhere.example".into()))), "invite-origin");
    assert_eq!(code(parse(&change("blinded", json!([])))), "invite-count");
    assert_eq!(code(parse(&change("blinded", json!(vec!["AA=="; MOST + 1])))), "invite-count");
    for circle in ["", "two\nlines", &"x".repeat(61)] {
        assert_eq!(code(parse(&change("circle", circle.into()))), "invite-circle", "{circle:?}");
    }
    assert_eq!(code(issuer().sign(&parse(&change("issuer", "00000000".into())).unwrap())), "invite-other-issuer");

    let modulus = issuer().public().modulus();
    let mut less = modulus.to_vec();
    less[255] -= 1;
    let mut one = vec![0; 256];
    one[255] = 1;
    let fine = good["blinded"][0].as_str().unwrap();
    for bad in [vec![], vec![0; 256], one, less, modulus.to_vec(), vec![0xff; 256], vec![1; 255], vec![1; 257]] {
        let ask = parse(&change("blinded", json!([fine, STANDARD.encode(&bad)]))).unwrap();
        let error = issuer().sign(&ask).unwrap_err();
        assert_eq!(error.code(), "invite-blinded", "{bad:02x?}");
        assert!(error.to_string().starts_with("invite 2 "), "{error}");
    }
    assert_eq!(code(issuer().sign(&parse(&change("blinded", json!(["not base64!"]))).unwrap())), "invite-blinded");
    for count in [0, MOST + 1] {
        assert_eq!(code(Ask::draw(ORIGIN, issuer().public(), "garden", count, &mut OsRandom)), "invite-count");
    }
}

#[test]
fn an_answer_that_is_not_right_makes_no_invite() {
    let ((ask_a, secrets), (ask_b, other)) = (ask("garden", 2), ask("garden", 2));
    let (right, wrong) = (issuer().sign(&ask_a).unwrap(), issuer().sign(&ask_b).unwrap());
    assert_eq!(secrets.finish(&right).unwrap().len(), 2);
    assert_eq!(code(secrets.finish(&wrong)), "invite-other-answer");
    assert_eq!(code(other.finish(&right)), "invite-other-answer");

    let good: Value = serde_json::from_str(&right.to_json()).unwrap();
    let finish = |value: &Value| secrets.finish(&Answer::parse(value.to_string().as_bytes()).unwrap());
    let mut changed = good.clone();
    changed["signatures"].as_array_mut().unwrap().swap(0, 1);
    assert_eq!(code(finish(&changed)), "invite-signature", "each signature has its place");
    changed = good.clone();
    changed["signatures"][1] = STANDARD.encode([7; 256]).into();
    assert!(finish(&changed).unwrap_err().to_string().starts_with("invite 2 "));
    changed["signatures"][1] = "?".into();
    assert_eq!(code(finish(&changed)), "invite-signature");
    changed = good.clone();
    changed["signatures"].as_array_mut().unwrap().pop();
    assert_eq!(code(finish(&changed)), "invite-other-answer");
    changed = good;
    changed["format"] = "x".into();
    assert_eq!(code(Answer::parse(changed.to_string().as_bytes())), "invite-format");
    assert_eq!(code(AskSecrets::parse(secrets.to_json().expose().as_bytes(), "elsewhere.example")), "invite-origin");
}

#[test]
fn a_request_counts_once_and_circles_are_counted_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issued.jsonl");
    let (garden, street) = (ask("garden", 3).0, ask("street", 4).0);
    let mut ledger = Ledger::open(&path).unwrap();
    assert!(ledger.counts().is_empty() && !ledger.knows(&garden));
    for ask in [&garden, &street, &garden] {
        ledger.write(ask, Day(20_600)).unwrap();
    }
    ledger.write(&ask("garden", 2).0, Day(20_601)).unwrap();
    let read = Ledger::open(&path).unwrap();
    assert_eq!(read.entries(), ledger.entries());
    assert_eq!(read.counts().into_iter().collect::<Vec<_>>(), [("garden", 5), ("street", 4)]);
    assert!(read.knows(&garden) && read.knows(&street));
    std::fs::write(&path, "{\n").unwrap();
    assert_eq!(code(Ledger::open(&path)), "invite-ledger-line");
}
