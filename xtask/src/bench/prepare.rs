//! `cargo xtask bench prepare`: what a second of clip costs `hamseda prepare`, and where; beside deface with ffmpeg, and beside
//! x264 alone with the same settings on raw frames, which is the least that anybody pays. `--rounds N`, `--only WORD`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::meter::{Cost, watch, watch_all};
use super::{folder, keep, peers};
use crate::options::Options;
use crate::shell::{Res, output, tool};

/// Length of each clip, seconds.
const SECONDS: f64 = 10.0;
const ROUNDS: usize = 3;

/// A clip as a phone films it: name, ffmpeg's filters and encoder, and the filter that brings it onto the canvas.
struct Clip {
    name: &'static str,
    filters: &'static str,
    encoder: &'static str,
    canvas: &'static str,
}

/// Grain, since a drawn picture is coded far too easily.
const CLIPS: [Clip; 3] = [
    Clip {
        name: "1080p H.264",
        filters: "scale=1920:1080,noise=alls=7:allf=t,format=yuv420p",
        encoder: "-c:v libx264 -preset veryfast -b:v 14M -bf 0 -colorspace bt709 -color_primaries bt709 -color_trc bt709",
        canvas: "scale=1280:720:flags=bicubic",
    },
    Clip {
        name: "portrait H.264",
        filters: "scale=1920:1080,crop=608:1080,scale=1080:1920,noise=alls=7:allf=t,format=yuv420p",
        encoder: "-c:v libx264 -preset veryfast -b:v 14M -bf 0 -colorspace bt709 -color_primaries bt709 -color_trc bt709",
        canvas: "scale=406:720:flags=bicubic,split[a][b];[a]scale=320:568,crop=320:180,gblur=sigma=10:steps=2,scale=1280:720[c];\
                 [c][b]overlay=436:0",
    },
    Clip {
        name: "1080p HLG HEVC",
        filters: "scale=1920:1080,noise=alls=7:allf=t,format=yuv420p10le",
        encoder: "-c:v libx265 -preset ultrafast -b:v 9M -tag:v hvc1 -x265-params log-level=none:bframes=0 -colorspace bt2020nc \
                  -color_primaries bt2020 -color_trc arib-std-b67",
        canvas: "scale=1280:720:flags=bicubic",
    },
];

/// As in `cage`, encode/options.rs: `H264::MASTER`.
const X264: &str = "-c:v libx264 -preset veryfast -crf 20 -x264-params keyint=64:min-keyint=64:scenecut=0:open-gop=0:bframes=0:\
    b-adapt=0:ref=1:rc-lookahead=10:stitchable=1:threads=1:lookahead-threads=1:sliced-threads=0:force-cfr=1 -profile:v high \
    -level:v 4.0 -pix_fmt yuv420p";

/// `cargo xtask bench prepare [--rounds N] [--only WORD] [--debug]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["rounds", "only"], &["debug"])?;
    let (rounds, only) = (options.count("rounds")?.unwrap_or(ROUNDS), options.get("only").unwrap_or_default());
    let hamseda = peers::hamseda(options.has("debug"))?;
    let deface = peers::python("deface");
    let dir = folder().join("prepare");
    let mut rows = Vec::new();
    println!("  {:<16}{:<26}{:>10}{:>10}{:>10}{:>9}", "", "", "CPU-s/s", "wall-s/s", "x x264", "peak MB");
    for clip in CLIPS.iter().filter(|clip| clip.name.contains(only)) {
        let (file, raw) = draw(clip, &dir)?;
        let mut limit = None;
        let mut measure = |by: &str, run: &mut dyn FnMut() -> Res<Cost>| -> Res {
            let cost = median(rounds, run)?;
            let limit = *limit.get_or_insert(cost.total());
            rows.push(show(clip, by, &cost, limit));
            Ok(())
        };
        measure("x264 alone", &mut || watch(&mut x264(&raw, &dir), role))?;
        for (by, face, voice) in [("hamseda, as filmed", "show", "keep"), ("hamseda, masked, altered", "mask", "alter")]
        {
            measure(by, &mut || watch(&mut prepare(&hamseda, &file, &dir.join("one"), face, voice), role))?;
        }
        measure("hamseda, two at once", &mut || {
            let job = |out: &str| prepare(&hamseda, &file, &dir.join(out), "show", "keep");
            watch_all(&mut [job("one"), job("two")], role)
        })?;
        if let Some(deface) = &deface {
            measure("deface, loudnorm, x264", &mut || defaced(deface, &file, &dir))?;
        }
        std::fs::remove_file(&raw).map_err(|e| e.to_string())?;
    }
    keep("prepare", &rows)
}

/// The run whose processor time is in the middle.
fn median(rounds: usize, run: &mut dyn FnMut() -> Res<Cost>) -> Res<Cost> {
    let mut costs = (0..rounds).map(|_| run()).collect::<Res<Vec<_>>>()?;
    costs.sort_by(|a, b| a.total().total_cmp(&b.total()));
    Ok(costs.swap_remove(costs.len() / 2))
}

