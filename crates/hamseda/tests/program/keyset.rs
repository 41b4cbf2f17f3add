//! Key sets over their whole life, with the real program: the next one without a restart, a foreign one nowhere, and nothing that
//! opens an epoch's messages after its secrets are destroyed.

use std::path::{Path, PathBuf};

use hamseda_core::{CampaignPin, Clock as _, Day, Limits, Secret, SystemClock};
use hamseda_open::{CampaignKey, DeskKey, OpenError};
use hamseda_seal::{KeySet, KeySetTerms};

use crate::common::{campaign_toml, clip, files, free_port, hamseda, init_with, intake, media_tools, ok, said, seal};

fn code(command: &mut std::process::Command) -> String {
    let output = command.arg("--json").output().unwrap();
    assert!(!output.status.success(), "{command:?} succeeded: {}", said(&output));
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {text}"));
    value["code"].as_str().unwrap().to_owned()
}

fn keyset(dir: &Path) -> KeySet {
    KeySet::verify(&std::fs::read(dir.join("keyset.json")).unwrap(), None).unwrap()
}

fn pin(dir: &Path) -> String {
    CampaignPin::from_bytes(keyset(dir).terms().campaign_key).to_string()
}

/// next, sign, install.
fn rotate(dir: &Path, keys: u8) -> PathBuf {
    let epoch = keyset(dir).terms().epoch + 1;
    let (unsigned, signed) = (dir.join("unsigned.json"), dir.join(format!("signed-{epoch}.json")));
    let keys = keys.to_string();
    ok(hamseda().args(["keyset", "next", "--keys", &keys, "--dir"]).arg(dir).arg("-o").arg(&unsigned));
    let key = dir.join("keys/campaign.key");
    ok(hamseda().args(["keyset", "sign"]).arg(&unsigned).arg("--key").arg(key).arg("-o").arg(&signed));
    ok(hamseda().args(["keyset", "install"]).arg(&signed).arg("--dir").arg(dir));
    signed
}

fn checked(from: &str) -> serde_json::Value {
    serde_json::from_str(&ok(hamseda().args(["keyset", "check", "--json", from]))).unwrap()
}

#[test]
fn the_next_key_set_is_taken_up_and_no_older_or_foreign_one() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, other) = (folder.path().join("campaign"), folder.path().join("other"));
    init_with(&dir, &campaign_toml());
    init_with(&other, &campaign_toml());
    let first = std::fs::read(dir.join("keyset.json")).unwrap();
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/keyset");
    let running = intake(&dir, port);
    assert_eq!((&checked(&url)["epoch"], &checked(&url)["pinned"]), (&1.into(), &true.into()));

    let signed = rotate(&dir, 3);
    let now = checked(&url);
    assert_eq!(now["epoch"], 2, "without a restart");
    assert_eq!(now["hash"], hex::encode(keyset(&dir).hash()).as_str());
    assert_eq!(keyset(&dir).recipients().len(), 3);
    ok(hamseda().args(["keyset", "install"]).arg(&signed).arg("--dir").arg(&dir));
    let shown: serde_json::Value =
        serde_json::from_str(&ok(hamseda().args(["keyset", "show", "--json", "--dir"]).arg(&dir))).unwrap();
    assert_eq!(shown["sets"].as_array().unwrap().len(), 2, "{shown}");

    let file = folder.path().join("set.json");
    let install = |json: &[u8]| {
        std::fs::write(&file, json).unwrap();
        code(hamseda().args(["keyset", "install"]).arg(&file).arg("--dir").arg(&dir))
    };
    assert_eq!(install(&first), "keyset-rollback");
    assert_eq!(install(&std::fs::read(other.join("keyset.json")).unwrap()), "keyset-other-campaign");
    assert_eq!(install(&std::fs::read(dir.join("unsigned.json")).unwrap()), "keyset-signature");
    assert_eq!(install(b"{}"), "keyset-json");
    // Somebody with the other campaign's key can't sign for this one.
    let key = other.join("keys/campaign.key");
    let mut sign = hamseda();
    sign.args(["keyset", "sign"]).arg(dir.join("unsigned.json")).arg("--key").arg(key).arg("-o").arg(&file);
    assert_eq!(code(&mut sign), "keyset-other-campaign");
    drop(running);

    // An old key set put back by hand stops the intake instead of being served.
    let current = std::fs::read(dir.join("keyset.json")).unwrap();
    std::fs::write(dir.join("keyset.json"), &first).unwrap();
    assert_eq!(code(hamseda().args(["intake", "--listen", "127.0.0.1:0", "--dir"]).arg(&dir)), "intake-old-key-set");
    std::fs::write(dir.join("keyset.json"), &current).unwrap();
    drop(intake(&dir, free_port()));
}

