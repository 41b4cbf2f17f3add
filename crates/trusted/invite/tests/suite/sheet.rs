//! The printed sheet: what its codes say, and what it must not say.

use hamseda_core::{Day, Lang, OsRandom};
use hamseda_invite::{Sheet, SheetTexts};
use hamseda_open::{CampaignKey, DeskKey};
use hamseda_seal::KeySet;
use hamseda_seal::token::Token;

use crate::common::{ORIGIN, campaign, invites, issuers};

const ADDRESS: &str = "http://orvana5k3c2sealedvoices7example2onion4pages6only8here.onion/";

fn keyset() -> KeySet {
    let keys: Vec<_> = (0..2).map(|_| DeskKey::generate(&mut OsRandom).unwrap().recipient().unwrap()).collect();
    CampaignKey::generate(&mut OsRandom).sign_key_set(ORIGIN, 1, Day(20_700), keys).unwrap()
}

fn sheet(lang: Lang, keyset: &KeySet, tokens: Vec<Token>) -> String {
    let campaign = campaign();
    let sheet = Sheet { campaign: &campaign, keyset, address: ADDRESS, lang };
    sheet.to_html(&SheetTexts::load().unwrap(), tokens, &mut OsRandom).unwrap()
}

/// What the QR codes of a sheet say, read from their drawn modules by a foreign reader.
fn codes(html: &str) -> Vec<String> {
    let read = |svg: &str| {
        let side: usize = svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once(' ').unwrap().0.parse().unwrap();
        let path = svg.split_once("<path d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut dark = vec![false; side * side];
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            let at = y.parse::<usize>().unwrap() * side + x.parse::<usize>().unwrap();
            dark[at..at + length].fill(true);
        }
        const SCALE: usize = 4;
        let shade = |x: usize, y: usize| if dark[y / SCALE * side + x / SCALE] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, shade);
        image.detect_grids()[0].decode().unwrap().1
    };
    html.split("<svg").skip(1).map(read).collect()
}

#[test]
fn every_code_leads_to_the_sending_page_with_its_invite() {
    let (_, _, tokens) = invites("garden", 7);
    let mut expected: Vec<_> = tokens.iter().map(ToString::to_string).collect();
    let html = sheet(Lang::Fa, &keyset(), tokens);
    let links = codes(&html);
    let mut found = Vec::new();
    for link in &links {
        let (page, token) = link.split_once("#t=").unwrap();
        assert_eq!(page, format!("{ADDRESS}fa/send"), "the token stands in the fragment only");
        assert!(issuers().verify_text(token).is_some());
        found.push(token.to_owned());
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_sheet_says_whose_keys_and_not_whose_circle() {
    let (keyset, circle) = (keyset(), "garden-behind-the-mill");
    for lang in [Lang::En, Lang::Fa, Lang::Ar] {
        let (ask, answer, tokens) = invites(circle, 2);
        let html = sheet(lang, &keyset, tokens);
        let hex = hex::encode(keyset.hash());
        let groups: Vec<_> = (0..64).step_by(4).map(|at| &hex[at..at + 4]).collect();
        let lines = [groups[..8].join(" "), groups[8..].join(" ")].join("\n");
        assert_eq!(html.matches(&lines).count(), 2, "{lang}");
        for word in keyset.words(lang).into_iter().flatten() {
            assert!(html.contains(&format!("<li>{word}</li>")), "{lang}: {word}");
        }
        assert!(html.starts_with(&format!(
            "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">",
            lang.code(),
            lang.direction().as_str()
        )));
        assert!(!html.contains(circle));
        for known in [ask.to_json(), answer.to_json()] {
            let value: serde_json::Value = serde_json::from_str(&known).unwrap();
            let numbers = value.get("blinded").or_else(|| value.get("signatures")).unwrap();
            assert!(numbers.as_array().unwrap().iter().all(|number| !html.contains(number.as_str().unwrap())));
        }
        // Nothing is loaded and nothing runs.
        for foreign in ["<script", "src=\"http", "href=", "url(http", "@import"] {
            assert!(!html.contains(foreign), "{foreign}");
        }
    }
}

/// The issuer knows the order in which it signed; the cards must not.
#[test]
fn cards_are_mixed() {
    let (_, _, tokens) = invites("garden", 12);
    let keyset = keyset();
    let order: Vec<_> = tokens.iter().map(ToString::to_string).collect();
    let tokens_of = |html: &str| codes(html).iter().map(|l| l.split_once("#t=").unwrap().1.to_owned()).collect();
    let (first, second): (Vec<String>, Vec<String>) =
        (tokens_of(&sheet(Lang::En, &keyset, tokens.clone())), tokens_of(&sheet(Lang::En, &keyset, tokens)));
    assert!(first != order && second != order && first != second, "1 in 12! would be chance");
}

#[test]
fn every_language_says_everything() {
    assert_eq!(SheetTexts::load().unwrap().missing(), "");
}