fn show(clip: &Clip, by: &str, cost: &Cost, limit: f64) -> String {
    let (cpu, wall) = (cost.total() / SECONDS, cost.wall / SECONDS);
    let times = cost.total() / limit;
    println!("  {:<16}{by:<26}{cpu:>10.2}{wall:>10.2}{times:>10.2}{:>9.0}", clip.name, cost.peak_mb);
    let parts: Vec<_> = cost.cpu.iter().map(|(role, s)| format!("{role} {:.2}", s / SECONDS)).collect();
    if by.starts_with("hamseda") {
        println!("  {:<16}  {}", "", parts.join(", "));
    }
    let parts: Vec<_> = cost.cpu.iter().map(|(role, s)| format!("\"{role}\":{:.3}", s / SECONDS)).collect();
    format!(
        "{{\"clip\":\"{}\",\"by\":\"{by}\",\"cpu_s_per_s\":{cpu:.3},\"wall_s_per_s\":{wall:.3},\"times_x264\":{times:.2},\"peak_mb\":{:.0},\
         \"parts\":{{{}}}}}",
        clip.name,
        cost.peak_mb,
        parts.join(",")
    )
}

/// What a process of `hamseda prepare` is there for.
fn role(line: &str) -> &'static str {
    let has = |word: &str| line.contains(word);
    if has("bwrap") {
        "sandbox"
    } else if has("ffprobe") {
        "probe"
    } else if has("-filter_complex") {
        if has("[a]") && !has("[v]") { "decode sound" } else { "decode picture" }
    } else if has("libx264") {
        "encode"
    } else if has("aac") {
        "encode sound"
    } else if has("hamseda") {
        "own"
    } else {
        "other"
    }
}

fn prepare(hamseda: &Path, clip: &Path, out: &Path, face: &str, voice: &str) -> Command {
    let mut command = tool(hamseda);
    command.arg("prepare").arg(clip).arg("-o").arg(out).args(["--face", face, "--voice", voice, "--json"]);
    command
}

fn ffmpeg() -> Command {
    let mut command = tool("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y", "-threads", "1"]);
    command
}

fn x264(raw: &Path, dir: &Path) -> Command {
    let mut command = ffmpeg();
    command.args(["-f", "rawvideo", "-s", "1280x720", "-pix_fmt", "yuv420p", "-r", "30", "-i"]).arg(raw);
    command.args(X264.split_whitespace()).arg(dir.join("x264.mp4"));
    command
}

/// deface blurs what it takes for faces and encodes; ffmpeg levels the sound and encodes once more, as a master is encoded.
fn defaced(deface: &Path, clip: &Path, dir: &Path) -> Res<Cost> {
    let blurred = dir.join("deface.mp4");
    let first =
        watch(tool(deface).arg(clip).args(["--keep-audio", "-o"]).arg(&blurred).env("OMP_NUM_THREADS", "1"), role)?;
    let mut second = ffmpeg();
    second
        .arg("-i")
        .arg(&blurred)
        .args(["-vf", "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,fps=30"]);
    second.args(["-af", "loudnorm=I=-16:TP=-1", "-ar", "48000", "-c:a", "aac"]).args(X264.split_whitespace());
    let second = watch(second.arg(dir.join("defaced.mp4")), role)?;
    let mut cost =
        Cost { wall: first.wall + second.wall, peak_mb: first.peak_mb.max(second.peak_mb), ..Cost::default() };
    cost.cpu.insert("all".into(), first.total() + second.total());
    Ok(cost)
}

/// The clip, and its raw frames on the canvas.
fn draw(clip: &Clip, dir: &Path) -> Res<(PathBuf, PathBuf)> {
    let people = dir.join("people");
    crate::clips::main(&[people.display().to_string(), "1".to_owned()])?;
    let person = std::fs::read_dir(&people).map_err(|e| e.to_string())?.flatten().map(|e| e.path());
    let film = |p: &PathBuf| p.extension().is_some_and(|e| e == "mp4" || e == "mov" || e == "webm");
    let person = person.filter(film).min().ok_or("nobody was drawn")?;
    let file = dir.join(format!("{}.mp4", clip.name.replace(' ', "-")));
    if !file.is_file() {
        let mut draw = tool("ffmpeg");
        draw.args(["-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i"]).arg(person);
        draw.args(["-vf", &format!("fps=30,{}", clip.filters), "-t", &SECONDS.to_string()]);
        output(draw.args(clip.encoder.split_whitespace()).args(["-c:a", "aac"]).arg(&file))?;
    }
    let raw = dir.join("raw.yuv");
    let graph = format!("{},format=yuv420p", clip.canvas);
    output(ffmpeg().arg("-i").arg(&file).args(["-an", "-filter_complex", &graph, "-f", "rawvideo"]).arg(&raw))?;
    Ok((file, raw))
}
