//! The log in `vectors/tally/`: our files must equal it byte for byte, and other implementations read it.
//!
//! `HAMSEDA_WRITE_VECTORS=1 cargo test -p hamseda-tally vectors` writes it anew after a change of the format.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hamseda_tally::proof::LogProof;
use hamseda_tally::{Expectation, Tree, merkle, rules, verify};

use crate::support::{Parts, Shape, Site};

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../vectors/tally").join(name)
}

/// A log with a full tile, a second level, earlier partial tiles and witnesses; and the smallest one.
fn logs() -> [(&'static str, Parts); 2] {
    let many = "A".repeat(150);
    let parts = |batches: &[&str], witnessed, seed| {
        let batches = batches.iter().map(|letters| (*letters).to_owned()).collect();
        Parts::new(&Shape { batches, witnessed, seed })
    };
    [("small", parts(&["AAUA", "PPWD"], false, 1)), ("long", parts(&[&many, "PPP", &many, "AAUWT", "F", "R"], true, 2))]
}

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// One changed bit and what a recount must say of it, for implementations in other languages.
fn faults(site: &Site) -> String {
    let mut lines = Vec::new();
    for (path, bytes) in &site.0 {
        for byte in [0, bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(2)] {
            let mut changed = site.clone();
            changed.0.get_mut(path).unwrap()[byte] ^= 1;
            let report = verify(&changed, &Expectation::default());
            let named = report.faults.iter().map(|f| format!("{} {}", f.code.as_str(), f.path)).collect::<Vec<_>>();
            assert!(!named.is_empty());
            lines.push(format!("{}\n", serde_json::json!({"path": path, "byte": byte, "faults": named})));
        }
    }
    lines.concat()
}

/// Inclusion proofs of some leaves as tlog-proof texts, and consistency proofs from each earlier checkpoint.
fn proofs(parts: &Parts) -> String {
    let tree: Tree = parts.leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
    let (size, checkpoint) = (tree.size(), parts.checkpoint());
    let inclusion = (0..size).filter(|index| size < 20 || index % 37 == 0 || index + 1 == size).map(|index| {
        let proof = LogProof::new(&tree, index, size, &checkpoint).unwrap();
        assert!(proof.verify(&parts.leaves[index as usize], &parts.policy).is_ok());
        serde_json::json!({"index": index, "proof": proof.encode()})
    });
    let consistency = rules::batches(&parts.leaves).into_iter().map(|span| {
        let (old, path) = (span.close + 1, tree.consistency(span.close + 1, size).unwrap());
        let path: Vec<String> = path.iter().map(hex::encode).collect();
        serde_json::json!({"old": old, "old_root": hex::encode(tree.root_at(old).unwrap()), "path": path})
    });
    inclusion.chain(consistency).map(|line| format!("{line}\n")).collect()
}

#[test]
fn our_files_are_the_vectors() {
    for (name, parts) in logs() {
        let site = parts.site();
        let folder = folder(name);
        let report = verify(&site, &Expectation::default());
        let mut expected = site.0.clone();
        expected.insert("report.json".into(), (serde_json::to_string_pretty(&report).unwrap() + "\n").into_bytes());
        expected.insert("proofs.jsonl".into(), proofs(&parts).into_bytes());
        expected.insert("faults.jsonl".into(), faults(&site).into_bytes());
        if std::env::var_os("HAMSEDA_WRITE_VECTORS").is_some() {
            for (path, bytes) in &expected {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
        let found = read(&folder);
        assert!(found.keys().eq(expected.keys()), "{name} holds other files");
        for (path, bytes) in &expected {
            assert!(found[path] == *bytes, "{name}/{path} differs");
        }
    }
}
