//! `hamseda-lab flood`: thousands of hostile uploads under way, and an invited sender among them.
//!
//! Each hostile line makes an upload of the largest class, sends the beginning of a real message and then noise for as long
//! as the server takes it, as fast as it does. The invited sender's time is measured before and meanwhile. Server and
//! senders are two processes on the same cores, as hostile to each other as it gets.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::line::{head, patch_head};
use crate::load::{Connection, memory_peak};
use crate::options::Options;
use crate::sealed::Messages;
use crate::serve;

/// Bytes of a real message that a hostile one begins with: its header passes the shape check.
const BEGINNING: usize = 8 * 1024;
/// What a hostile upload says it will be: the class of 512 MiB.
const HOSTILE_MIB: u64 = 512;
const CHUNK: usize = 8 * 1024 * 1024;
/// How long the hostile ones get to begin.
const ASSEMBLY: Duration = Duration::from_secs(300);

/// What all hostile lines share.
struct Flood {
    address: SocketAddr,
    beginning: Bytes,
    length: u64,
    stop: AtomicBool,
    /// Lines that are sending now.
    under_way: AtomicUsize,
    refused: AtomicU64,
    sent: AtomicU64,
}

pub(crate) fn main(words: &[String]) -> Result<(), String> {
    let options = Options::read(words, &["uploads", "rounds", "mib", "quarantine-mib", "dir"], &["json"])?;
    let uploads = options.number("uploads")?.unwrap_or(10_000);
    let rounds = options.number("rounds")?.unwrap_or(7_usize).max(1);
    let quarantine = options.number::<u64>("quarantine-mib")?.unwrap_or(8 * 1024);
    let dir = options.get("dir").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let folder = tempfile::Builder::new().prefix("flood-").tempdir_in(&dir).map_err(|e| e.to_string())?;
    let mut messages = Messages::default();
    let message = messages.of(options.number("mib")?.unwrap_or(16))?;
    let (server, address) = start(folder.path(), quarantine)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let length = serve::sealed_len(HOSTILE_MIB)?;
    let flood = Arc::new(Flood {
        address,
        beginning: message.slice(..BEGINNING),
        length,
        stop: AtomicBool::new(false),
        under_way: AtomicUsize::new(0),
        refused: AtomicU64::new(0),
        sent: AtomicU64::new(0),
    });
    let measured = runtime.map_err(|e| e.to_string())?.block_on(measure(flood, uploads, rounds, &message))?;
    let rss = memory_peak(server.0.id()) / 1e6;
    let mut measured = measured;
    measured["server_rss_peak_mb"] = json!(rss);
    if options.has("json") {
        println!("{measured}")
    } else {
        println!("{measured:#}")
    }
    Ok(())
}

/// The server, killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(dir: &std::path::Path, quarantine_mib: u64) -> Result<(Running, SocketAddr), String> {
    let failed = |e: std::io::Error| format!("the server can't be started: {e}");
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["serve", "--quarantine-mib", &quarantine_mib.to_string(), "--dir"]).arg(dir);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let lines = child.stdout.take().map(|out| BufReader::new(out).lines().map_while(Result::ok));
    let server = Running(child);
    let address = lines.into_iter().flatten().find_map(|line| line.strip_prefix("listening http://")?.parse().ok());
    Ok((server, address.ok_or("the server ended before it listened")?))
}

