//! Our log through other people's verifiers: npm `@sigstore/verify`, PyPI `aics-tlog` and `tlog-scales`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::vectors::folder;

#[expect(clippy::disallowed_methods, reason = "a test may start the foreign implementation it compares with")]
fn run(program: &OsStr, script: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../e2e/interop").join(script);
    let output = Command::new(program).arg(script).arg(folder("small")).arg(folder("long")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{out}");
    assert!(output.status.success(), "{out}{err}");
}

#[test]
fn sigstore_s_javascript_verifies_our_checkpoints_and_inclusion_proofs() {
    let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../e2e");
    if !e2e.join("node_modules/@sigstore/verify").exists() {
        println!("skipped: e2e/node_modules/@sigstore/verify is not installed (npm ci in e2e)");
        return;
    }
    run("node".as_ref(), "tally.mjs");
}

#[test]
fn two_python_implementations_verify_our_whole_log() {
    let Some(python) = std::env::var_os("HAMSEDA_TLOG_PYTHON") else {
        println!("skipped: HAMSEDA_TLOG_PYTHON names no Python (3.12 or later) with aics-tlog and tlog-scales");
        return;
    };
    run(&python, "tally.py");
}
