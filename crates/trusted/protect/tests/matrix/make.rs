//! Draws a clip, has ffmpeg encode it, and spoils it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::card::{Card, times};
use super::cases::{After, Case, Light, Rate, Turn};
use super::{Res, sound};

/// Writes the clip of `case` into `folder` and gives its bytes.
pub(crate) fn make(case: &Case, folder: &Path) -> Res<Vec<u8>> {
    let clip = folder.join(format!("clip.{}", case.extension));
    film(case, folder, &clip)?;
    let mut bytes = std::fs::read(&clip).map_err(|e| e.to_string())?;
    if let Some(turn) = case.turn {
        set_matrix(&mut bytes, turn)?;
    }
    match case.after {
        After::Nothing => {}
        After::UnknownFirstTrack => unknown(&mut bytes, 0)?,
        After::UnknownSecondTrack => unknown(&mut bytes, 1)?,
        After::Cut(hundredths) => bytes.truncate(bytes.len() * hundredths / 100),
    }
    std::fs::write(&clip, &bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

fn film(case: &Case, folder: &Path, clip: &Path) -> Res<()> {
    let mut arguments = picture_in(case);
    let heard = folder.join("sound");
    if let Some((words, rate, channels)) = case.audio {
        let copied = words.contains("copy");
        let late = f64::from(case.late) / 1000.0;
        let samples = || sound::samples(rate, channels, late).into_iter().flat_map(f32::to_le_bytes).collect();
        std::fs::write(&heard, if copied { sound::amr() } else { samples() }).map_err(|e| e.to_string())?;
        arguments.extend(["-itsoffset".into(), late.max(0.0).to_string()]);
        let raw = ["-f", "f32le", "-ar", &rate.to_string(), "-ac", &channels.to_string()].map(str::to_owned);
        arguments.extend(if copied { vec!["-f".into(), "amr".into()] } else { raw.to_vec() });
        arguments.extend(["-i".into(), heard.display().to_string()]);
    }
    arguments.extend(out(case));
    let live = case.video.contains("-live");
    // A file that is written into a pipe can't be told its length in the end.
    arguments.push(if live { "pipe:1".into() } else { clip.display().to_string() });
    let told = encode(case, &arguments)?;
    if live { std::fs::write(clip, told).map_err(|e| e.to_string()) } else { Ok(()) }
}

fn picture_in(case: &Case) -> Vec<String> {
    let format = match case.light {
        Light::Hlg | Light::Pq => "yuv420p10le",
        Light::FullRange | Light::Jpeg => "yuvj420p",
        _ => "yuv420p",
    };
    let (width, height) = case.size;
    let mut list: Vec<String> =
        ["-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", format].map(Into::into).into();
    list.extend(["-s".into(), format!("{width}x{height}"), "-r".into()]);
    list.push(match case.rate {
        Rate::Fixed(n, d) => format!("{n}/{d}"),
        Rate::Variable => "60".into(),
    });
    list.extend(["-i".into(), "pipe:0".into()]);
    list
}

fn out(case: &Case) -> Vec<String> {
    let mut filters = vec![case.turn.map_or("null", |turn: Turn| turn.stored).to_owned()];
    if case.rate == Rate::Variable {
        filters.push("settb=1/90000,setpts='if(lt(N,20),N/20,if(lt(N,80),1+(N-20)/60,2+(N-80)/24))/TB'".into());
    }
    if case.late < 0 {
        filters.push(format!("settb=1/90000,setpts=PTS+{}", -case.late * 90));
    }
    filters.push(format!("setsar={}/{}", case.pixel.0, case.pixel.1));
    let mut list = vec!["-map".into(), "0:v".into(), "-vf".into(), filters.join(",")];
    // Times that are no multiple of a frame.
    if case.rate == Rate::Variable || case.late < 0 {
        list.extend(["-vsync", "vfr", "-enc_time_base", "1:90000", "-video_track_timescale", "90000"].map(Into::into));
    }
    if case.tagged {
        let [matrix, primaries, transfer] = match case.light {
            Light::Hd | Light::FullRange => ["bt709", "bt709", "bt709"],
            Light::Sd | Light::Jpeg => ["smpte170m", "smpte170m", "smpte170m"],
            Light::P3 => ["bt709", "smpte432", "bt709"],
            Light::Hlg => ["bt2020nc", "bt2020", "arib-std-b67"],
            Light::Pq => ["bt2020nc", "bt2020", "smpte2084"],
        };
        list.extend(["-colorspace", matrix, "-color_primaries", primaries, "-color_trc", transfer].map(Into::into));
    }
    let range = if matches!(case.light, Light::FullRange | Light::Jpeg) { "pc" } else { "tv" };
    list.extend(["-color_range", range].map(Into::into));
    list.extend(case.video.split(' ').map(Into::into));
    list.extend(["-threads", "1"].map(Into::into));
    let twice = matches!(case.after, After::UnknownFirstTrack | After::UnknownSecondTrack);
    match case.audio {
        Some((words, ..)) => {
            for _ in 0..if twice { 2 } else { 1 } {
                list.extend(["-map", "1:a"].map(Into::into));
            }
            list.extend(words.split(' ').map(Into::into));
        }
        None => list.push("-an".into()),
    }
    let muxer = match case.extension {
        "webm" => "webm",
        "mkv" => "matroska",
        other => other,
    };
    list.extend(["-f", muxer].map(Into::into));
    list
}

/// Runs ffmpeg on the frames of a clip; gives what it wrote to standard output.
fn encode(case: &Case, arguments: &[String]) -> Res<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "clips are drawn with the usual tools")]
    let mut command = Command::new("ffmpeg");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("ffmpeg: {e}"))?;
    let mut pipe = child.stdin.take().ok_or("ffmpeg takes no input")?;
    let (size, light, rate) = (case.size, case.light, case.rate);
    let drawing = std::thread::spawn(move || {
        let card = Card::new(size, light);
        // It may stop to listen: then its own words say why.
        times(rate).into_iter().all(|time| pipe.write_all(&card.frame(time)).is_ok())
    });
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    let drawn = drawing.join().unwrap_or(false);
    if output.status.success() && drawn {
        return Ok(output.stdout);
    }
    Err(format!("{}: ffmpeg {arguments:?}: {}", case.name, String::from_utf8_lossy(&output.stderr)))
}

