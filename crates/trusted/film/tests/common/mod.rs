//! Masters made with ffmpeg, a campaign, a number; and looking at results with ffmpeg and ffprobe.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests; ffmpeg is what judges the result"
)]
#![expect(dead_code, reason = "each test file uses its own part")]

use std::path::Path;
use std::process::Command;

use hamseda_core::tiles::{STRIPS, Strip, TileSet};
use hamseda_core::{ArtefactId, Campaign, Lang, MessageId};
use hamseda_film::{Artefacts, Folder};
use hamseda_programme::{Caption, Clip, ClipSource, Kind, Plan, Segment, Text};
use hamseda_tally::{Claim, Leaf, LeafKind};
use hamseda_vault::ArtefactKind;

pub(crate) const MASTER: ArtefactKind = ArtefactKind::new("master", "mp4");

pub(crate) fn campaign() -> Campaign {
    Campaign::parse(
        r##"
origin = "orvana.example/we-can"
slogan = { en = "We can and we must", fa = "می‌توانیم و باید" }
line = { en = "Voices from Orvana" }
country = { en = "Orvana", fa = "اوروانا" }
languages = ["fa", "en"]
[call]
text = {}
questions = []
seconds = 60
opens = "2026-03-01"
closes = "2026-04-01"
[floors]
batch = 1
k = 1
"##,
    )
    .unwrap()
}

pub(crate) fn claim(n: u8) -> Claim {
    let leaf = |i| Leaf { kind: LeafKind::Accepted, batch: 1, tag: [i; 16], commitment: [0; 32] };
    Claim::logged(&hamseda_tally::count(&(0..n).map(leaf).collect::<Vec<_>>()))
}

pub(crate) fn text(lang: Lang, text: &str) -> Text {
    Text { lang, text: text.into() }
}

/// Runs ffmpeg or ffprobe; whatever it complains of fails the test.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(["-v", "error"]).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && complaint.is_empty(), "{program} {arguments:?}: {complaint}");
    String::from_utf8(out.stdout).unwrap()
}

/// A master of `units`: `picture` and `sound` are lavfi sources.
pub(crate) fn master(store: &Folder, n: u8, units: u32, picture: &str, sound: &str) -> ArtefactId {
    let id = ArtefactId::from_bytes([n; 32]);
    let path = store.scratch(MASTER).unwrap().with_extension("mp4");
    let (frames, seconds) = ((units * 16).to_string(), format!("{:.6}", f64::from(units) * 16.0 / 30.0));
    run(
        "ffmpeg",
        &[
            "-y",
            "-f",
            "lavfi",
            "-i",
            picture,
            "-f",
            "lavfi",
            "-i",
            sound,
            "-frames:v",
            &frames,
            "-t",
            &seconds,
            "-r",
            "30",
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-bf",
            "0",
            "-threads",
            "1",
            "-c:a",
            "aac",
            "-ar",
            "48000",
            "-ac",
            "2",
            "-movflags",
            "+faststart",
            path.to_str().unwrap(),
        ],
    );
    store.keep(id, MASTER, &path).unwrap();
    id
}

pub(crate) fn clip(n: u8, master: ArtefactId, units: u32, name: &str) -> Clip {
    Clip {
        source: ClipSource::Message(MessageId::from_bytes([n; 16])),
        master,
        units,
        shown: true,
        sound: true,
        lang: Lang::Fa,
        caption: Caption { name: Some(text(Lang::Fa, name)), detail: vec![text(Lang::En, "Port Ardal")] },
    }
}

pub(crate) fn plan(kinds: Vec<Kind>) -> Plan {
    let segments = kinds.into_iter().map(|kind| Segment { kind, dip_in: false, dip_out: false }).collect();
    Plan { lang: Lang::En, segments, missing: Vec::new(), left_out: 0 }
}

/// MD5 of each decoded frame of a video file.
pub(crate) fn frame_hashes(path: &Path, format: &str) -> Vec<String> {
    let path = path.to_str().unwrap();
    let list = run("ffmpeg", &["-f", format, "-i", path, "-map", "0:v", "-f", "framemd5", "-"]);
    let hash = |line: &str| line.rsplit(',').next().unwrap_or_default().trim().to_owned();
    list.lines().filter(|l| !l.starts_with('#')).map(hash).collect()
}

/// Decoded sound, interleaved stereo.
pub(crate) fn samples(path: &Path) -> Vec<f32> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-i", path.to_str().unwrap(), "-map", "0:a", "-f", "f32le", "-"])
        .output()
        .unwrap();
    out.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Mean luma of each frame.
pub(crate) fn brightness(path: &Path) -> Vec<f64> {
    let out = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-i",
            path.to_str().unwrap(),
            "-map",
            "0:v",
            "-vf",
            "scale=16:9,format=gray",
            "-f",
            "rawvideo",
            "-",
        ])
        .output()
        .unwrap();
    out.stdout.chunks_exact(144).map(|f| f.iter().map(|&p| f64::from(p)).sum::<f64>() / 144.0).collect()
}

/// A tile file of a master, as preparing a message makes it.
pub(crate) fn tiles(store: &Folder, n: u8, master: ArtefactId) -> ArtefactId {
    let path = store.find(master).unwrap().unwrap();
    let strip = |&(side, frames): &(u16, u16)| {
        let filter = format!("crop=720:720,scale={side}:{side}:flags=area,fps=10");
        let out = Command::new("ffmpeg")
            .args([
                "-v",
                "error",
                "-i",
                path.to_str().unwrap(),
                "-an",
                "-vf",
                &filter,
                "-frames:v",
                &frames.to_string(),
            ])
            .args(["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
            .output()
            .unwrap();
        Strip { side, data: out.stdout }
    };
    let set = TileSet { strips: STRIPS.iter().map(strip).collect() };
    let mut id = *master.as_bytes();
    id[0] = n;
    id[31] = 0x71;
    let (id, file) = (ArtefactId::from_bytes(id), store.scratch(MASTER).unwrap());
    std::fs::write(&file, set.to_bytes()).unwrap();
    store.keep(id, MASTER, &file).unwrap();
    id
}
