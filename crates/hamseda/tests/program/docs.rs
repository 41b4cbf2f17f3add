//! The threat model names tests; each of them exists.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::files;

#[test]
fn every_test_the_threat_model_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let model = std::fs::read_to_string(root.join("docs/THREAT-MODEL.md")).unwrap();
    let is_name =
        |word: &&str| word.matches('_').count() >= 2 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let named: BTreeSet<&str> = model.split('`').filter(is_name).collect();
    assert!(named.len() > 30, "the file must name its tests");
    let code: Vec<String> = files(&root.join("crates"))
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let missing: Vec<_> =
        named.iter().filter(|name| !code.iter().any(|text| text.contains(&format!("fn {name}(")))).collect();
    assert!(missing.is_empty(), "docs/THREAT-MODEL.md names tests that do not exist: {missing:?}");
}

#[test]
fn each_of_the_ten_rules_has_a_test_named_after_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let code: String = files(&root.join("crates"))
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for rule in 1..=10 {
        assert!(code.contains(&format!("fn rule_{rule}_")), "rule {rule} has no test");
    }
}

/// What the public machine does for senders has its own tests of the rules that bind it.
#[test]
fn the_rules_of_the_public_machine_have_tests_there() {
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
    let code: String = files(&public)
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for rule in [1, 2, 5, 10] {
        assert!(code.contains(&format!("fn rule_{rule}_")), "rule {rule} has no test below crates/public");
    }
}
