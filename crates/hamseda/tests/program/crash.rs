//! Rule 2, on the whole road: worker and intake are killed again and again while six messages travel; nothing that was
//! acknowledged is lost, nothing finished is done twice, and the film is the one an undisturbed run makes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::common::{Running, clip, files, free_port, hamseda, init, intake, media_tools, ok, seal, status};
use sha2::{Digest as _, Sha256};

const MESSAGES: usize = 6;
const KILLS: usize = 20;

/// xorshift64*: the moments of the kills, from a seed that is printed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % sides
    }
}

/// The moment of a kill is the point of this test, so it is time that is waited for.
fn after(millis: u64) {
    let (_keep, never) = mpsc::channel::<()>();
    let _ = never.recv_timeout(Duration::from_millis(millis));
}

fn worker(dir: &Path, url: &str) -> Command {
    let mut command = hamseda();
    command.args(["worker", "--quiet", "--intake", url, "--dir"]).arg(dir);
    command
}

fn finish(dir: &Path) {
    ok(hamseda().args(["review", "accept", "--all", "--rule", "test rule", "--dir"]).arg(dir));
    ok(hamseda().args(["batch", "close", "--dir"]).arg(dir));
    ok(hamseda().args(["film", "build", "--dir"]).arg(dir));
}

/// Hashes of every decoded frame and sound packet of the film.
fn frames(dir: &Path) -> String {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(dir.join("film/film.mp4")).args(["-f", "framemd5", "-"]);
    ok(&mut command)
}

fn copy(from: &Path, to: &Path) {
    ok(Command::new("cp").arg("-a").arg(from).arg(to));
}

#[test]
fn rule_2_twenty_kills_lose_nothing_and_repeat_nothing() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (calm, rough) = (folder.path().join("calm"), folder.path().join("rough"));
    init(&calm);
    // The same keys in both, so that the films may be compared to the last frame.
    copy(&calm, &rough);
    let sealed: Vec<_> = (0..MESSAGES)
        .map(|n| {
            let (plain, sealed) = (folder.path().join(format!("{n}.mp4")), folder.path().join(format!("{n}.sealed")));
            clip(&plain, n);
            seal(&calm, &plain, &sealed, n);
            sealed
        })
        .collect();

    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    {
        let _intake = intake(&calm, port);
        for file in &sealed {
            ok(hamseda().arg("send").arg(file).arg(&url));
        }
        ok(worker(&calm, &url).arg("--until-idle"));
        finish(&calm);
    }

    let seed: u64 =
        std::env::var("HAMSEDA_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(std::process::id().into());
    println!("HAMSEDA_SEED={seed}");
    let mut dice = Dice(seed | 1);
    disturbed(&rough, &sealed, port, &mut dice);

    let state = status(&rough);
    assert_eq!(state["received"], MESSAGES, "{state}");
    assert_eq!(state["messages"]["prepared"], MESSAGES, "{state}");
    finish(&rough);
    let state = status(&rough);
    let masters = &state["made"]["master"];
    assert_eq!((&masters["artefacts"], &masters["times"]), (&MESSAGES.into(), &MESSAGES.into()), "{state}");
    whole(&rough, &sealed);
    assert_eq!(frames(&rough), frames(&calm), "the films differ (HAMSEDA_SEED={seed})");
}

/// Sends all messages and prepares them while intake and worker are killed at random moments.
fn disturbed(dir: &Path, sealed: &[std::path::PathBuf], port: u16, dice: &mut Dice) {
    let url = format!("http://127.0.0.1:{port}/");
    // Senders go on by themselves; what they were told is safe must arrive.
    let senders: Vec<_> = sealed
        .iter()
        .map(|file| hamseda().arg("send").arg(file).arg(&url).stdout(Stdio::null()).spawn().map(Running).unwrap())
        .collect();
    let mut public = intake(dir, port);
    let mut trusted = Running(worker(dir, &url).spawn().unwrap());
    for _ in 0..KILLS {
        after(50 + dice.roll(700));
        if dice.roll(2) == 0 {
            drop(public);
            public = intake(dir, port);
        } else {
            drop(trusted);
            trusted = Running(worker(dir, &url).spawn().unwrap());
        }
    }
    for mut sender in senders {
        let status = sender.0.wait().unwrap();
        assert!(status.success(), "a sender gave up");
    }
    drop(trusted);
    ok(worker(dir, &url).arg("--until-idle"));
    drop(public);
}

/// No half file stands under a finished name: each sealed file lies there by its hash, whole but for its header, which is its
/// key and lies in the database.
fn whole(dir: &Path, sent: &[std::path::PathBuf]) {
    let sealed = files(&dir.join("vault/blobs/sealed"));
    assert_eq!(sealed.len(), MESSAGES);
    for file in sent {
        let bytes = std::fs::read(file).unwrap();
        let hash = hex::encode(Sha256::digest(&bytes));
        let kept = std::fs::read(dir.join("vault/blobs/sealed").join(&hash[..2]).join(&hash)).unwrap();
        let header = bytes.windows(5).position(|window| window == b"\n--- ").unwrap() + 5 + 44;
        assert!(kept == bytes[header..], "a sealed file is not what its name says");
    }
    let masters =
        files(&dir.join("vault/artefacts")).into_iter().filter(|f| f.to_string_lossy().ends_with(".master.mp4"));
    let scratch = dir.join("vault/artefacts/scratch");
    for master in masters.filter(|f| !f.starts_with(&scratch)) {
        let mut command = Command::new("ffmpeg");
        ok(command.args(["-v", "error", "-xerror", "-i"]).arg(&master).args(["-f", "null", "-"]));
    }
    let inbox = files(&dir.join("inbox/blobs"));
    assert!(inbox.is_empty(), "the intake kept what the desk has: {inbox:?}");
}