/// The key set of another campaign, or of nobody: each way to use it ends in a refusal.
#[test]
fn a_key_set_that_the_campaign_did_not_sign_makes_every_road_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, other) = (folder.path().join("campaign"), folder.path().join("other"));
    init_with(&dir, &campaign_toml());
    init_with(&other, &campaign_toml());
    let (clip, sealed) = (folder.path().join("clip.mp4"), folder.path().join("sealed"));
    std::fs::write(&clip, "not a clip, but bytes").unwrap();
    seal(&dir, &clip, &sealed, 0);
    std::fs::remove_file(folder.path().join("sealed")).unwrap();

    let refuses = |keyset: &Path, arguments: &[&str]| {
        let mut command = hamseda();
        command.arg("seal").arg(&clip).arg("--keyset").arg(keyset).arg("--output").arg(&sealed).args(arguments);
        let code = code(&mut command);
        assert!(!sealed.exists() && !sealed.with_extension("partial").exists(), "something was written");
        code
    };
    let lone = folder.path().join("lone");
    std::fs::create_dir(&lone).unwrap();
    let foreign = lone.join("keyset.json");
    std::fs::copy(other.join("keyset.json"), &foreign).unwrap();
    assert_eq!(refuses(&foreign, &["--campaign-key", &pin(&dir)]), "keyset-other-campaign");
    assert_eq!(refuses(&foreign, &["--keyset-hash", &hex::encode(keyset(&dir).hash())]), "keyset-hash");
    // A desk key swapped in a whole file.
    let (mine, theirs) = (keyset(&dir), keyset(&other));
    let (own, swapped) = (mine.recipients()[1].to_string(), theirs.recipients()[1].to_string());
    std::fs::write(&foreign, mine.to_json().replace(&own, &swapped)).unwrap();
    assert_eq!(refuses(&foreign, &[]), "keyset-signature");

    // An intake of the other campaign, to which somebody was led.
    let port = free_port();
    let running = intake(&other, port);
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(refuses(Path::new(&format!("{url}keyset")), &["--campaign-key", &pin(&dir)]), "keyset-other-campaign");
    seal(&other, &clip, &sealed, 0);
    let mut send = hamseda();
    send.arg("send").arg(&sealed).arg(&url).args(["--campaign-key", &pin(&dir)]);
    assert_eq!(code(&mut send), "keyset-other-campaign");
    let inbox = files(&other.join("inbox/blobs"));
    assert!(inbox.is_empty(), "not a byte went there: {inbox:?}");
    std::fs::remove_file(&sealed).unwrap();
    drop(running);

    // In place of the campaign's own.
    std::fs::copy(other.join("keyset.json"), dir.join("keyset.json")).unwrap();
    assert_eq!(refuses(&dir.join("keyset.json"), &[]), "keyset-other-campaign");
    let with_dir = |arguments: &[&str]| code(hamseda().args(arguments).arg("--dir").arg(&dir));
    assert_eq!(with_dir(&["intake", "--listen", "127.0.0.1:0"]), "keyset-other-campaign");
    assert_eq!(with_dir(&["worker", "--until-idle"]), "keyset-other-campaign");
    assert_eq!(with_dir(&["site", "build"]), "keyset-other-campaign");
    assert_eq!(with_dir(&["keyset", "show"]), "keyset-other-campaign");
    assert_eq!(with_dir(&["keyset", "next", "-o", "x"]), "keyset-other-campaign");
}

