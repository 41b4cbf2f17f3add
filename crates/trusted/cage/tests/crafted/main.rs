//! Files made to hurt: playlists in disguise, references to other files, bombs, lies about time, number and size.
//!
//! Each is worked on as a clip is. Nothing may reach the trap outside, nothing may take longer than its job's limits, and
//! each must end in a sentence that a reviewer can read. The snapshot says how each ends.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]
#![expect(clippy::cast_possible_truncation, reason = "crafted numbers are cut on purpose")]

mod bombs;
mod boxes;
#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "shared with tests that only look at clips")]
mod common;
mod corpus;
mod counts;
mod disguise;
mod ebml;
mod fuzzed;
mod matroska;
mod references;
mod shapes;
mod times;
mod trap;
mod verdict;

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use hamseda_cage::Cage;

use trap::Trap;
use verdict::Verdict;

/// A crafted file: its name says what it tries.
type Crafted = (String, Vec<u8>);

fn named(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Crafted {
    (name.into(), bytes.into())
}

/// Works on all of `files`, two at a time as a worker does.
fn work_on(cage: &Cage, files: &[Crafted]) -> Vec<(String, Verdict)> {
    let next = AtomicUsize::new(0);
    let hand = || {
        let mut done = Vec::new();
        while let Some((name, bytes)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((name.clone(), verdict::of(cage, bytes)));
        }
        done
    };
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let hands = [scope.spawn(hand), scope.spawn(hand)];
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    let place = |name: &str| files.iter().position(|(known, _)| known == name);
    done.sort_by_key(|(name, _)| place(name));
    done
}

/// Every crafted file, by what it tries.
fn all(trap: &Trap) -> Vec<Crafted> {
    let groups = [
        disguise::files(trap),
        references::files(trap),
        bombs::files(),
        times::files(),
        counts::files(),
        shapes::files(),
        matroska::files(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn crafted_files_reach_nothing_and_each_ends_with_a_reason() {
    let trap = Trap::new();
    let files = all(&trap);
    assert!(files.len() >= 100, "{} files", files.len());
    let done = work_on(&common::cage(), &files);
    trap.assert_untouched();
    let mut table = String::new();
    for (name, verdict) in &done {
        verdict.assert_fair(name);
        table += &format!("{name}: {}\n", verdict.text);
    }
    insta::assert_snapshot!(table);
}

/// What points elsewhere also finds nothing behind the second kind of walls.
#[test]
fn references_reach_nothing_behind_either_kind_of_walls() {
    let trap = Trap::new();
    let files: Vec<_> = disguise::files(&trap).into_iter().chain(references::files(&trap)).collect();
    // The strongest kind works on all of them in the test above.
    for cage in common::cages().iter().skip(1) {
        for (name, verdict) in work_on(cage, &files) {
            verdict.assert_fair(&name);
        }
        trap.assert_untouched();
    }
}

/// The same references are followed where nothing stops them: otherwise the tests above would prove nothing.
#[test]
fn without_walls_references_are_followed() {
    let trap = Trap::new();
    let scripts = disguise::scripts(&trap);
    let script = |kind: &str| scripts.iter().find(|(known, _)| *known == kind).unwrap().1.clone().into_bytes();
    let hls = ["-allowed_extensions", "ALL", "-f", "hls"];
    let cases: [(Vec<u8>, &[&str], &str); 5] = [
        (script("m3u8 to a file"), &hls, "the secret file"),
        (script("m3u8 to a web server"), &hls, "the web server"),
        (script("concat script"), &["-safe", "0", "-f", "concat"], "the secret file"),
        (script("DASH manifest"), &["-f", "dash"], "the web server"),
        (
            references::alias_film(&trap),
            &["-enable_drefs", "1", "-use_absolute_path", "1", "-f", "mov"],
            "the secret file",
        ),
    ];
    for (bytes, options, what) in cases {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut followed = bare_ffprobe(options, file.path());
        // What an earlier one touched last may be told now.
        let reached = || trap.touched().contains(&what);
        let ended = std::iter::repeat_with(|| (reached(), followed.try_wait().unwrap().is_some()))
            .find(|(reached, over)| *reached || *over);
        let found = ended.is_some_and(|(reached, _)| reached) || reached();
        let _ = followed.kill();
        followed.wait().unwrap();
        assert!(found, "{options:?}: {what} was not reached");
    }
}

/// ffprobe as anybody would start it, outside any cage, with everything allowed.
fn bare_ffprobe(options: &[&str], file: &std::path::Path) -> std::process::Child {
    #[expect(clippy::disallowed_methods, reason = "shows what the cage prevents")]
    let mut command = std::process::Command::new("ffprobe");
    command.args(["-v", "quiet", "-protocol_whitelist", "file,http,tcp,udp,rtp,crypto,data"]).args(options).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