async fn measure(flood: Arc<Flood>, uploads: usize, rounds: usize, message: &Bytes) -> Result<Value, String> {
    let inviter = serve::Inviter::new()?;
    // The first warms caches up and counts for nothing.
    invited(&flood, &inviter, message).await?;
    let mut alone = Vec::new();
    for _ in 0..rounds {
        alone.push(invited(&flood, &inviter, message).await?);
    }
    let mut lines = tokio::task::JoinSet::new();
    for _ in 0..uploads {
        lines.spawn(hostile(flood.clone()));
    }
    let began = Instant::now();
    let wanted = uploads * 99 / 100;
    while flood.under_way.load(Ordering::Relaxed) < wanted {
        if began.elapsed() > ASSEMBLY {
            let now = flood.under_way.load(Ordering::Relaxed);
            return Err(format!("only {now} of {uploads} hostile uploads were under way; is `ulimit -n` above that?"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (before, since) = (flood.sent.load(Ordering::Relaxed), Instant::now());
    let mut flooded = Vec::new();
    for _ in 0..rounds {
        flooded.push(invited(&flood, &inviter, message).await?);
    }
    let hostile_rate = (flood.sent.load(Ordering::Relaxed) - before) as f64 / since.elapsed().as_secs_f64();
    let under_way = flood.under_way.load(Ordering::Relaxed);
    flood.stop.store(true, Ordering::Relaxed);
    lines.shutdown().await;
    let (alone, flooded) = (typical(&alone), typical(&flooded));
    Ok(json!({
        "hostile_under_way": under_way, "hostile_refused": flood.refused.load(Ordering::Relaxed),
        "hostile_mb_per_s_meanwhile": hostile_rate / 1e6, "message_bytes": message.len(), "rounds": rounds,
        "invited_alone_s": alone.whole, "invited_in_flood_s": flooded.whole, "ratio": flooded.whole / alone.whole,
        "alone_connect_create_s": alone.made, "in_flood_connect_create_s": flooded.made,
    }))
}

/// Seconds of one message.
#[derive(Clone, Copy)]
struct Took {
    /// Until the upload was made.
    made: f64,
    /// Until the last byte was acknowledged.
    whole: f64,
}

fn typical(times: &[Took]) -> Took {
    let of = |part: fn(&Took) -> f64| median(&mut times.iter().map(part).collect::<Vec<_>>());
    Took { made: of(|took| took.made), whole: of(|took| took.whole) }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One invited message from its first request to its last acknowledgement.
async fn invited(flood: &Flood, inviter: &serve::Inviter, message: &Bytes) -> Result<Took, String> {
    let (token, length) = (inviter.token()?, message.len().to_string());
    let began = Instant::now();
    let mut connection = Connection::open(flood.address).await?;
    let headers = [("Upload-Length", length.as_str()), ("Hamseda-Token", token.as_str()), ("Content-Length", "0")];
    let made = connection.ask(head(flood.address, "POST", "/upload", &headers, true).as_bytes()).await?;
    if made.status != 201 {
        return Err(format!("an invited upload was answered with {}", made.status));
    }
    let (path, made) = (made.location(), began.elapsed().as_secs_f64());
    for (index, chunk) in message.chunks(CHUNK).enumerate() {
        let at = (index * CHUNK) as u64;
        let request = patch_head(flood.address, &path, at, chunk.len() as u64, true);
        connection.send(request.as_bytes()).await?;
        connection.body(chunk, None).await?;
        let answer = connection.answer().await?;
        if answer.status != 204 {
            return Err(format!("an invited PATCH was answered with {}", answer.status));
        }
    }
    Ok(Took { made, whole: began.elapsed().as_secs_f64() })
}

/// Makes uploads and sends without end, until told to stop or refused.
async fn hostile(flood: Arc<Flood>) {
    let noise = Bytes::from_static(&[0xa5; 64 * 1024]);
    while !flood.stop.load(Ordering::Relaxed) {
        let Ok(mut connection) = Connection::open(flood.address).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // What waits in this process's kernel buffers costs this machine, not an attacker's.
        let _ = socket2::SockRef::from(&connection.stream).set_send_buffer_size(16 * 1024);
        let length = flood.length.to_string();
        let headers = [("Upload-Length", length.as_str()), ("Content-Length", "0")];
        let made = connection.ask(head(flood.address, "POST", "/upload", &headers, true).as_bytes()).await;
        let Some(made) = made.ok().filter(|made| made.status == 201) else {
            flood.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let request = patch_head(flood.address, &made.location(), 0, flood.length, true);
        if connection.send(request.as_bytes()).await.is_err() || connection.send(&flood.beginning).await.is_err() {
            continue;
        }
        flood.under_way.fetch_add(1, Ordering::Relaxed);
        while !flood.stop.load(Ordering::Relaxed) && connection.stream.write_all(&noise).await.is_ok() {
            flood.sent.fetch_add(noise.len() as u64, Ordering::Relaxed);
        }
        flood.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
