//! `cargo xtask bench seal`: our sealing and opening beside plain age (Go), rage (Rust) and typage in Node.js with and
//! without JIT, from file to file; and what the machine can do at all.
//!
//! age and rage get one X25519 recipient, since neither here knows the hybrid kind: their header is cheaper than ours by a
//! fraction of a millisecond, which a clip of this size hides.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::{folder, keep};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, exists, output, run, tool};
use crate::tree;

/// The version that results are told of.
const RAGE: &str = "0.12.1";
/// Clip, MB; scripts get less of it, and still less without JIT: it says as much.
const CLIP: u64 = 256;
const SCRIPT: u64 = 64;
const SCRIPT_JITLESS: u64 = 8;
const ROUNDS: usize = 5;

/// `cargo xtask bench seal`
pub(super) fn main(words: &[String]) -> Res {
    Options::read(words, &[], &[])?;
    let dir = folder().join("seal");
    std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let clip = dir.join("clip");
    noise(&clip, CLIP)?;
    let mut rows = Vec::new();
    limits(&dir, &clip, &mut rows)?;
    ours(&dir, &clip, &mut rows)?;
    if exists("age") {
        agelike("age", "age (Go)", "age-keygen".into(), &dir, &clip, &mut rows)?;
    } else {
        println!("age is left out: apt-get install age");
    }
    if let Some(rage) = rage() {
        let keygen = rage.with_file_name("rage-keygen");
        agelike(&rage.to_string_lossy(), "rage (Rust)", keygen, &dir, &clip, &mut rows)?;
    }
    scripts(&dir.join("bench.js"), &mut rows)?;
    run(tool("rm").arg("-rf").arg(&dir))?;
    keep("seal", &rows)
}

fn add(rows: &mut Vec<String>, row: String) {
    let json = Json::parse(&row).unwrap_or(Json::Null);
    let speed = json.get("mb_per_s").number().unwrap_or_default();
    println!("  {:<10} {:<44} {speed:>9.1} MB/s", json.get("what").text(), json.get("by").text());
    rows.push(row);
}

/// The best of some rounds: what else the machine does only makes it slower.
fn timed(what: &str, by: &str, bytes: u64, rows: &mut Vec<String>, mut work: impl FnMut() -> Res) -> Res {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        work()?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    let speed = bytes as f64 / 1e6 / best;
    add(
        rows,
        format!("{{\"what\":\"{what}\",\"by\":\"{by}\",\"bytes\":{bytes},\"seconds\":{best},\"mb_per_s\":{speed}}}"),
    );
    Ok(())
}

fn quiet(command: &mut Command) -> Res {
    output(command).map(drop)
}

/// Bytes that nothing can shorten.
fn noise(path: &Path, megabytes: u64) -> Res {
    let text = format!("of={}", path.display());
    quiet(tool("dd").args(["if=/dev/urandom", &text, "bs=1000000", &format!("count={megabytes}")]))
}

fn limits(dir: &Path, clip: &Path, rows: &mut Vec<String>) -> Res {
    let bytes = CLIP * 1_000_000;
    timed("limit", "cp", bytes, rows, || quiet(tool("cp").arg(clip).arg(dir.join("copy"))))?;
    timed("limit", "sha256sum", bytes, rows, || quiet(tool("sha256sum").arg(clip)))?;
    if !exists("openssl") {
        return Ok(());
    }
    let mut speed = tool("openssl");
    speed.args(["speed", "-seconds", "2", "-bytes", "65536", "-evp", "chacha20-poly1305", "-mr"]);
    // "+F:…:bytes per second" is the line that counts.
    let text = output(&mut speed)?;
    let last = text.lines().rev().find_map(|line| line.strip_prefix("+F:")?.rsplit(':').next()?.parse::<f64>().ok());
    let speed = last.unwrap_or_default() / 1e6;
    add(rows, format!(r#"{{"what":"limit","by":"openssl speed chacha20-poly1305, one core","mb_per_s":{speed}}}"#));
    Ok(())
}

fn ours(dir: &Path, clip: &Path, rows: &mut Vec<String>) -> Res {
    let mut cargo = tree::cargo();
    cargo.args(["run", "--quiet", "--locked", "--release", "-p", "hamseda-open", "--example", "speed", "--"]);
    output(cargo.arg(clip).arg(dir))?.lines().for_each(|line| add(rows, line.to_owned()));
    Ok(())
}

/// The page's library and typage, with and without JIT.
fn scripts(bundle: &Path, rows: &mut Vec<String>) -> Res {
    let script = tree::path("e2e/bench/seal.mjs");
    quiet(tool("node").arg(&script).arg("bundle").arg(bundle))?;
    let (long, short) = (SCRIPT.to_string(), SCRIPT_JITLESS.to_string());
    let runs: [(&[&str], &str, &str, &[&str]); 4] = [
        (&[], "node", &long, &[]),
        (&["--jitless"], "node", &short, &[]),
        (&[], "browser", &long, &[]),
        (&[], "browser", &short, &["--jitless"]),
    ];
    for (flags, verb, megabytes, more) in runs {
        let mut node = tool("node");
        node.args(flags).arg(&script).arg(verb).arg(bundle).arg(megabytes).args(more);
        match output(&mut node) {
            Ok(text) => text.lines().for_each(|line| add(rows, line.to_owned())),
            Err(why) => println!("{verb} {flags:?} {more:?} is left out: {why}"),
        }
    }
    Ok(())
}

/// `age` and `rage` take the same words.
fn agelike(program: &str, by: &str, keygen: PathBuf, dir: &Path, clip: &Path, rows: &mut Vec<String>) -> Res {
    let (key, sealed, opened) = (dir.join("key"), dir.join("age.sealed"), dir.join("age.opened"));
    let _ = std::fs::remove_file(&key);
    quiet(tool(keygen).arg("-o").arg(&key))?;
    let text = std::fs::read_to_string(&key).map_err(|e| e.to_string())?;
    let recipient = text.lines().find_map(|line| line.strip_prefix("# public key: ")).ok_or("no public key")?;
    let bytes = CLIP * 1_000_000;
    timed("seal", by, bytes, rows, || quiet(tool(program).args(["-r", recipient, "-o"]).arg(&sealed).arg(clip)))?;
    timed("unseal", by, bytes, rows, || {
        quiet(tool(program).arg("-d").arg("-i").arg(&key).arg("-o").arg(&opened).arg(&sealed))
    })
}

/// rage, installed below `target/bench/tools` when it isn't there; `None` with the reason printed where it can't be.
fn rage() -> Option<PathBuf> {
    let root = folder().join("tools");
    let program = root.join("bin/rage");
    if program.is_file() {
        return Some(program);
    }
    println!("Building rage {RAGE} (minutes, once)");
    let mut cargo = tree::cargo();
    cargo.args(["install", "--quiet", "--locked", "rage", "--no-default-features", "--version", RAGE, "--root"]);
    cargo.arg(&root).env("CARGO_TARGET_DIR", folder().join("build"));
    match run(&mut cargo) {
        Ok(()) => Some(program),
        Err(why) => {
            println!("rage is left out: {why}");
            None
        }
    }
}
