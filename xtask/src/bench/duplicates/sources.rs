//! Clips that are really different: drawn people (several clips of each, in one room), people signing from the corpus,
//! played forward and backward, and moving patterns; each with a sound of its own, or none.

use std::path::{Path, PathBuf};

use super::Clip;
use crate::clips::{Order, Role, contributors, make_all};
use crate::say::Bar;
use crate::shell::{Res, output, tool};
use crate::{random::Random, stamp};

/// People who are drawn.
const PEOPLE: usize = 24;
/// Clips of each.
const TAKES: usize = 8;
/// Longest clip, seconds.
const LONGEST: &str = "6";
/// What people are filmed with here: small, so that hours become minutes.
const CAMERA: &str = "480x270 30 h264 8 0 aac-48000-1";

/// Makes all clips in `dir`; those that are there stay.
pub(super) fn all(dir: &Path, bar: &Bar) -> Res<Vec<Clip>> {
    let drawn = people()?;
    let orders: Vec<Order> =
        drawn.iter().map(|(_, role)| Order::Clip(role.clone(), dir.join("drawn").join(&role.file))).collect();
    make_all(&orders, bar)?;
    let mut clips = Vec::new();
    for (person, role) in drawn {
        let path = dir.join("drawn").join(&role.file);
        let name = role.file.trim_end_matches(".mp4").to_owned();
        clips.push(Clip { name, group: format!("person {person}"), path, sound: true, tune: person % 2 == 0 });
    }
    clips.extend(patterns(dir)?);
    match std::env::var_os("HAMSEDA_CORPUS").map(PathBuf::from) {
        Some(corpus) => clips.extend(real(dir, &corpus)?),
        None => println!("  HAMSEDA_CORPUS is not set: clips of real people are left out"),
    }
    Ok(clips)
}

/// Person and role: one face, voice and room each, other words and movements in every take.
fn people() -> Res<Vec<(usize, Role)>> {
    let known = contributors(PEOPLE)?;
    let mut drawn = Vec::new();
    for (person, contributor) in known.iter().enumerate() {
        for take in 0..TAKES {
            let words = |n: usize| known[n % PEOPLE].role.says.as_str();
            let mut role = contributor.role.clone();
            // No sentence is said twice by one voice: a machine would say it the same way.
            role.says = format!("{} {}", words(person + 3 * take), words(person + 3 * take + 1));
            role.file = format!("person-{person:02}-{take}.mp4");
            (role.camera, role.phone) = (CAMERA.into(), String::new());
            role.take = take as u64 + 1;
            drawn.push((person, role));
        }
    }
    Ok(drawn)
}

/// Moving patterns, and how they are drawn: `N` is a seed.
const PATTERNS: [(&str, usize, &str); 6] = [
    (
        "life",
        16,
        "life=s=48x27:mold=8:r=15:ratio=0.3:random_seed=N:death_color=#404080:life_color=#ffffc0,scale=480:270:flags=neighbor",
    ),
    ("cells", 16, "cellauto=s=60x34:r=12:rule=R:random_seed=N:random_fill_ratio=0.4,scale=480:270:flags=neighbor"),
    ("gradient", 14, "gradients=s=480x270:r=30:n=5:seed=N:speed=0.03"),
    ("sierpinski", 8, "sierpinski=s=480x270:r=30:seed=N:jump=60:type=T"),
    (
        "mandelbrot",
        8,
        "mandelbrot=s=480x270:r=30:maxiter=600:start_scale=S:end_scale=0.0003:end_pts=240:start_x=X:start_y=-0.131825904205330",
    ),
    (
        "weather",
        8,
        "nullsrc=s=48x27:r=30,geq=lum='128+90*sin(X/(3+mod(N,5))+T*(1+mod(N,3))+N)*cos(Y/(2+mod(N,4))-T*(0.7+mod(N,7)/3))':cb=128:cr=128,scale=480:270:flags=bicubic",
    ),
];

