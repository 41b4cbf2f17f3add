//! Key sets come and go while the intake runs; a foreign one never gets in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hamseda_core::{Choices, Coded, Day, Lang, Limits, OsRandom, Picture, Uses, Voice};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;
use hamseda_seal::{Draft, KeySet};
use hamseda_store::testing::Fresh;
use serde_json::Value;

use crate::support::{Server, Site, TestClock, request, run};

/// The key sets of the vectors: the text of the one called `name`, and the key that signed it.
fn vector(name: &str) -> (String, String) {
    let file = include_str!("../../../../../vectors/keyset/positive.json");
    let cases: Vec<Value> = serde_json::from_str(file).unwrap();
    let case = cases.iter().find(|case| case["name"] == name).unwrap();
    let text = |field: &str| case[field].as_str().unwrap().to_owned();
    (text("text"), text("campaign_key"))
}

const FIRST: &str = "two keys";
const THIRD: &str = "epoch 3, three keys";

/// An intake of the vectors' campaign, with a folder for further key sets.
fn site(fresh: &Fresh) -> (Site, PathBuf) {
    let mut site = Site::on(fresh);
    let (text, key) = vector(FIRST);
    let own = hex::encode(KeySet::verify(&site.keyset, None).unwrap().terms().campaign_key);
    site.campaign = site.campaign.replace(&own, &key);
    site.keyset = text.into_bytes();
    let folder = fresh.path("keysets");
    std::fs::create_dir_all(&folder).unwrap();
    site.key_sets = Some(folder.clone());
    (site, folder)
}

fn put(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join("new"), text).unwrap();
    std::fs::rename(folder.join("new"), folder.join(name)).unwrap();
}

/// A message sealed to a key set of the vectors.
fn sealed(name: &str) -> Vec<u8> {
    let set = KeySet::verify(vector(name).0.as_bytes(), None).unwrap();
    let choices = Choices {
        picture: Picture::Hide,
        voice: Voice::Mute,
        lang: Lang::Fa,
        place: None,
        pseudonym: None,
        uses: Uses::PUBLIC,
    };
    let current = set.current(Day(20_520)).unwrap();
    hamseda_seal::seal(&[7; 5000][..], Vec::new(), Draft::new(choices), current, &Limits::DEFAULT, &mut OsRandom)
        .unwrap()
        .out
}

async fn served(server: &Server) -> String {
    request(server.address, "GET", "/keyset", &[], b"").await.text().to_owned()
}

async fn send(server: &Server, bytes: &[u8]) -> u16 {
    let length = bytes.len().to_string();
    let made = server.tus("POST", "/upload", &[("Upload-Length", &length)], b"").await;
    if made.status != 201 {
        return made.status;
    }
    server.patch(made.header("location"), 0, bytes).await.status
}

#[test]
fn a_new_key_set_is_taken_up_without_a_restart_and_the_old_ones_files_until_their_grace_has_passed() {
    run(async |fresh| {
        let (site, folder) = site(&fresh);
        let server = site.start().await;
        let ((first, _), (third, _)) = (vector(FIRST), vector(THIRD));
        assert_eq!(served(&server).await, first);
        let (old, new) = (sealed(FIRST), sealed(THIRD));
        assert_eq!((send(&server, &old).await, send(&server, &new).await), (204, 415));

        put(&folder, "3.json", &third);
        assert_eq!(served(&server).await, third, "the very next request");
        let page = request(server.address, "GET", "/en/", &[], b"").await;
        let hash = hex::encode(KeySet::verify(third.as_bytes(), None).unwrap().hash());
        assert!(page.text().contains(&hash[..4]) && page.text().contains(&hash[60..]), "the page shows the new hash");
        assert_eq!((send(&server, &sealed(FIRST)).await, send(&server, &new).await), (204, 204));
        // A header of the one set with a length of the other is neither.
        let mut mixed = sealed(FIRST);
        mixed.resize(sealed(THIRD).len(), 0);
        assert_eq!(send(&server, &mixed).await, 415);

        // The first ran out on 2026-06-30; sticks are waited for 60 days.
        site.clock.add_days(i64::from(Day::from_civil(2026, 8, 29).0 - 20_520));
        assert_eq!((send(&server, &old).await, send(&server, &sealed(THIRD)).await), (204, 204), "on the last day");
        site.clock.add_days(1);
        assert_eq!((send(&server, &old).await, send(&server, &sealed(THIRD)).await), (415, 204));
        server.stop().await;

        // After a restart with the old file in place the newer one is not forgotten.
        let refused = config(&site, &site.keyset).await.with_key_sets(folder.clone()).err().unwrap();
        assert_eq!(refused.code(), "intake-old-key-set");
        let again = config(&site, third.as_bytes()).await.with_key_sets(folder).unwrap();
        drop(again);
    });
}

