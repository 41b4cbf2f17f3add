//! Help texts and refusals, as people read them.

use crate::common::{hamseda, init, ok, said};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["init"],
    &["run"],
    &["intake"],
    &["intake", "import"],
    &["desk"],
    &["worker"],
    &["seal"],
    &["sealer"],
    &["unseal"],
    &["keyset"],
    &["keyset", "show"],
    &["keyset", "check"],
    &["keyset", "install"],
    &["keyset", "next"],
    &["keyset", "sign"],
    &["keyset", "destroy"],
    &["archive"],
    &["archive", "export"],
    &["archive", "open"],
    &["circle"],
    &["circle", "issuer"],
    &["circle", "new"],
    &["circle", "issue"],
    &["circle", "sheet"],
    &["circle", "count"],
    &["send"],
    &["code"],
    &["code", "status"],
    &["code", "reply"],
    &["code", "withdraw"],
    &["bundle"],
    &["handover", "verify"],
    &["prepare"],
    &["review"],
    &["review", "accept"],
    &["review", "reject"],
    &["supporter", "import"],
    &["batch", "close"],
    &["publish"],
    &["film"],
    &["film", "build"],
    &["wall", "build"],
    &["site"],
    &["site", "build"],
    &["site", "verify"],
    &["tally", "verify"],
    &["status"],
    &["serve"],
    &["cage"],
    &["cage", "test"],
    &["doctor"],
];

#[test]
fn every_command_explains_itself() {
    let mut all = String::new();
    for command in COMMANDS {
        let text = ok(hamseda().args(*command).arg("--help"));
        all += &format!("$ hamseda {} --help\n{text}\n", command.join(" "));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn rule_10_a_refusal_says_what_happened_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    let mut all = String::new();
    let mut refuse = |arguments: &[&str], code: i32| {
        let output = hamseda().args(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        let said = said(&output).replace(&folder.path().display().to_string(), "…");
        all += &format!("$ hamseda {}\n{said}\n", arguments.join(" "));
    };
    refuse(&["status", "--dir", "nowhere"], 1);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    refuse(&["status", "--dir", "empty"], 1);
    refuse(&["status"], 2);
    refuse(&["seal", "clip.mp4", "--keyset", "none.json", "--output", "x"], 1);
    refuse(&["seal", "clip.mp4", "--keyset", "none.json", "--output", "x", "--place", "Not A Place"], 2);
    refuse(&["tally", "verify", "empty"], 1);
    refuse(&["serve", "empty"], 1);
    init(&dir);
    refuse(&["init", "campaign", "--trial"], 1);
    refuse(&["film", "build", "--dir", "campaign"], 1);
    refuse(&["desk", "--dir", "campaign", "--listen", "0.0.0.0:0"], 1);
    refuse(&["--json", "film", "build", "--dir", "campaign"], 1);
    insta::assert_snapshot!(all);
}

#[test]
fn the_public_files_hold_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    for file in crate::common::files(&dir.join("keys")) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    let public = ["campaign.toml", "keyset.json", "intake.toml", "keysets/1.json", "archive.pub"]
        .map(|name| std::fs::read_to_string(dir.join(name)).unwrap());
    let token = std::fs::read_to_string(dir.join("keys/pull.token")).unwrap();
    for text in public {
        assert!(!text.contains("SECRET") && !text.contains(token.trim()), "{text}");
    }
}