/// Messages of an epoch open until its secrets are destroyed, and then with the archive key only.
#[test]
fn nothing_left_opens_an_epochs_messages_once_its_secrets_are_destroyed() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init_with(&dir, &(campaign_toml() + "[keyset]\ngrace_days = 0\n"));
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    let _intake = intake(&dir, port);
    let path = |name: &str| folder.path().join(name);
    let (real, junk) = (path("clip.mp4"), path("junk.mp4"));
    clip(&real, 0);
    std::fs::write(&junk, "not a clip").unwrap();
    for (from, to) in [(&real, "real.sealed"), (&junk, "junk.sealed")] {
        seal(&dir, from, &path(to), 0);
        ok(hamseda().arg("send").arg(path(to)).arg(&url));
    }
    let (old, secrets) = (keyset(&dir), key_bytes(&dir));
    rotate(&dir, 3);

    let destroy = |arguments: &[&str]| {
        let mut command = hamseda();
        command.args(["keyset", "destroy", "1", "--dir"]).arg(&dir).args(arguments);
        command
    };
    let why = said(&destroy(&["--intake", &url]).output().unwrap());
    assert!(why.contains("are taken until") && why.contains("messages wait at the intake"), "{why}");
    assert_eq!(code(&mut destroy(&["--force"])), "keyset-not-asked");
    ran_out_yesterday(&dir, &old);
    assert_eq!(code(&mut destroy(&["--intake", &url])), "keyset-needed", "they still wait at the intake");
    assert_eq!(code(&mut destroy(&[])), "keyset-needed", "nobody looked there");
    let said_by_worker: serde_json::Value = serde_json::from_str(
        ok(hamseda().args(["worker", "--json", "--until-idle", "--intake", &url, "--dir"]).arg(&dir)).trim(),
    )
    .unwrap();
    assert_eq!(said_by_worker["archived"], 2, "also the one that is no clip: {said_by_worker}");

    ok(hamseda().args(["unseal", "-o"]).arg(path("before")).arg(path("real.sealed")).arg("--dir").arg(&dir));
    ok(&mut destroy(&["--intake", &url]));
    assert!(!dir.join("keys/epoch-1").exists());
    nothing_opens(&dir, &path("real.sealed"));
    nothing_of_the_keys_is_left(&dir, &secrets);

    // The archive key, on its own machine, opens what was exported.
    let out = path("exported");
    let waiting = ok(hamseda().args(["review", "list", "--json", "--dir"]).arg(&dir));
    let ids: Vec<String> = serde_json::from_str(waiting.trim()).unwrap();
    let id = ids[0].as_str();
    ok(hamseda().args(["archive", "export", id, "--dir"]).arg(&dir).arg("-o").arg(&out));
    let exported = out.join(format!("{id}.hamseda"));
    assert!(std::fs::read(&exported).unwrap() == std::fs::read(path("real.sealed")).unwrap(), "evidence is unchanged");
    let open = |key: &Path, to: &str| {
        let mut command = hamseda();
        command.args(["archive", "open"]).arg(&exported).arg("--wrapped").arg(out.join(format!("{id}.key")));
        command.arg("--key").arg(key).arg("-o").arg(path(to)).arg("--passphrase-file").arg(dir.join("keys/passphrase"));
        command
    };
    ok(&mut open(&dir.join("keys/archive.key"), "opened.mp4"));
    assert!(std::fs::read(path("opened.mp4")).unwrap() == std::fs::read(&real).unwrap());
    let desk = dir.join("keys/epoch-2/desk-1.key");
    assert_eq!(code(&mut open(&desk, "nothing.mp4")), "archive-other-key");
    assert!(!path("nothing.mp4").exists());
}

/// Signs the first epoch's set anew, with a last day that has passed: a test can't wait for one.
fn ran_out_yesterday(dir: &Path, set: &KeySet) {
    std::fs::write(dir.join("keysets/1.json"), ends_in(dir, set, -1)).unwrap();
}