/// Writes a display matrix into the first track's header.
fn set_matrix(bytes: &mut [u8], turn: Turn) -> Res<()> {
    let at = position(bytes, b"tkhd", 0).ok_or("no track header")? + 4 + 40;
    let [a, b, c, d] = turn.matrix.map(|v| v << 16);
    for (i, value) in [a, b, 0, c, d, 0, 0, 0, 1 << 30].into_iter().enumerate() {
        bytes[at + i * 4..at + i * 4 + 4].copy_from_slice(&i32::to_be_bytes(value));
    }
    Ok(())
}

/// Longest table that describes a sound track of ours.
const STSD: usize = 200;

/// Gives a sound track a form of which nobody has heard: newer phones add one that no other decoder reads.
fn unknown(bytes: &mut [u8], track: usize) -> Res<()> {
    let mut left = track;
    let mut at = 0;
    while let Some(table) = position(bytes, b"stsd", at) {
        // After version, flags, count and length: the name of the only entry.
        at = table + 16;
        let Some(name) = bytes.get_mut(at..at + 4).filter(|name| **name == *b"mp4a") else { continue };
        if left == 0 {
            name.copy_from_slice(b"apac");
            // Its description of AAC goes too; the samples stay and mean nothing.
            while let Some(description) = position(&bytes[..table + STSD.min(bytes.len() - table)], b"esds", table) {
                bytes[description..description + 4].copy_from_slice(b"dapa");
            }
            return Ok(());
        }
        left -= 1;
    }
    Err("no such sound track".into())
}

fn position(bytes: &[u8], name: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(name.len()).position(|w| w == name).map(|found| from + found)
}
