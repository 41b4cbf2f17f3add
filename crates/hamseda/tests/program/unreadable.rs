//! Files that are no clips travel like any other, end in the queue as "can't be read" with a reason in words, and are counted
//! nowhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{clip, free_port, hamseda, init, intake, media_tools, ok, seal, status};

fn ffmpeg(arguments: &[&str], out: &Path) {
    ok(Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).arg(out));
}

/// Six things that are no clips, by name.
fn broken(folder: &Path) -> Vec<PathBuf> {
    let path = |name: &str| folder.join(name);
    std::fs::write(path("text.mp4"), "we can and we must\n").unwrap();
    std::fs::write(path("empty.mp4"), "").unwrap();
    let whole = path("whole.mp4");
    clip(&whole, 0);
    // The index of this file lies at its end: without it nothing can be decoded.
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(path("truncated.mp4"), &bytes[..bytes.len() / 2]).unwrap();
    ffmpeg(&["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"], &path("sound-only.mp4"));
    ffmpeg(&["-f", "lavfi", "-i", "testsrc=duration=2:size=64x64", "-frames:v", "0"], &path("no-seconds.mp4"));
    let mut tracks = vec!["-f", "lavfi", "-i", "testsrc=duration=1:size=64x64", "-f", "lavfi", "-i", "sine=duration=1"];
    tracks.extend(["-map", "0:v"]);
    tracks.extend(std::iter::repeat_n(["-map", "1:a"], 32).flatten());
    ffmpeg(&tracks, &path("tracks.mp4"));
    ["text", "empty", "truncated", "sound-only", "no-seconds", "tracks"].map(|n| path(&format!("{n}.mp4"))).into()
}

#[test]
fn what_is_no_clip_is_in_the_queue_with_a_reason_and_counted_nowhere() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    let _intake = intake(&dir, port);
    let clips = broken(folder.path());
    for file in clips.iter().chain([&folder.path().join("whole.mp4")]) {
        let sealed = file.with_extension("sealed");
        seal(&dir, file, &sealed, 0);
        ok(hamseda().arg("send").arg(&sealed).arg(&url));
    }
    ok(hamseda().args(["worker", "--until-idle", "--intake", &url, "--dir"]).arg(&dir));

    let state = status(&dir);
    assert_eq!((&state["messages"]["unreadable"], &state["messages"]["prepared"]), (&6.into(), &1.into()), "{state}");
    let unreadable = state["unreadable"].as_array().unwrap();
    let mut reasons: Vec<_> = unreadable
        .iter()
        .map(|u| format!("{}: {}", u["code"].as_str().unwrap(), u["reason"].as_str().unwrap()))
        .collect();
    reasons.sort();
    insta::assert_snapshot!(reasons.join("\n"));

    ok(hamseda().args(["review", "accept", "--all", "--rule", "test", "--dir"]).arg(&dir));
    ok(hamseda().args(["batch", "close", "--dir"]).arg(&dir));
    let state = status(&dir);
    assert_eq!(state["leaves_logged"], 2, "one message and the batch's own leaf: {state}");
}
