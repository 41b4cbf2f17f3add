//! What happens to a clip before it is sent a second time.

use std::path::{Path, PathBuf};

use super::Clip;
use crate::shell::{Res, output, tool};
use crate::stamp;

/// One way to change a clip.
pub(super) struct Copy {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
    /// Filters of the picture, of `0:v` and where needed `1:v`, another clip.
    video: &'static str,
    /// Filters of the sound.
    audio: &'static str,
    /// How it is encoded.
    codec: &'static [&'static str],
}

/// Pixels across of a copy: fingerprints see 128 of them.
const WIDTH: u32 = 320;

const USUAL: &[&str] = &["-crf", "26"];

/// All ways. `REST` is the clip's length less 1.2 s.
pub(super) const COPIES: &[Copy] = &[
    Copy {
        name: "re-encoded, 300 kb/s",
        file: "rate300",
        video: "[0:v]null",
        audio: "anull",
        codec: &["-b:v", "300k"],
    },
    Copy {
        name: "re-encoded, 120 kb/s",
        file: "rate120",
        video: "[0:v]null",
        audio: "anull",
        codec: &["-b:v", "120k"],
    },
    Copy { name: "re-encoded, 50 kb/s", file: "rate50", video: "[0:v]null", audio: "anull", codec: &["-b:v", "50k"] },
    Copy { name: "scaled to half", file: "half", video: "[0:v]scale=iw/4*2:ih/4*2", audio: "anull", codec: USUAL },
    Copy { name: "cropped, 10 %", file: "crop10", video: "[0:v]crop=iw*0.9:ih*0.9", audio: "anull", codec: USUAL },
    Copy {
        name: "cropped, 20 %, off the middle",
        file: "crop20",
        video: "[0:v]crop=iw*0.8:ih*0.8:iw*0.15:ih*0.04",
        audio: "anull",
        codec: USUAL,
    },
    Copy { name: "mirrored", file: "mirror", video: "[0:v]hflip", audio: "anull", codec: USUAL },
    Copy {
        name: "border",
        file: "border",
        video: "[0:v]pad=iw*1.3:ih*1.2:(ow-iw)/2:(oh-ih)/2:black",
        audio: "anull",
        codec: USUAL,
    },
    Copy {
        name: "caption",
        file: "caption",
        video: "[0:v]drawbox=0:ih*0.78:iw:ih*0.16:black@0.8:fill,drawtext=text='#of one voice':fontcolor=white:fontsize=h/9:x=(w-tw)/2:y=h*0.81",
        audio: "anull",
        codec: USUAL,
    },
    Copy {
        name: "colours",
        file: "colour",
        video: "[0:v]eq=brightness=0.08:contrast=1.3:gamma=1.25:saturation=0.3,hue=h=40",
        audio: "volume=0.5",
        codec: USUAL,
    },
    Copy { name: "5 % faster", file: "faster", video: "[0:v]setpts=PTS/1.05", audio: "atempo=1.05", codec: USUAL },
    Copy {
        name: "5 % slower and lower",
        file: "slower",
        video: "[0:v]setpts=PTS/0.95",
        audio: "asetrate=45600,aresample=48000",
        codec: USUAL,
    },
    Copy {
        name: "ends trimmed, 1.2 s",
        file: "trimmed",
        video: "[0:v]trim=start=0.5:end=REST,setpts=PTS-STARTPTS",
        audio: "atrim=start=0.5:end=REST,asetpts=PTS-STARTPTS",
        codec: USUAL,
    },
    Copy {
        name: "a picture laid into it",
        file: "pip-in",
        video: "[1:v]scale=80:-2[i];[0:v][i]overlay=W-w-8:8:eof_action=repeat",
        audio: "anull",
        codec: USUAL,
    },
    Copy {
        name: "laid into a picture",
        file: "pip-out",
        video: "[0:v]scale=iw/4*2:ih/4*2[i];[1:v]scale=320:180[g];[g][i]overlay=14:H-h-11:shortest=1",
        audio: "anull",
        codec: USUAL,
    },
    Copy { name: "sound replaced", file: "dubbed", video: "[0:v]null", audio: "OTHER", codec: USUAL },
    Copy {
        name: "screen filmed",
        file: "screen",
        video: "[0:v]fps=24,perspective=x0=W/44:y0=H/50:x1=W-W/110:y1=0:x2=0:y2=H-H/80:x3=W-W/50:y3=H-H/31:sense=destination,gblur=0.9,eq=gamma=0.85:contrast=0.85:brightness=-0.04,noise=alls=14:allf=t,vignette=PI/5,pad=iw*1.14:ih*1.2:iw*0.07:ih*0.09:0x141414",
        audio: "highpass=f=250,lowpass=f=4200,aecho=0.8:0.6:45:0.35,volume=0.4",
        codec: &["-crf", "28"],
    },
];

/// Where a clip's copies lie.
pub(super) fn folder(dir: &Path, clip: &Clip) -> PathBuf {
    dir.join("copies").join(&clip.name)
}

