//! A look at a finished file, with ffmpeg and ffprobe.

use std::path::Path;

use super::card::{BAND, FLASH, PATCHES, Part, time_of_bar, times};
use super::cases::{Case, Expect, Light};
use super::colour::{BT601, BT709, BT2020, Weights, seen};
use super::sound::beeps;
use super::{FLASHES, Res, run};

/// What is looked at, in the order of [`look`]'s findings.
pub(crate) const PROPERTIES: [&str; 9] =
    ["size", "upright", "timing", "length", "A/V", "loudness", "true peak", "tags", "colours"];

/// One property of one file.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Whether it is as it must be; nothing where the clip can't show it.
    pub(crate) holds: Option<bool>,
    /// The figure.
    pub(crate) said: String,
}

impl Finding {
    fn of(holds: bool, said: impl Into<String>) -> Self {
        Self { holds: Some(holds), said: said.into() }
    }
}

const SIZE: (usize, usize) = (1280, 720);
const FPS: f64 = 30.0;
/// Picture and sound may be this far apart, seconds: half a frame, and what an ear can't tell.
const APART: f64 = 0.020;
/// Codes (of 255) by which a colour may differ: rounding twice and a lossy coder.
const CODES: f64 = 4.0;
/// The same for pictures whose light is computed anew, in 10 bits, over two transfer functions.
const CODES_HDR: f64 = 6.0;
const LUFS: f64 = -16.0;

/// Looks at the file at `path`, made of the clip `case`.
pub(crate) fn look(case: &Case, path: &Path) -> Res<Vec<Finding>> {
    let file = path.to_str().ok_or("a path that is no text")?;
    let facts = facts(file)?;
    let size = Finding::of(
        facts.size == SIZE && facts.rate == "30/1",
        format!("{}x{}, {}", facts.size.0, facts.size.1, facts.rate),
    );
    let tags = Finding::of(
        facts.colour == ["bt709", "bt709", "bt709", "tv"],
        format!("{} {}", facts.colour[..3].join("/"), facts.colour[3]),
    );
    let mut found = vec![size];
    if facts.size == SIZE {
        let film = Film::decode(file, case, &facts)?;
        found.extend([film.upright(), film.timing(), film.length(), film.apart(case, file, &facts)?]);
        let (loudness, peak) = loudness(case, file)?;
        found.extend([loudness, peak, tags, film.colours(case)]);
    } else {
        found.extend((1..PROPERTIES.len()).map(|_| Finding { holds: Some(false), said: "not looked at".into() }));
    }
    Ok(found)
}

/// What ffprobe says.
struct Facts {
    size: (usize, usize),
    rate: String,
    /// Matrix, primaries, transfer, range.
    colour: [String; 4],
    picture_starts: f64,
    sound_starts: f64,
}

