//! `hamseda-lab load`: many uploads at once, the same for every server.
//!
//! Each server gets a fresh folder on the same disk and the same really sealed messages. What is measured: bytes per
//! second until the last is acknowledged, the server's own CPU time and largest memory (from `/proc`), and how long HEAD
//! takes meanwhile.

mod sender;

pub(crate) use sender::Connection;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::options::Options;
use crate::sealed::Messages;
use crate::server::{Kind, Server};

/// Clock ticks per second in `/proc`: fixed by Linux's interface to programs.
const TICKS: f64 = 100.0;
/// Pause between two HEADs.
const PROBE: Duration = Duration::from_millis(20);

/// What to send.
struct Wanted {
    uploads: usize,
    at_once: usize,
    mib: u64,
    rate: Option<u64>,
    dir: PathBuf,
}

pub(crate) fn main(words: &[String]) -> Result<(), String> {
    let options = Options::read(words, &["server", "uploads", "at-once", "mib", "rate", "dir"], &["json"])?;
    let at_once = options.number("at-once")?.unwrap_or(16);
    let wanted = Wanted {
        uploads: options.number("uploads")?.unwrap_or(at_once),
        at_once,
        mib: options.number("mib")?.unwrap_or(4),
        rate: options.number("rate")?,
        dir: options.get("dir").map_or_else(std::env::temp_dir, PathBuf::from),
    };
    let message = Messages::default().of(wanted.mib)?;
    for kind in options.servers()? {
        match kind.missing() {
            Some(why) => eprintln!("{} is left out: {why}", kind.name()),
            None => {
                let measured = measure(kind, &wanted, &message)?;
                if options.has("json") { println!("{measured}") } else { told(&measured) }
            }
        }
    }
    Ok(())
}

fn measure(kind: Kind, wanted: &Wanted, message: &Bytes) -> Result<Value, String> {
    std::fs::create_dir_all(&wanted.dir).map_err(|e| format!("{}: {e}", wanted.dir.display()))?;
    let folder = tempfile::Builder::new().prefix("lab-").tempdir_in(&wanted.dir).map_err(|e| e.to_string())?;
    let server = Server::start(kind, folder.path())?;
    let before = cpu_seconds(server.id());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let began = Instant::now();
    let work = async {
        let all = Arc::new(sender::Senders::new(kind, server.address, message.clone(), wanted.rate));
        let probes = tokio::spawn(sender::probe(all.clone(), PROBE));
        let errors = sender::all(&all, wanted.uploads, wanted.at_once).await;
        let took = began.elapsed();
        all.finish();
        (errors, took, probes.await.unwrap_or_default())
    };
    let (errors, took, mut heads) = runtime.map_err(|e| e.to_string())?.block_on(work);
    let cpu = cpu_seconds(server.id()) - before;
    let memory = memory_peak(server.id());
    drop(server);
    heads.sort_unstable();
    let percentile = |p: f64| {
        let at = ((heads.len() as f64 - 1.0).max(0.0) * p).round() as usize;
        heads.get(at).map_or(0.0, |d| d.as_secs_f64() * 1e3)
    };
    let bytes = (message.len() * (wanted.uploads - errors.len())) as f64;
    Ok(json!({
        "server": kind.name(), "uploads": wanted.uploads, "at_once": wanted.at_once, "message_bytes": message.len(),
        "rate": wanted.rate, "seconds": took.as_secs_f64(), "mb_per_s": bytes / 1e6 / took.as_secs_f64(),
        "cpu_s": cpu, "cpu_s_per_gb": cpu / (bytes / 1e9), "rss_peak_mb": memory / 1e6,
        "head_p50_ms": percentile(0.5), "head_p99_ms": percentile(0.99), "head_max_ms": percentile(1.0),
        "heads": heads.len(), "errors": errors.len(), "first_error": errors.first(),
    }))
}

fn told(m: &Value) {
    let n = |key: &str| m[key].as_f64().unwrap_or_default();
    println!(
        "{:<15} {:>5} at once: {:>7.1} MB/s, {:>6.2} CPU-s/GB, {:>6.0} MB, HEAD p50 {:>6.1} p99 {:>7.1} ms, {} errors{}",
        m["server"].as_str().unwrap_or_default(),
        n("at_once"),
        n("mb_per_s"),
        n("cpu_s_per_gb"),
        n("rss_peak_mb"),
        n("head_p50_ms"),
        n("head_p99_ms"),
        n("errors"),
        m["first_error"].as_str().map(|e| format!(" ({e})")).unwrap_or_default(),
    );
}

/// User and system time of a process and its finished children.
fn cpu_seconds(id: u32) -> f64 {
    let stat = read(&format!("/proc/{id}/stat"));
    // The second field, a name, may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    (11..15).filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// Largest resident memory, bytes.
pub(crate) fn memory_peak(id: u32) -> f64 {
    let status = read(&format!("/proc/{id}/status"));
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()).unwrap_or_default() * 1024.0
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(path)).unwrap_or_default()
}