/// The set, signed anew with a last day so many days from now.
fn ends_in(dir: &Path, set: &KeySet, days: i32) -> String {
    let terms = KeySetTerms { expires: Day(SystemClock.today().0 + days), ..set.terms().clone() };
    let key = CampaignKey::from_file(&std::fs::read(dir.join("keys/campaign.key")).unwrap(), &passphrase(dir)).unwrap();
    key.sign_terms(terms).unwrap().to_json().to_owned()
}

#[test]
fn doctor_says_in_time_that_a_key_set_ends() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init_with(&dir, &campaign_toml());
    let set = keyset(&dir);
    let check = || {
        let output = hamseda().args(["doctor", "--json", "--dir"]).arg(&dir).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|c| c["name"] == "key set").unwrap_or_else(|| panic!("{report}")).clone()
    };
    assert_eq!(check()["ok"], true, "{}", check());
    for (days, words) in [(14, "14 days"), (13, "13 days"), (-1, "nobody can seal to it")] {
        for file in ["keyset.json", "keysets/1.json"] {
            std::fs::write(dir.join(file), ends_in(&dir, &set, days)).unwrap();
        }
        let check = check();
        assert!(check["found"].as_str().unwrap().contains(words), "{check}");
        assert_eq!((&check["ok"], check["mend"].is_string()), (&(days >= 14).into(), days < 14), "{check}");
    }
    std::fs::write(dir.join("keyset.json"), "{}").unwrap();
    assert_eq!((&check()["ok"], check()["mend"].is_string()), (&false.into(), true));
}

fn passphrase(dir: &Path) -> Secret<String> {
    Secret::new(std::fs::read_to_string(dir.join("keys/passphrase")).unwrap().trim().to_owned())
}

/// What must not be found afterwards: the first epoch's key files, and the secrets inside them, as text and as bytes.
fn key_bytes(dir: &Path) -> Vec<Vec<u8>> {
    let mut secrets = Vec::new();
    for file in files(&dir.join("keys/epoch-1")) {
        let locked = std::fs::read(file).unwrap();
        let key = DeskKey::from_file(&locked, &passphrase(dir)).unwrap();
        let text = key.to_text().unwrap().expose().clone();
        secrets.push(seed(&text));
        secrets.push(text.into_bytes());
        secrets.push(locked[locked.len() - 64..].to_vec());
    }
    secrets
}

/// The 32 bytes of a key's text, which is Bech32.
fn seed(text: &str) -> Vec<u8> {
    const DIGITS: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let digits = &text[text.rfind('1').unwrap() + 1..text.len() - 6];
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for digit in digits.chars().map(|c| DIGITS.find(c).unwrap() as u32) {
        (bits, count) = ((bits << 5 | digit) & 0xfff, count + 5);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    assert_eq!(bytes.len(), 32);
    bytes
}

/// Tries everything on the disk that is a key on a message of the destroyed epoch.
fn nothing_opens(dir: &Path, sealed: &Path) {
    let mut keys = Vec::new();
    for file in files(dir) {
        keys.extend(DeskKey::from_file(&std::fs::read(file).unwrap(), &passphrase(dir)));
    }
    assert_eq!(keys.len(), 4, "three of the new epoch and the archive's");
    let sealed_bytes = std::fs::read(sealed).unwrap();
    let opened = hamseda_open::open(sealed_bytes.as_slice(), &keys, &Limits::DEFAULT);
    assert!(matches!(opened, Err(OpenError::UnknownRecipient)), "{opened:?}");
    let mut unseal = hamseda();
    unseal.args(["unseal", "-o"]).arg(dir.join("after")).arg(sealed).arg("--dir").arg(dir);
    assert_eq!(code(&mut unseal), "open-unknown-recipient");
}

/// Looks for the destroyed keys in every byte below the campaign folder: files, databases, their journals.
fn nothing_of_the_keys_is_left(dir: &Path, secrets: &[Vec<u8>]) {
    assert_eq!(secrets.len(), 6);
    for file in files(dir) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{} still holds a destroyed key", file.display());
        }
    }
}
