//! `cargo xtask bench intake`: the same senders against our intake, `@tus/server` as it comes and with fsync, and rustus.
//! A server that keeps nothing shows what sender and loopback cost by themselves.

use super::{build_lab, folder, keep, lab, rustus};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, output, run};

const SERVERS: [&str; 6] = ["sink", "ours", "tus-node", "tus-node-fsync", "rustus", "rustus-fsync"];

/// Uploads at once, uploads, class in MiB.
const FAST: [(&str, &str, &str); 3] = [("1", "48", "8"), ("16", "96", "8"), ("256", "512", "2")];
/// Slow senders: as many at once, bytes a second, class in MiB.
const SLOW: (&str, &str, &str) = ("2000", "32000", "1");

/// `cargo xtask bench intake [--rounds N] [--no-slow]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["rounds"], &["no-slow"])?;
    let program = build_lab(true)?;
    let rustus = rustus();
    let dir = folder().join("data");
    let mut rows = Vec::new();
    let mut measure = |server: &str, words: &[&str]| -> Res {
        let mut command = lab(&program);
        command.args(["load", "--json", "--server", server, "--dir"]).arg(&dir).args(words);
        if let Some(rustus) = &rustus {
            command.env("HAMSEDA_RUSTUS", rustus);
        }
        let row = output(&mut command)?;
        if let Some(row) = row.lines().next() {
            show(&Json::parse(row).unwrap_or(Json::Null));
            rows.push(row.to_owned());
        }
        Ok(())
    };
    println!(
        "{:<16}{:>8}{:>10}{:>12}{:>10}{:>10}{:>10}{:>8}",
        "", "at once", "MB/s", "CPU-s/GB", "RSS MB", "HEAD p50", "p99 ms", "errors"
    );
    for _ in 0..options.count("rounds")?.unwrap_or(1) {
        for (at_once, uploads, mib) in FAST {
            for server in SERVERS {
                measure(server, &["--at-once", at_once, "--uploads", uploads, "--mib", mib])?;
            }
        }
    }
    if !options.has("no-slow") {
        println!("{} uploads of {} bytes/s each:", SLOW.0, SLOW.1);
        for server in SERVERS {
            measure(server, &["--at-once", SLOW.0, "--uploads", SLOW.0, "--rate", SLOW.1, "--mib", SLOW.2])?;
        }
    }
    run(crate::shell::tool("rm").arg("-rf").arg(&dir))?;
    keep("intake", &rows)
}

fn show(row: &Json) {
    let n = |key: &str| row.get(key).number().unwrap_or_default();
    println!(
        "{:<16}{:>8}{:>10.1}{:>12.2}{:>10.0}{:>10.1}{:>10.1}{:>8} {}",
        row.get("server").text(),
        n("at_once"),
        n("mb_per_s"),
        n("cpu_s_per_gb"),
        n("rss_peak_mb"),
        n("head_p50_ms"),
        n("head_p99_ms"),
        n("errors"),
        row.get("first_error").text(),
    );
}