#[test]
fn a_foreign_damaged_or_second_key_set_changes_nothing() {
    run(async |fresh| {
        let (site, folder) = site(&fresh);
        let server = site.start().await;
        let first = vector(FIRST).0;
        let negative: Vec<Value> =
            serde_json::from_str(include_str!("../../../../../vectors/keyset/negative.json")).unwrap();
        for (n, case) in negative.iter().enumerate().filter(|(_, case)| case["code"] != "keyset-expired") {
            put(&folder, &format!("{n}.json"), case["text"].as_str().unwrap());
            assert_eq!(served(&server).await, first, "{}", case["name"]);
        }
        put(&folder, "fork.json", &vector("eight keys").0);
        assert_eq!(served(&server).await, first, "another set of the same epoch");
        put(&folder, "origin.json", &vector("an origin in another script").0);
        assert_eq!(served(&server).await, first, "another campaign's, by the same key");
        put(&folder, "half.json.new", &vector(THIRD).0);
        assert_eq!(served(&server).await, first, "a file that is still being written");
        assert_eq!(send(&server, &sealed("eight keys")).await, 415);
        put(&folder, "2.json", &vector("a later epoch, one key kept").0);
        assert_eq!(served(&server).await, vector("a later epoch, one key kept").0, "a good one still gets in");
        server.stop().await;
        // None of the refused may lie there when it starts.
        assert!(config(&site, &site.keyset).await.with_key_sets(folder).is_err());
    });
}

#[test]
fn an_intake_does_not_start_with_a_key_set_that_the_campaign_did_not_sign() {
    run(async |fresh| {
        let (site, _) = site(&fresh);
        let code = async |campaign: &str, keyset: &str| {
            let inbox = Inbox::open(fresh.url(), &fresh.blobs_url(), Quota::from(Limits::DEFAULT)).await.unwrap();
            let clock = Arc::new(TestClock::new());
            let made = Config::new(campaign.to_owned(), keyset.as_bytes(), &"0".repeat(64), inbox, clock);
            made.err().map_or("started", |error| error.code())
        };
        let first = vector(FIRST).0;
        assert_eq!(code(&site.campaign, &first).await, "started");
        let unpinned: String =
            site.campaign.lines().filter(|l| !l.starts_with("campaign_key")).collect::<Vec<_>>().join("\n");
        assert_eq!(code(&unpinned, &first).await, "intake-no-pin");
        let negative: Vec<Value> =
            serde_json::from_str(include_str!("../../../../../vectors/keyset/negative.json")).unwrap();
        for case in negative {
            // One that ran out is served: the page says so, and nobody's device seals to it.
            let expected = case["code"].as_str().filter(|code| *code != "keyset-expired").unwrap_or("started");
            let own = &vector(FIRST).1;
            // Some are of the key they name, which is not the campaign's.
            let expected = if case["campaign_key"] == own.as_str() { expected } else { "keyset-" };
            let found = code(&site.campaign, case["text"].as_str().unwrap()).await;
            assert!(found.starts_with(expected), "{}: {found}", case["name"]);
        }
    });
}

async fn config(site: &Site, keyset: &[u8]) -> Config {
    let inbox = site.inbox().await;
    Config::new(site.campaign.clone(), keyset, &"0".repeat(64), inbox, site.clock.clone()).unwrap()
}