fn facts(file: &str) -> Res<Facts> {
    let fields =
        "codec_type,width,height,r_frame_rate,color_space,color_primaries,color_transfer,color_range,start_time";
    let entries = format!("stream={fields}");
    let (out, _) = run("ffprobe", &["-v", "error", "-show_entries", &entries, "-of", "flat", file])?;
    let text = String::from_utf8_lossy(&out).into_owned();
    let stream = |kind: &str| {
        let named = format!(".codec_type=\"{kind}\"");
        text.lines().find_map(|line| Some(line.strip_suffix(&named)?.to_owned() + "."))
    };
    let field = |prefix: &Option<String>, name: &str| -> String {
        let key = prefix.as_ref().map(|p| format!("{p}{name}="));
        let line = key.and_then(|key| text.lines().find_map(|line| line.strip_prefix(&key)));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let (picture, sound) = (stream("video"), stream("audio"));
    let number = |text: String| text.parse::<f64>().unwrap_or(0.0);
    Ok(Facts {
        size: (number(field(&picture, "width")) as usize, number(field(&picture, "height")) as usize),
        rate: field(&picture, "r_frame_rate"),
        colour: ["color_space", "color_primaries", "color_transfer", "color_range"].map(|n| field(&picture, n)),
        picture_starts: number(field(&picture, "start_time")),
        sound_starts: number(field(&sound, "start_time")),
    })
}

/// What is seen: per frame only what is looked at.
struct Film {
    /// When the picture begins after the clip, seconds: what comes before the first frame shows nothing.
    shift: f64,
    starts: f64,
    source: Vec<f64>,
    /// When each frame was filmed, by its bar.
    filmed: Vec<f64>,
    flashing: Vec<bool>,
    /// Mean colour of each patch, in the middle of the film.
    patches: Vec<[f64; 3]>,
    part: bool,
}

impl Film {
    fn decode(file: &str, case: &Case, facts: &Facts) -> Res<Self> {
        let words = ["-v", "error", "-i", file, "-map", "0:v:0", "-vsync", "passthrough"];
        let raw = ["-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"];
        let (bytes, _) = run("ffmpeg", &[&words[..], &raw].concat())?;
        let frames: Vec<_> =
            bytes.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2).map(|frame| Picture::new(frame, case)).collect();
        let middle = frames.get(frames.len() / 2).ok_or("not one frame")?;
        let weights = match facts.colour[0].as_str() {
            "smpte170m" | "bt470bg" => BT601,
            "bt2020nc" => BT2020,
            _ => BT709,
        };
        Ok(Self {
            shift: f64::from((-case.late).max(0)) / 1000.0,
            starts: facts.picture_starts,
            source: times(case.rate),
            filmed: frames.iter().map(Picture::filmed).collect(),
            flashing: frames.iter().map(Picture::flashes).collect(),
            patches: PATCHES.iter().map(|(_, part, _)| middle.mean(*part, weights)).collect(),
            part: case.expect == Expect::Part,
        })
    }

    fn time(&self, frame: usize) -> f64 {
        self.starts + frame as f64 / FPS
    }

    /// Each corner is nearer to its own colour than to another corner's.
    fn upright(&self) -> Finding {
        let corners = &PATCHES[..4];
        let distance = |seen: &[f64; 3], rgb: [u8; 3]| -> f64 {
            seen.iter().zip(rgb).map(|(a, b)| (a - f64::from(b)).powi(2)).sum()
        };
        let wrong = corners.iter().zip(&self.patches).find_map(|((name, _, own), seen)| {
            let nearest = corners.iter().min_by(|a, b| distance(seen, a.2).total_cmp(&distance(seen, b.2)))?;
            (nearest.2 != *own).then(|| format!("{name} shows {}", nearest.0))
        });
        Finding::of(wrong.is_none(), wrong.unwrap_or_else(|| "as filmed".into()))
    }

    /// Every frame shows what was filmed then: not earlier than the frame before, not later than now.
    fn timing(&self) -> Finding {
        let last = self.last_change();
        let lag = |frame: usize| {
            let now = self.time(frame) - self.shift;
            // The source frame that belongs to this moment, if times are rounded to the next frame of 30 a second.
            let due = |slack: f64| self.source.iter().rev().find(|t| **t <= now + slack).copied().unwrap_or(0.0);
            let (early, late) = (due(-0.5 / FPS - 0.002), due(0.5 / FPS + 0.002));
            let filmed = self.filmed[frame];
            if filmed < early {
                early - filmed
            } else if filmed > late {
                late - filmed
            } else {
                0.0
            }
        };
        let worst = (0..=last).map(lag).fold(0.0, |worst: f64, l| if l.abs() > worst.abs() { l } else { worst });
        // The bar's place is known to half a pixel or so; in a narrow picture that is 10 ms.
        // Where a film breaks off, a frame may stand for the one that is lost.
        let allowed = if self.part { 0.020 + 1.0 / FPS } else { 0.020 };
        Finding::of(worst.abs() <= allowed, format!("off by {:.0} ms at most", worst * 1000.0))
    }

    /// The last frame that differs from the one before.
    fn last_change(&self) -> usize {
        let moved = |i: &usize| self.filmed[*i] - self.filmed[i - 1] > 0.012;
        (1..self.filmed.len()).rev().find(moved).unwrap_or(0)
    }

    /// The picture moves as long as it did, to a frame.
    fn length(&self) -> Finding {
        let ends = self.time(self.last_change());
        if self.part {
            return Finding::of(ends > 1.0, format!("moves for {ends:.3} s"));
        }
        let due = self.source.last().copied().unwrap_or(0.0) + self.shift;
        let holds = (ends - due).abs() <= 1.0 / FPS + 0.001;
        Finding::of(holds, format!("last moves at {ends:.3} s, due {due:.3}"))
    }

    /// Flashes and beeps come together.
    fn apart(&self, case: &Case, file: &str, facts: &Facts) -> Res<Finding> {
        if case.audio.is_none() {
            return Ok(Finding { holds: None, said: "no sound".into() });
        }
        let flashes: Vec<f64> = (1..self.flashing.len())
            .filter(|&i| self.flashing[i] && !self.flashing[i - 1])
            .map(|i| self.time(i))
            .collect();
        let words = ["-v", "error", "-i", file, "-map", "0:a:0", "-ac", "1", "-ar", "48000", "-f", "f32le", "pipe:1"];
        let (bytes, _) = run("ffmpeg", &words)?;
        let samples: Vec<f32> = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let beeps: Vec<f64> = beeps(&samples).into_iter().map(|t| t + facts.sound_starts).collect();
        let pairs = flashes.iter().zip(&beeps).map(|(flash, beep)| beep - flash);
        let worst = pairs.fold(0.0, |worst: f64, d| if d.abs() > worst.abs() { d } else { worst });
        let enough = if self.part { !flashes.is_empty() } else { flashes.len() == FLASHES.len() };
        let whole = enough && beeps.len() == flashes.len();
        let said = format!("{} flashes, {} beeps, sound {:+.1} ms", flashes.len(), beeps.len(), worst * 1000.0);
        Ok(Finding::of(whole && worst.abs() <= APART, said))
    }

    fn colours(&self, case: &Case) -> Finding {
        let allowed = if matches!(case.light, Light::Hlg | Light::Pq | Light::P3) { CODES_HDR } else { CODES };
        let mut worst = (0.0, "");
        for ((name, _, rgb), seen) in PATCHES.iter().zip(&self.patches) {
            let error = seen.iter().zip(rgb).map(|(a, b)| (a - f64::from(*b)).abs()).fold(0.0, f64::max);
            if error > worst.0 {
                worst = (error, name);
            }
        }
        Finding::of(worst.0 <= allowed, format!("{} off by {:.1}", worst.1, worst.0))
    }
}

