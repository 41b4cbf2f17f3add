//! Invites from the issuer's key to a message at the desk, with the real program on both machines and at the circle.

use std::path::Path;

use hamseda_core::Campaign;
use hamseda_seal::token::{Issuers, Token};

use crate::common::{files, free_port, hamseda, init, intake, media_tools, ok, said, seal, status};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.trim()).unwrap()
}

/// What a command refuses with.
fn refused(command: &mut std::process::Command) -> String {
    let output = command.arg("--json").output().unwrap();
    assert!(!output.status.success(), "{command:?} succeeded: {}", said(&output));
    json(String::from_utf8(output.stderr).unwrap().lines().last().unwrap())["code"].as_str().unwrap().to_owned()
}

/// Makes an issuer and a circle's invites; returns their links.
fn invites(dir: &Path, address: &str, circle: &str, count: usize) -> Vec<String> {
    let at = |name: &str| dir.parent().unwrap().join(format!("{circle}-{name}"));
    let campaign = dir.join("campaign.toml");
    let count = count.to_string();
    ok(hamseda()
        .args(["circle", "new", "--circle", circle, "--count", &count, "--campaign"])
        .arg(&campaign)
        .arg("-o")
        .arg(at("request"))
        .arg("--secrets")
        .arg(at("secrets")));
    let issue = |to: &str| {
        let mut command = hamseda();
        command.args(["circle", "issue", "--json"]).arg(at("request")).arg("--dir").arg(dir).arg("-o").arg(at(to));
        json(&ok(&mut command))
    };
    assert_eq!(issue("answer")["again"], false);
    assert_eq!(issue("answer-2")["again"], true, "a request that comes twice is answered twice and counted once");
    assert_eq!(std::fs::read(at("answer")).unwrap(), std::fs::read(at("answer-2")).unwrap());
    ok(hamseda()
        .args(["circle", "sheet", "--lang", "fa", "--address", address, "--campaign"])
        .arg(&campaign)
        .arg(at("answer"))
        .arg("--secrets")
        .arg(at("secrets"))
        .arg("-o")
        .arg(at("sheet.html"))
        .arg("--links")
        .arg(at("links")));
    std::fs::read_to_string(at("links")).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn an_invite_counts_once_and_leads_back_to_no_circle() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let issuer = |name: &str| {
        let mut command = hamseda();
        command.args(["circle", "issuer", "--name", name, "--dir"]).arg(&dir);
        command
    };
    ok(&mut issuer("North \"and\" South"));
    assert_eq!(refused(&mut issuer("Again")), "issuer-exists");
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    let _intake = intake(&dir, port);

    let garden = invites(&dir, &url, "garden", 3);
    let street = invites(&dir, &url, "street", 2);
    let counted = json(&ok(hamseda().args(["circle", "count", "--json", "--dir"]).arg(&dir)));
    assert_eq!(counted, serde_json::json!({ "circles": { "garden": 3, "street": 2 }, "total": 5 }));

    let campaign = Campaign::parse(&std::fs::read_to_string(dir.join("campaign.toml")).unwrap()).unwrap();
    let issuers = Issuers::new(&campaign.issuers).unwrap();
    let send = |n: usize, token: Option<&str>| {
        let (video, sealed) = (folder.path().join("no-clip.mp4"), folder.path().join(format!("{n}.sealed")));
        std::fs::write(&video, "not a clip: nothing has to be prepared").unwrap();
        seal(&dir, &video, &sealed, 0);
        let mut command = hamseda();
        command.arg("send").arg(&sealed).arg(&url).args(token.map(|t| ["--token", t]).into_iter().flatten());
        said(&command.output().unwrap())
    };
    // A good one, the same again, another circle's, one whose signature is wrong, and none: one answer.
    let mut bad = garden[2].parse::<Token>().unwrap();
    bad.signature[200] ^= 1;
    let tokens =
        [Some(garden[0].clone()), Some(garden[0].clone()), Some(street[1].clone()), Some(bad.to_string()), None];
    let answers: Vec<_> = (0..).zip(&tokens).map(|(n, token)| send(n, token.as_deref())).collect();
    assert!(answers[0].starts_with("arrived"), "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(send(9, Some("#t=AAAA")).contains("this is not an invite"));

    ok(hamseda().args(["worker", "--until-idle", "--intake", &url, "--dir"]).arg(&dir));
    let state = status(&dir);
    assert_eq!((&state["received"], &state["invites_used"]), (&5.into(), &2.into()), "{state}");

    // Nothing the issuer keeps holds a token or its hash, nor the other machine's files the circle.
    let ledger = std::fs::read_to_string(dir.join("keys/issued.jsonl")).unwrap();
    for link in garden.iter().chain(&street) {
        let token: Token = link.parse().unwrap();
        let id = issuers.verify(&token.to_bytes()).expect("a good one");
        assert!(!ledger.contains(&token.to_string()[8..40]) && !ledger.contains(&id.to_string()));
    }
    for file in files(&dir.join("inbox")).iter().chain(&files(&dir.join("vault"))) {
        let bytes = std::fs::read(file).unwrap();
        for circle in ["garden", "street"] {
            let found = bytes.windows(circle.len()).any(|window| window == circle.as_bytes());
            assert!(!found, "{} names a circle", file.display());
        }
    }
}

#[test]
fn a_sheet_is_of_this_campaign_or_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, other) = (folder.path().join("campaign"), folder.path().join("other"));
    for dir in [&dir, &other] {
        init(dir);
        ok(hamseda().args(["circle", "issuer", "--name", "North", "--dir"]).arg(dir));
    }
    invites(&dir, "http://example.onion/", "garden", 1);
    let sheet = |campaign: &Path, arguments: &[&str]| {
        let mut command = hamseda();
        command.args(["circle", "sheet", "--lang", "en", "--campaign"]).arg(campaign.join("campaign.toml"));
        command.arg(folder.path().join("garden-answer")).arg("--secrets").arg(folder.path().join("garden-secrets"));
        refused(command.arg("-o").arg(folder.path().join("sheet")).args(arguments))
    };
    let address = ["--address", "http://example.onion/"];
    assert_eq!(sheet(&dir, &[]), "sheet-address");
    assert_eq!(sheet(&dir, &[&address[..], &["--campaign-key", &"0".repeat(64)]].concat()), "sheet-campaign-key");
    let foreign = other.join("keyset.json");
    let foreign = foreign.to_str().unwrap();
    assert_eq!(sheet(&dir, &[&address[..], &["--keyset", foreign]].concat()), "keyset-other-campaign");
    assert!(!folder.path().join("sheet").exists());

    let mut issue = hamseda();
    issue.args(["circle", "issue"]).arg(folder.path().join("garden-request")).arg("--dir").arg(&other);
    assert_eq!(refused(issue.arg("-o").arg(folder.path().join("x"))), "invite-other-issuer");
    let mut issue = hamseda();
    issue.args(["circle", "issue", "--limit", "0"]).arg(folder.path().join("garden-request")).arg("--dir").arg(&dir);
    assert_eq!(refused(issue.arg("-o").arg(folder.path().join("x"))), "issue-limit");
}
