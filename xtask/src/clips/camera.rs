//! The phone that films: size, rate, codec, turn, sound and the traces it leaves.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Res, tool};

/// Frame rates phones use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rate {
    /// Frames a second as a fraction.
    Fixed(u32, u32),
    /// About 30, now more, now fewer.
    Variable,
}

/// Video codecs phones use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    H264,
    Hevc,
    Vp9,
}

/// Sound as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sound {
    codec: &'static str,
    rate: String,
    channels: String,
}

/// A camera's settings.
#[derive(Debug, Clone)]
pub(crate) struct Camera {
    /// Size as seen upright, pixels.
    pub(crate) size: (usize, usize),
    pub(crate) rate: Rate,
    codec: Codec,
    ten_bits: bool,
    /// Degrees clockwise that a player must turn the stored picture: 0, 90, 180 or 270.
    pub(crate) turn: u32,
    sound: Option<Sound>,
}

impl Camera {
    /// Reads `1280x720 30 h264 8 0 aac-48000-2`: size, rate, codec, bits, turn, sound.
    ///
    /// # Errors
    /// Names the word that isn't understood.
    pub(crate) fn parse(words: &str) -> Res<Self> {
        let parts: Vec<_> = words.split_whitespace().collect();
        let [size, rate, codec, bits, turn, sound] = parts[..] else {
            return Err(format!("camera {words:?}: expected size, rate, codec, bits, turn and sound"));
        };
        let wrong = |what: &str| format!("camera {words:?}: {what}");
        let (w, h) = size.split_once('x').ok_or_else(|| wrong("size is WIDTHxHEIGHT"))?;
        let even = |v: &str| v.parse().ok().filter(|n: &usize| n.is_multiple_of(2) && (64..=1920).contains(n));
        let size = even(w).zip(even(h)).ok_or_else(|| wrong("sides are even and at most 1920"))?;
        Ok(Self {
            size,
            rate: rate_of(rate).ok_or_else(|| wrong("rate is 24, 25, 29.97, 30, 60 or vfr"))?,
            codec: codec_of(codec).ok_or_else(|| wrong("codec is h264, hevc or vp9"))?,
            ten_bits: bits == "10",
            turn: turn
                .parse()
                .ok()
                .filter(|t| [0, 90, 180, 270].contains(t))
                .ok_or_else(|| wrong("turn is 0, 90, 180 or 270"))?,
            sound: sound_of(sound).map_err(|e| wrong(&e))?,
        })
    }

    /// Frames a second that are drawn.
    pub(crate) fn fps(&self) -> f32 {
        match self.rate {
            Rate::Fixed(n, d) => n as f32 / d as f32,
            Rate::Variable => 30.0,
        }
    }

    /// The encoder: raw planar frames on its standard input, `wav` beside them, the clip at `out`.
    pub(crate) fn encoder(&self, wav: &Path, out: &Path, traces: &[(&str, String)], seconds: f32) -> Command {
        let mut ffmpeg = tool("ffmpeg");
        let rate = match self.rate {
            Rate::Fixed(n, d) => format!("{n}/{d}"),
            Rate::Variable => "30".into(),
        };
        ffmpeg.args(["-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s"]);
        ffmpeg.arg(format!("{}x{}", self.size.0, self.size.1)).args(["-r", &rate, "-i", "pipe:0"]);
        if self.sound.is_some() {
            ffmpeg.arg("-i").arg(wav);
        }
        ffmpeg.args(["-threads", "1", "-filter_threads", "1", "-map_metadata", "-1", "-vf", &self.filters()]);
        if self.rate == Rate::Variable {
            ffmpeg.args(["-vsync", "vfr", "-video_track_timescale", "90000"]);
        }
        ffmpeg.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        ffmpeg.args(self.codec_args());
        match &self.sound {
            Some(s) => ffmpeg.args(["-c:a", s.codec, "-ar", &s.rate, "-ac", &s.channels, "-b:a", "64k"]),
            None => ffmpeg.arg("-an"),
        };
        for (key, value) in traces {
            ffmpeg.arg("-metadata").arg(format!("{key}={value}"));
        }
        ffmpeg.arg("-t").arg(format!("{seconds:.3}")).arg(out);
        ffmpeg.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        ffmpeg
    }

    fn filters(&self) -> String {
        let turned = match self.turn {
            90 => "transpose=cclock,",
            180 => "hflip,vflip,",
            270 => "transpose=clock,",
            _ => "",
        };
        // Every seventh frame is lost and the others come a little early or late, as a phone's do in poor light.
        let uneven = match self.rate {
            Rate::Variable => "select='not(eq(mod(n,7),4))',setpts='PTS+(0.3*sin(N*1.7))/(30*TB)',",
            Rate::Fixed(..) => "",
        };
        let format = if self.ten_bits { "yuv420p10le" } else { "yuv420p" };
        format!("{uneven}{turned}format={format}")
    }

    fn codec_args(&self) -> &'static [&'static str] {
        match self.codec {
            Codec::H264 => &["-c:v", "libx264", "-preset", "ultrafast", "-crf", "23"],
            Codec::Hevc => &[
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-crf",
                "26",
                "-tag:v",
                "hvc1",
                "-x265-params",
                "log-level=error:pools=1",
            ],
            Codec::Vp9 => &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1200k"],
        }
    }
}

fn rate_of(word: &str) -> Option<Rate> {
    Some(match word {
        "24" => Rate::Fixed(24, 1),
        "25" => Rate::Fixed(25, 1),
        "29.97" => Rate::Fixed(30_000, 1001),
        "30" => Rate::Fixed(30, 1),
        "60" => Rate::Fixed(60, 1),
        "vfr" => Rate::Variable,
        _ => return None,
    })
}

fn codec_of(word: &str) -> Option<Codec> {
    Some(match word {
        "h264" => Codec::H264,
        "hevc" => Codec::Hevc,
        "vp9" => Codec::Vp9,
        _ => return None,
    })
}

fn sound_of(word: &str) -> Res<Option<Sound>> {
    if word == "none" {
        return Ok(None);
    }
    let parts: Vec<_> = word.split('-').collect();
    let [codec, rate, channels] = parts[..] else {
        return Err("sound is none, or such as aac-48000-2".into());
    };
    let codec = match codec {
        "aac" => "aac",
        "opus" => "libopus",
        _ => return Err("sound is aac or opus".into()),
    };
    Ok(Some(Sound { codec, rate: rate.into(), channels: channels.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_mistakes_named() {
        let camera = Camera::parse("720x1280 29.97 hevc 10 270 aac-44100-1").unwrap();
        assert_eq!((camera.size, camera.turn, camera.codec), ((720, 1280), 270, Codec::Hevc));
        assert!((camera.fps() - 29.97).abs() < 0.001);
        for (words, part) in [
            ("721x1280 30 h264 8 0 none", "even"),
            ("720x1280 31 h264 8 0 none", "29.97"),
            ("720x1280 30 av1 8 0 none", "hevc"),
            ("720x1280 30 h264 8 45 none", "270"),
            ("720x1280 30 h264 8 0 mp3-1-1", "opus"),
            ("720x1280", "expected"),
        ] {
            let error = Camera::parse(words).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