/// Makes the copies of a clip and their fingerprints; `other` is laid into it, and gives its sound.
pub(super) fn make(dir: &Path, clip: &Clip, other: &Clip, judge: &Path) -> Res {
    let folder = folder(dir, clip);
    let recipe: String =
        COPIES.iter().map(|c| format!("{} {} {:?} {}\n", c.video, c.audio, c.codec, other.name)).collect();
    let mark = folder.join("made-from");
    if !stamp::says(&mark, &recipe) {
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        encode(&folder, clip, other)?;
        stamp::set(&mark, &recipe)?;
    }
    let file = |copy: &Copy| (copy.file, folder.join(format!("{}.mp4", copy.file)), heard(copy, clip));
    take(&folder, "copies", &COPIES.iter().map(file).collect::<Vec<_>>(), judge)
}

/// Takes the fingerprint of a clip as it is.
pub(super) fn original(dir: &Path, clip: &Clip, judge: &Path) -> Res {
    let folder = folder(dir, clip);
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    take(&folder, "original", &[("original", clip.path.clone(), clip.sound)], judge)
}

/// Takes fingerprints of files, given with their names and whether they are heard; only anew when the code has changed.
fn take(folder: &Path, what: &str, files: &[(&str, PathBuf, bool)], judge: &Path) -> Res {
    let (taken, code) = (folder.join(format!("{what}-taken-by")), code(judge)?);
    if !stamp::says(&taken, &code) {
        decode(folder, files)?;
        output(tool(judge).arg("take").arg(folder))?;
        stamp::set(&taken, &code)?;
    }
    Ok(())
}

/// A program's length and age.
fn code(program: &Path) -> Res<String> {
    let facts = std::fs::metadata(program).map_err(|e| format!("{}: {e}", program.display()))?;
    Ok(format!("{} {:?}", facts.len(), facts.modified().ok()))
}

/// Whether a copy of this clip is heard.
fn heard(copy: &Copy, clip: &Clip) -> bool {
    clip.sound || copy.audio == "OTHER"
}

/// All copies in one run: the clip is decoded once.
fn encode(folder: &Path, clip: &Clip, other: &Clip) -> Res {
    let millis = length(&clip.path)?;
    let rest = format!("{:.2}", (millis as f64 / 1000.0 - 0.7).max(1.3));
    let mut ffmpeg = tool("ffmpeg");
    ffmpeg.args(["-y", "-loglevel", "error", "-i"]).arg(&clip.path).args(["-stream_loop", "3", "-i"]).arg(&other.path);
    // Sounds of other clips may be missing: a tone that no clip has stands for all of them.
    ffmpeg.args(["-f", "lavfi", "-t", "8", "-i", &format!("anoisesrc=color=brown:seed={millis},tremolo=f=4:d=0.8")]);
    let heads: String = (0..COPIES.len()).map(|i| format!("[s{i}]")).collect();
    let mut graph = vec![format!("[0:v]scale={WIDTH}:-2,split={}{heads}", COPIES.len())];
    for (i, copy) in COPIES.iter().enumerate() {
        // Sides must be even for the codec; times start at zero.
        let video = copy.video.replace("REST", &rest).replace("[0:v]", &format!("[s{i}]"));
        graph.push(format!("{video},scale=ceil(iw/2)*2:ceil(ih/2)*2,format=yuv420p[v{i}]"));
        if heard(copy, clip) {
            let audio = match copy.audio {
                "OTHER" => "[2:a]anull".to_owned(),
                filters => format!("[0:a]{}", filters.replace("REST", &rest)),
            };
            graph.push(format!("{audio}[a{i}]"));
        }
    }
    ffmpeg.arg("-filter_complex").arg(graph.join(";")).args(["-filter_complex_threads", "1"]);
    for (i, copy) in COPIES.iter().enumerate() {
        ffmpeg.args(["-map", &format!("[v{i}]")]);
        if heard(copy, clip) {
            ffmpeg.args(["-map", &format!("[a{i}]"), "-c:a", "aac", "-b:a", "48k", "-shortest"]);
        }
        ffmpeg.args(["-c:v", "libx264", "-preset", "superfast", "-threads", "1", "-t", "7"]).args(copy.codec);
        ffmpeg.arg(folder.join(format!("{}.mp4", copy.file)));
    }
    output(&mut ffmpeg).map(drop)
}

/// Frames and samples of all files, in one run.
fn decode(folder: &Path, files: &[(&str, PathBuf, bool)]) -> Res {
    let mut ffmpeg = tool("ffmpeg");
    ffmpeg.args(["-y", "-loglevel", "error"]);
    for (_, path, _) in files {
        ffmpeg.args(["-threads", "1", "-i"]).arg(path);
    }
    for (i, (name, _, heard)) in files.iter().enumerate() {
        ffmpeg.args([
            "-map",
            &format!("{i}:v"),
            "-vf",
            "fps=30,scale=128:128:flags=area,format=gray",
            "-f",
            "rawvideo",
        ]);
        ffmpeg.arg(folder.join(format!("{name}.gray")));
        if *heard {
            ffmpeg.args(["-map", &format!("{i}:a"), "-ar", "48000", "-ac", "2", "-f", "f32le"]);
            ffmpeg.arg(folder.join(format!("{name}.f32")));
        }
    }
    output(&mut ffmpeg).map(drop)
}

/// Length of a clip's picture, milliseconds.
fn length(path: &Path) -> Res<u64> {
    let words = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=duration", "-of", "csv=p=0"];
    let text = output(tool("ffprobe").args(words).arg(path))?;
    let seconds: f64 =
        text.trim().trim_end_matches(',').parse().map_err(|_| format!("{}: no length", path.display()))?;
    Ok((seconds * 1000.0) as u64)
}
