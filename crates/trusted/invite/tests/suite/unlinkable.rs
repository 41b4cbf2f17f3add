//! Who asked for an invite can't be told from its use: not from the files, and not by arithmetic.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hamseda_core::{Day, OsRandom};
use hamseda_invite::{Ask, Ledger};
use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use serde_json::Value;

use crate::common::{ORIGIN, invites, issuer, issuers};

fn numbers(json: &str, field: &str) -> Vec<BigNum> {
    let value: Value = serde_json::from_str(json).unwrap();
    let texts = value[field].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
    texts.map(|text| BigNum::from_slice(&STANDARD.decode(text).unwrap()).unwrap()).collect()
}

/// Every invite that was used fits every request that was signed: for each pair there is a blinding factor that leads from
/// one to the other. So the issuer, with its key and all it ever saw, learns nothing from a use, however long it computes.
#[test]
fn every_invite_fits_every_request() {
    let (ask, answer, tokens) = invites("garden", 4);
    let (asked, signed) = (numbers(&ask.to_json(), "blinded"), numbers(&answer.to_json(), "signatures"));
    let n = BigNum::from_slice(issuer().public().modulus()).unwrap();
    let e = BigNum::from_u32(65537).unwrap();
    let mut context = BigNumContext::new().unwrap();
    let mut times = |a: &BigNumRef, b: &BigNumRef| {
        let mut product = BigNum::new().unwrap();
        product.mod_mul(a, b, &n, &mut context).unwrap();
        product
    };
    let mut other = BigNumContext::new().unwrap();
    for token in &tokens {
        let signature = BigNum::from_slice(&token.signature).unwrap();
        let (mut message, mut inverse) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        message.mod_exp(&signature, &e, &n, &mut other).unwrap();
        inverse.mod_inverse(&signature, &n, &mut other).unwrap();
        for (blinded, blind_signature) in asked.iter().zip(&signed) {
            let factor = times(blind_signature, &inverse);
            let mut power = BigNum::new().unwrap();
            power.mod_exp(&factor, &e, &n, &mut other).unwrap();
            assert_eq!(times(&message, &power), *blinded);
        }
    }
}

/// What the issuer holds and what the intake and the desk hold of a use have no run of bytes in common, in any of the
/// spellings they are written in.
#[test]
fn issue_and_use_share_no_bytes() {
    const WINDOW: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issued.jsonl");
    let mut ledger = Ledger::open(&path).unwrap();
    let mut issued = Vec::new();
    let mut used = Vec::new();
    for circle in ["garden", "street"] {
        let (ask, answer, tokens) = invites(circle, 3);
        ledger.write(&Ask::parse(ask.to_json().as_bytes(), ORIGIN).unwrap(), Day(20_600)).unwrap();
        for (json, field) in [(ask.to_json(), "blinded"), (answer.to_json(), "signatures")] {
            issued.extend(numbers(&json, field).iter().map(|number| number.to_vec()));
            issued.push(json.into_bytes());
        }
        for token in tokens {
            let bytes = token.to_bytes();
            let id = issuers().verify(&bytes).unwrap();
            // Version and issuer are the same in all of them; what tells one from another follows.
            let own = &bytes[5..];
            used.extend([own.to_vec(), own.chunks(32).map(hex::encode).collect::<String>().into_bytes()]);
            used.extend([STANDARD.encode(own).into_bytes(), token.to_string().into_bytes()[8..].to_vec()]);
            used.extend([id.as_bytes().to_vec(), id.to_string().into_bytes()]);
        }
    }
    issued.push(std::fs::read(&path).unwrap());
    let known: HashSet<&[u8]> = issued.iter().flat_map(|bytes| bytes.windows(WINDOW)).collect();
    for bytes in &used {
        for window in bytes.windows(WINDOW) {
            assert!(!known.contains(window), "{:?} is on both sides", String::from_utf8_lossy(window));
        }
    }
    // The test would find a leak: the request's own numbers are among what the issuer knows.
    assert!(known.contains(&issued[0][..WINDOW]));
}

/// The same message blinded again and again looks like any other: bytes are as likely as chance has it.
#[test]
fn blinded_numbers_are_uniform() {
    let (ask, _) = Ask::draw(ORIGIN, issuer().public(), "garden", 400, &mut OsRandom).unwrap();
    let mut counts = [0u32; 256];
    let mut drawn = 0;
    for number in numbers(&ask.to_json(), "blinded") {
        // The first byte depends on the modulus; all others are even.
        for byte in number.to_vec_padded(256).unwrap().into_iter().skip(1) {
            counts[usize::from(byte)] += 1;
            drawn += 1;
        }
    }
    let expected = f64::from(drawn) / 256.0;
    let chi: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    // 255 degrees of freedom: mean 255, standard deviation 22.6; six of them are one in a thousand million.
    assert!(chi < 255.0 + 6.0 * 22.6, "chi square {chi:.0}");
}
