//! A stick is handed over in one command: everything it brings arrives once, also when the machine dies in the middle.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use hamseda_core::{OsRandom, Random as _};
use sha2::{Digest as _, Sha256};

use crate::common::{Running, files, free_port, hamseda, init, intake, ok};

/// A sealed file in `folder`; its hash. What is inside is nobody's business here.
fn seal(dir: &Path, folder: &Path, n: usize, extra: &[&str]) -> [u8; 32] {
    let mut clip = vec![0; 200_000];
    OsRandom.fill(&mut clip);
    let (plain, sealed) = (folder.join(format!("{n}.clip")), folder.join(format!("{n}.sealed")));
    std::fs::write(&plain, clip).unwrap();
    let mut command = hamseda();
    command.arg("seal").arg(&plain).arg("--keyset").arg(dir.join("keyset.json")).arg("--output").arg(&sealed);
    ok(command.args(extra));
    Sha256::digest(std::fs::read(sealed).unwrap()).into()
}

/// A stick with `count` messages: a third as they are, a third cut, a third in one bundle.
fn stick(dir: &Path, folder: &Path, count: usize) -> (PathBuf, BTreeSet<[u8; 32]>) {
    let (made, stick) = (folder.join("made"), folder.join("stick"));
    std::fs::create_dir_all(&made).unwrap();
    std::fs::create_dir_all(stick.join("deeper")).unwrap();
    let mut hashes = BTreeSet::new();
    let mut bundle = hamseda();
    bundle.arg("bundle").arg("--output").arg(stick.join("deeper/bundle"));
    for n in 0..count {
        let parts = stick.join("deeper").join(format!("parts-{n}"));
        let extra: &[&str] = if n % 3 == 1 { &["--parts", parts.to_str().unwrap()] } else { &[] };
        assert!(hashes.insert(seal(dir, &made, n, extra)));
        let sealed = made.join(format!("{n}.sealed"));
        match n % 3 {
            0 => std::fs::rename(sealed, stick.join(format!("{n}"))).unwrap(),
            1 => {}
            _ => drop(bundle.arg(sealed)),
        }
    }
    ok(&mut bundle);
    std::fs::write(stick.join("holiday.mp4"), b"\0\0\0\x20ftypisom and a clip that nobody sealed").unwrap();
    (stick, hashes)
}

fn import(dir: &Path, stick: &Path, receipt: &Path) -> std::process::Command {
    let mut command = hamseda();
    command.args(["intake", "import", "--json"]).arg(stick).arg("--dir").arg(dir).arg("--receipt").arg(receipt);
    command
}

fn report(text: &str) -> serde_json::Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

/// SHA-256 of everything that waits for the desk, each as often as it waits.
fn waiting(dir: &Path, url: &str) -> Vec<[u8; 32]> {
    use futures_util::TryStreamExt as _;
    let token = std::fs::read_to_string(dir.join("keys/pull.token")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = hamseda_road::pull::Client::new(url, &token, None).unwrap();
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let list = desk.list(after).await.unwrap();
            let Some(last) = list.last() else { return found };
            after = Some(last.id);
            for waiting in list {
                let sum = desk.fetch(&waiting).await.unwrap().try_fold(Sha256::new(), async |mut sum, chunk| {
                    sum.update(&chunk);
                    Ok(sum)
                });
                found.push(sum.await.unwrap().finalize().into());
            }
        }
    })
}

/// Hands a stick of `count` messages over while the intake serves, killing the import once when half of it is on the disk.
fn drill(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let (stick, hashes) = stick(&dir, folder.path(), count);
    let port = free_port();
    let _serving = intake(&dir, port);

    let receipt = |n: usize| folder.path().join(format!("receipt-{n}"));
    let mut killed =
        Running(import(&dir, &stick, &receipt(0)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    while files(&dir.join("inbox/blobs")).len() < count / 2 {
        assert!(killed.0.try_wait().unwrap().is_none(), "it was over before it could be killed");
        std::thread::yield_now();
    }
    drop(killed);

    let said = report(&ok(&mut import(&dir, &stick, &receipt(1))));
    let (new, known) = (said["new"].as_u64().unwrap(), said["known"].as_u64().unwrap());
    assert_eq!(new + known, count as u64, "{said}");
    assert!(known >= 1 && new >= 1, "{said}");
    assert_eq!((&said["incomplete"], &said["refused"][0]["file"]), (&0.into(), &"holiday.mp4".into()), "{said}");
    assert_eq!(said["refused"][0]["code"], "import-foreign");
    let found = waiting(&dir, &format!("http://127.0.0.1:{port}/"));
    assert_eq!(found.len(), count, "something came twice, or not at all");
    assert_eq!(BTreeSet::from_iter(found), hashes);

    let said = report(&ok(&mut import(&dir, &stick, &receipt(2))));
    assert_eq!((&said["new"], &said["known"]), (&0.into(), &count.into()), "{said}");
    verify(&receipt(1), &said["handover"]["intake_key"]);
}

/// The courier's receipt holds against the intake's key and no other, and no digit of it can be changed.
fn verify(receipt: &Path, key: &serde_json::Value) {
    let check = |file: &Path, key: &str| {
        let mut command = hamseda();
        command.args(["handover", "verify"]).arg(file).args(["--key", key]);
        command.output().unwrap().status.code()
    };
    assert_eq!(check(receipt, key.as_str().unwrap()), Some(0));
    assert_eq!(check(receipt, &"ab".repeat(32)), Some(1));
    let text = std::fs::read_to_string(receipt).unwrap();
    let changed = receipt.with_extension("changed");
    std::fs::write(&changed, text.replacen("\"letters\":0", "\"letters\":1", 1)).unwrap();
    assert_eq!(check(&changed, key.as_str().unwrap()), Some(1));
    assert!(!text.contains("holiday"), "a receipt names files");
}

#[test]
fn rule_2_a_stick_of_12_messages_is_handed_over_once() {
    drill(12);
}

#[test]
#[ignore = "takes minutes: cargo xtask soak stick"]
fn rule_2_a_stick_of_200_messages_is_handed_over_once() {
    drill(200);
}

#[test]
fn only_sealed_files_are_bundled() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("clip.mp4");
    std::fs::write(&clip, b"\0\0\0\x20ftypisom").unwrap();
    let out = folder.path().join("bundle");
    let refused = hamseda().args(["bundle", "--output"]).arg(&out).arg(&clip).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(crate::common::said(&refused).contains("[bundle-foreign]"));
    assert_eq!(files(folder.path()), [clip], "something was left behind");
}