fn patterns(dir: &Path) -> Res<Vec<Clip>> {
    let mut clips = Vec::new();
    for (kind, count, source) in PATTERNS {
        for n in 0..count {
            let seed = n * 37 + 5;
            let mut random = Random::new(seed as u64);
            let source = source
                .replace("seed=N", &format!("seed={seed}"))
                .replace("N", &seed.to_string())
                .replace(
                    "rule=R",
                    &format!("rule={}", [18, 30, 45, 60, 73, 90, 105, 110, 126, 150, 22, 122, 146, 182][n % 14]),
                )
                .replace("type=T", if n % 2 == 0 { "type=carpet" } else { "type=triangle" })
                .replace("start_scale=S", &format!("start_scale={:.3}", 3.0 / (1 << n) as f32))
                .replace("start_x=X", &format!("start_x={:.6}", -0.743_643_9 + f64::from(random.between(-0.05, 0.05))));
            let name = format!("{kind}-{n:02}");
            let words = ["-f", "lavfi", "-t", "5", "-i", &source].map(String::from).to_vec();
            let path = clip(dir, &name, words, "null", Some(seed))?;
            clips.push(Clip { group: name.clone(), name, path, sound: true, tune: n % 2 == 0 });
        }
    }
    Ok(clips)
}

/// Clips of real people: signs, forward and backward, without sound; and what phones filmed.
fn real(dir: &Path, corpus: &Path) -> Res<Vec<Clip>> {
    let mut clips = Vec::new();
    let mut add = |name: String, group: &str, file: &Path, start: &str, filter: &str, tune: bool| -> Res {
        let words = ["-ss", start, "-t", LONGEST, "-i", &file.to_string_lossy()].map(String::from).to_vec();
        match clip(dir, &name, words, filter, None) {
            Ok(path) => clips.push(Clip { name, group: group.into(), path, sound: false, tune }),
            Err(why) => println!("  {name} is left out: {}", why.lines().next().unwrap_or_default()),
        }
        Ok(())
    };
    for (n, file) in files(&corpus.join("faces"))?.iter().enumerate() {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // Three persons in one room; played backward nobody moves as before.
        let group = if stem.starts_with("asl") { "signs" } else { &stem };
        add(stem.clone(), group, file, "0", "null", n % 2 == 0)?;
        add(format!("{stem}-backward"), group, file, "0", "reverse", n % 2 == 0)?;
    }
    for (n, (file, start)) in FILMED.iter().enumerate() {
        let group = format!("filmed {n}");
        add(format!("filmed-{n:02}"), &group, &corpus.join("metadata").join(file), start, "null", n % 2 == 0)?;
    }
    Ok(clips)
}

/// What phones and cameras filmed, and where it begins, seconds.
const FILMED: [(&str, &str); 11] = [
    ("iphone6-gps-mebx.mov", "0"),
    ("flir-one-loci.mp4", "0"),
    ("flir-one-loci.mp4", "5.5"),
    ("iphone-loci-exported.mp4", "0"),
    ("apple-3gp.3gp", "0"),
    ("canon-mjpeg.avi", "0"),
    ("gopro-max-gpmd.mp4", "0"),
    ("exiftool-QuickTime.mov", "0"),
    ("itunes.mov", "10"),
    ("itunes.mov", "40"),
    ("itunes.mov", "65"),
];

fn files(folder: &Path) -> Res<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

/// Writes a clip unless it is there: at most 480 wide, 30 frames a second, with noise of its own where `sound` says so.
fn clip(dir: &Path, name: &str, input: Vec<String>, filter: &str, sound: Option<usize>) -> Res<PathBuf> {
    let path = dir.join("base").join(format!("{name}.mp4"));
    let recipe = format!("1 {input:?} {filter} {sound:?}");
    if stamp::fresh(&path, &recipe) {
        return Ok(path);
    }
    std::fs::create_dir_all(dir.join("base")).map_err(|e| e.to_string())?;
    let mut ffmpeg = tool("ffmpeg");
    ffmpeg.args(["-y", "-loglevel", "error"]).args(&input);
    if let Some(seed) = sound {
        // Syllables of coloured noise that no other clip has.
        let rate = 2.0 + seed as f32 % 5.0;
        let noise = format!("anoisesrc=color=pink:amplitude=0.5:seed={seed}:d=5,tremolo=f={rate}:d=0.9");
        ffmpeg.args(["-f", "lavfi", "-i", &noise, "-map", "0:v", "-map", "1:a", "-c:a", "aac", "-b:a", "96k"]);
    } else {
        ffmpeg.arg("-an");
    }
    let filter = format!("{filter},fps=30,scale=w='min(480,iw)':h=-2,format=yuv420p");
    ffmpeg
        .args(["-vf", &filter, "-t", LONGEST, "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-threads", "1"]);
    output(ffmpeg.arg(&path))?;
    stamp::set(&stamp::beside(&path), &recipe)?;
    Ok(path)
}
