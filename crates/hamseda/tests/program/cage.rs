//! The sandbox as the program builds it: a stand-in for an exploited decoder tries it, and hostile files are worked on
//! beside it without anybody else feeling it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Running, free_port, hamseda, init, intake, media_tools, ok, said};

#[test]
fn rule_3_the_shipped_program_tries_its_own_cage_and_nothing_gets_through() {
    if !media_tools() {
        return;
    }
    for walls in ["bubblewrap", "landlock"] {
        let output = hamseda().args(["cage", "test", "--json", "--walls", walls]).output().unwrap();
        if said(&output).contains("cage-none") {
            assert!(std::env::var_os("CI").is_none(), "both kinds of walls must stand here");
            eprintln!("skipped: {}", said(&output));
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let attempts = report["attempts"].as_array().unwrap();
        let stopped = attempts.iter().filter(|a| a["stopped"] == true && !a["by"].as_str().unwrap().is_empty()).count();
        assert_eq!((&report["ok"], &report["walls"]), (&true.into(), &walls.into()), "{report}");
        assert!(stopped == attempts.len() && stopped > 100, "{report}");
        for area in ["network", "files", "devices", "processes", "kernel", "limits", "end"] {
            assert!(attempts.iter().any(|attempt| attempt["area"] == area), "nothing was tried of {area}");
        }
    }
    let table = ok(hamseda().args(["cage", "test"]));
    assert!(table.lines().filter(|line| line.starts_with("✓ ")).count() > 100 && !table.contains('✗'), "{table}");
}

/// Without walls there is nothing to try, and nothing is decoded; the sentence says what to install.
#[test]
fn a_cage_that_can_not_be_built_is_refused_with_what_mends_it() {
    let empty = tempfile::tempdir().unwrap();
    let tries = |path: &Path, arguments: &[&str]| {
        let output = hamseda().args(arguments).env("PATH", path).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        said(&output)
    };
    let without_ffmpeg = tries(empty.path(), &["cage", "test"]);
    assert!(without_ffmpeg.contains("ffmpeg is missing; install it"), "{without_ffmpeg}");
    if !media_tools() {
        return;
    }
    for tool in ["ffmpeg", "ffprobe"] {
        let path = std::env::var_os("PATH").unwrap();
        let found = std::env::split_paths(&path).map(|p| p.join(tool)).find(|p| p.is_file()).unwrap();
        std::os::unix::fs::symlink(found, empty.path().join(tool)).unwrap();
    }
    let without_bubblewrap = tries(empty.path(), &["cage", "test", "--walls", "bubblewrap"]);
    assert!(
        without_bubblewrap.contains("nothing is decoded: bubblewrap: bwrap is not installed"),
        "{without_bubblewrap}"
    );
}

/// Requests of a round.
const REQUESTS: usize = 200;
/// A light request may take this long, 99 of 100 times, while two hostile files take all of the processor they get.
const BOUND: Duration = Duration::from_millis(250);

#[test]
fn a_light_request_does_not_feel_hostile_files() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let port = free_port();
    let _intake = intake(&dir, port);
    // The machine may be busy with other things than ours: what it can do in one of three rounds counts.
    let best = || (0..3).map(|_| round(port)).min().unwrap();
    let idle = best();
    let clip = folder.path().join("long.mp4");
    long_clip(&clip);
    let hogs: Vec<_> = (0..2).map(|n| hog(&clip, &folder.path().join(format!("out-{n}")))).collect();
    hogs.iter().for_each(|hog| wait_until_decoding(hog.0.id()));
    let busy = best();
    eprintln!("p99 of a light request: {idle:?} alone, {busy:?} beside two hostile files");
    assert!(busy < BOUND || busy < idle * 2, "{busy:?} beside hostile files, {idle:?} alone");
}

/// Two seconds of noise, fifty times: it costs little to make and much to decode.
fn long_clip(path: &Path) {
    let once = path.with_extension("once.mp4");
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=2,noise=alls=20"]);
    ok(command.args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]).arg(&once));
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-stream_loop", "50", "-i"]).arg(&once).args(["-c", "copy"]);
    ok(command.arg(path));
}

fn hog(clip: &Path, out: &Path) -> Running {
    let mut command = hamseda();
    command.arg("prepare").arg(clip).arg("--output").arg(out).stdout(Stdio::null()).stderr(Stdio::null());
    Running(command.spawn().unwrap())
}

/// Until a decoder below `process` has used processor time; and that it stands behind everybody else.
fn wait_until_decoding(process: u32) {
    let started = Instant::now();
    let ours = field(std::process::id(), NICE).unwrap();
    loop {
        let decoder = below(process).into_iter().find(|&p| field(p, USED).is_some_and(|ticks| ticks > 10));
        if let Some(nice) = decoder.and_then(|decoder| field(decoder, NICE)) {
            assert_eq!(nice, (ours + 10).min(19), "a decoder must take less of the processor than a page");
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "nothing decodes");
        std::thread::yield_now();
    }
}

/// Places in /proc/PID/stat behind the name (proc(5)).
const PARENT: usize = 1;
const USED: usize = 11;
const NICE: usize = 16;

fn field(process: u32, place: usize) -> Option<i64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(place)?.parse().ok()
}

/// Processes whose parent, or parent's parent, and so on, is `process`.
fn below(process: u32) -> Vec<u32> {
    let numbers = std::fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<u32> = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let mut found = vec![process];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(all.iter().filter(|&&p| field(p, PARENT) == Some(parent.into())));
        at += 1;
    }
    found.split_off(1)
}

/// The time within which 99 of 100 requests were answered.
fn round(port: u16) -> Duration {
    let mut times: Vec<_> = (0..REQUESTS).map(|_| ask(port)).collect();
    times.sort_unstable();
    times[REQUESTS * 99 / 100]
}

/// Fetches the key set, as every sender's page does first.
fn ask(port: u16) -> Duration {
    let started = Instant::now();
    let mut line = TcpStream::connect(("127.0.0.1", port)).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(line, "GET /keyset HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    started.elapsed()
}