/// One frame, and where in it the picture lies.
struct Picture<'a> {
    frame: &'a [u8],
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl<'a> Picture<'a> {
    fn new(frame: &'a [u8], case: &Case) -> Self {
        let (wide, high) = (case.size.0 as f64 * case.pixel.0 as f64 / case.pixel.1 as f64, case.size.1 as f64);
        let scale = (SIZE.0 as f64 / wide).min(SIZE.1 as f64 / high);
        let (width, height) = (wide * scale, high * scale);
        Self { frame, width, height, left: (SIZE.0 as f64 - width) / 2.0, top: (SIZE.1 as f64 - height) / 2.0 }
    }

    /// Pixels of a part, without a margin at its edges.
    fn pixels(&self, [left, top, right, bottom]: Part, margin: f64) -> [usize; 4] {
        let x = |share: f64| self.left + share * self.width;
        let y = |share: f64| self.top + share * self.height;
        [x(left) + margin, y(top) + margin, x(right) - margin, y(bottom) - margin].map(|v| v.round() as usize)
    }

    /// Mean colour of the middle of a part.
    fn mean(&self, part: Part, weights: Weights) -> [f64; 3] {
        let [left, top, right, bottom] = self.pixels(part, 16.0);
        let mut start = 0;
        let codes = [1, 2, 2].map(|by| {
            let (width, height) = (SIZE.0 / by, SIZE.1 / by);
            let rows = top / by..bottom / by;
            let sum: u64 = rows
                .clone()
                .flat_map(|y| &self.frame[start + y * width + left / by..start + y * width + right / by])
                .map(|v| u64::from(*v))
                .sum();
            start += width * height;
            sum as f64 / (rows.len() * (right / by - left / by)).max(1) as f64
        });
        seen(codes, weights)
    }

    fn luma(&self, x: usize, y: usize) -> f64 {
        f64::from(self.frame[y * SIZE.0 + x])
    }

    fn flashes(&self) -> bool {
        let [left, top, right, bottom] = self.pixels(FLASH, 4.0);
        self.luma(usize::midpoint(left, right), usize::midpoint(top, bottom)) > 110.0
    }

    /// When it was filmed, by where its bar stands in its band.
    fn filmed(&self) -> f64 {
        let [left, top, right, bottom] = self.pixels(BAND, 0.0);
        let middle = usize::midpoint(top, bottom);
        let (mut sum, mut weight) = (0.0, 0.0);
        for y in middle - 8..middle + 8 {
            for x in left + 4..right.saturating_sub(4) {
                let bright = (self.luma(x, y) - 90.0).max(0.0);
                sum += bright * (x as f64 + 0.5);
                weight += bright;
            }
        }
        let Some((from, to)) = self.band().filter(|_| weight > 0.0) else { return -1.0 };
        time_of_bar(BAND[0] + (sum / weight - from) / (to - from) * (BAND[2] - BAND[0]))
    }

    /// Where the dark band begins and ends, in pixels: a ruler that was scaled and moved with the picture.
    fn band(&self) -> Option<(f64, f64)> {
        let [left, top, right, _] = self.pixels(BAND, 0.0);
        let (y, middle) = (top + (0.01 * self.height) as usize, usize::midpoint(left, right));
        let edge = |x: usize, next: usize| {
            let (inside, outside) = (self.luma(x, y), self.luma(next, y));
            let share = (EDGE - inside) / (outside - inside);
            x as f64 + 0.5 + share * (next as f64 - x as f64)
        };
        let from = (1..middle).rev().find(|&x| self.luma(x - 1, y) > EDGE).map(|x| edge(x, x - 1))?;
        let to = (middle..SIZE.0 - 1).find(|&x| self.luma(x + 1, y) > EDGE).map(|x| edge(x, x + 1))?;
        Some((from, to))
    }
}

/// Luma between the ground and the band.
const EDGE: f64 = 76.0;

/// Integrated loudness and true peak, as ffmpeg's meter hears them.
fn loudness(case: &Case, file: &str) -> Res<(Finding, Finding)> {
    if case.audio.is_none() {
        let none = Finding { holds: None, said: "no sound".into() };
        return Ok((none.clone(), none));
    }
    let words = [
        "-hide_banner",
        "-nostats",
        "-i",
        file,
        "-map",
        "0:a:0",
        "-af",
        "ebur128=peak=true:framelog=verbose",
        "-f",
        "null",
        "-",
    ];
    let (_, said) = run("ffmpeg", &words)?;
    let summary = said.rsplit("Summary:").next().unwrap_or_default();
    let value = |name: &str| -> Res<f64> {
        let line = summary.lines().find_map(|line| line.trim().strip_prefix(name));
        let number = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| format!("no {name} in {summary}"))
    };
    let (loud, peak) = (value("I:")?, value("Peak:")?);
    Ok((
        Finding::of((loud - LUFS).abs() <= 0.5, format!("{loud:.1} LUFS")),
        Finding::of(peak <= -1.0, format!("{peak:.1} dBTP")),
    ))
}
