//! Clips become masters of one shape; what can't be shown says why.

use crate::common::{Made, as_filmed, clip, corpus, make, names, run};
use hamseda_core::lattice::{UNIT_FRAMES, UNIT_SAMPLES};
use hamseda_core::tiles::{STRIPS, TileSet};
use hamseda_core::{Coded as _, Limits, Picture, Voice};

const TONE: &str = "-f lavfi -i sine=f=300:d=2";

/// Frame and sample counts, tiles and poster of a master, as the contract has them.
fn check_shape(made: &Made) {
    let (frames, sound) = made.decode();
    let units = made.prepared.units;
    assert_eq!(frames.len() as u32, units * UNIT_FRAMES);
    assert_eq!(sound.samples.len() as u32, units * UNIT_SAMPLES * 2);
    assert_eq!(sound.damage, None);
    let tiles = TileSet::parse(&std::fs::read(&made.paths.tiles).unwrap()).unwrap();
    assert_eq!(tiles.strips.iter().map(|s| s.side).collect::<Vec<_>>(), STRIPS.map(|s| s.0));
    assert!(tiles.strips.iter().all(|strip| strip.frames() > 0));
    let poster = std::fs::read(&made.paths.poster).unwrap();
    assert_eq!((&poster[..4], &poster[poster.len() - 2..]), (&[0xff, 0xd8, 0xff, 0xe0][..], &[0xff, 0xd9][..]));
}

#[test]
fn masters_have_one_structure_whatever_the_source() {
    let sources = [
        clip(
            "mp4",
            &format!(
                "-f lavfi -i testsrc2=s=320x568:r=25:d=2 {TONE} -c:v libx264 -pix_fmt yuv420p -c:a aac \
            -metadata location=+35.6+051.4/ -metadata title=secret -metadata creation_time=2022-10-01T10:00:00Z"
            ),
        ),
        clip(
            "webm",
            &format!("-f lavfi -i testsrc2=s=320x180:r=24:d=2 {TONE} -c:v libvpx-vp9 -deadline realtime -c:a libopus"),
        ),
        clip(
            "mkv",
            "-f lavfi -i testsrc2=s=240x240:r=60:d=1 -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le",
        ),
    ];
    let made: Vec<_> = sources.iter().map(|source| as_filmed(source).unwrap()).collect();
    made.iter().for_each(check_shape);
    let spent = made.iter().map(|m| m.prepared.report.spent);
    assert!(spent.clone().all(|s| s.decode > 0 && s.encode > 0), "{:?}", spent.collect::<Vec<_>>());
    assert_eq!(
        made.iter().map(|m| (m.prepared.shown, m.prepared.sound)).collect::<Vec<_>>(),
        [(true, true), (true, true), (true, false)]
    );
    let first = made[0].structure();
    for other in &made[1..] {
        assert_eq!(other.structure(), first);
    }
    assert!(first.contains("color_primaries=\"bt709\"") && first.contains("r_frame_rate=\"30/1\""), "{first}");
    let card = make(&sources[0], Picture::Hide, Voice::Mute).unwrap();
    assert_eq!(card.structure(), first);
}

#[test]
fn rule_5_a_master_carries_no_trace_of_its_source() {
    let source = clip(
        "mov",
        &format!(
            "-f lavfi -i testsrc2=s=320x180:r=30:d=1 {TONE} -c:v libx264 -pix_fmt yuv420p -c:a aac \
        -metadata location=+35.6+051.4/ -metadata make=PhoneMaker -metadata creation_time=2022-10-01T10:00:00Z"
        ),
    );
    let made = as_filmed(&source).unwrap();
    let seen = run("exiftool", &["-a", "-u", "-G1", "-ee", made.paths.master.to_str().unwrap()]);
    for word in ["PhoneMaker", "35.6", "2022", "Lavf", "Lavc", "x264", "GPS", "Encoder"] {
        let found: Vec<_> = seen.lines().filter(|l| l.contains(word) && !l.starts_with("[System]")).collect();
        assert!(found.is_empty(), "{found:?}");
    }
    let times: Vec<_> = seen.lines().filter(|l| l.contains("Date") && !l.starts_with("[System]")).collect();
    assert!(times.iter().all(|line| line.ends_with("0000:00:00 00:00:00")), "{times:?}");
    let bytes = std::fs::read(&made.paths.master).unwrap();
    assert!(!bytes.windows(4).any(|w| w == b"x264" || w == b"Lavf" || w == b"Lavc"));
}

/// The rule that no unprotected frame or sample reaches the disk: the source is bright and loud; of what is hidden nothing is
/// in the master, and there is no other file.
#[test]
fn rule_4_a_hidden_message_leaves_no_frame_and_no_sample() {
    let source = clip(
        "mp4",
        &format!("-f lavfi -i color=0x00ff00:s=320x180:r=30:d=2 {TONE} -c:v libx264 -pix_fmt yuv420p -c:a aac"),
    );
    for (picture, voice) in [(Picture::Hide, Voice::Mute), (Picture::Hide, Voice::Keep), (Picture::Show, Voice::Mute)] {
        let made = make(&source, picture, voice).unwrap();
        let (seen, heard) = (picture == Picture::Show, voice == Voice::Keep);
        assert_eq!(names(made.folder.path()), ["master.mp4", "poster.jpg", "tiles.bin"]);
        assert_eq!((made.prepared.shown, made.prepared.sound), (seen, heard));
        let (frames, sound) = made.decode();
        assert_eq!(sound.samples.iter().any(|s| s.abs() >= 1e-4), heard, "{picture:?} {voice:?}");
        for frame in &frames {
            // Green is far from every colour of a card: Cb and Cr both below 90.
            let (cb, cr) = frame[1280 * 720..].split_at(640 * 360);
            let green = cb.iter().zip(cr).filter(|(b, r)| **b < 90 && **r < 90).count();
            assert_eq!(green > 0, seen, "{picture:?} {voice:?}");
        }
    }
}

#[test]
fn a_hidden_message_is_the_same_whatever_was_filmed() {
    let one = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=2 -c:v libx264 -pix_fmt yuv420p");
    let two = clip("mp4", "-f lavfi -i mandelbrot=s=320x180:r=30 -t 2 -c:v libx264 -pix_fmt yuv420p");
    let bytes = |source: &[u8]| std::fs::read(make(source, Picture::Hide, Voice::Mute).unwrap().paths.master).unwrap();
    assert_eq!(bytes(&one), bytes(&two));
}

#[test]
fn the_same_clip_gives_the_same_bytes() {
    let source =
        clip("mp4", &format!("-f lavfi -i testsrc2=s=180x320:r=30:d=1 {TONE} -c:v libx264 -pix_fmt yuv420p -c:a aac"));
    let files =
        |made: Made| [made.paths.master, made.paths.tiles, made.paths.poster].map(|path| std::fs::read(path).unwrap());
    assert_eq!(files(as_filmed(&source).unwrap()), files(as_filmed(&source).unwrap()));
}

#[test]
fn every_voice_is_heard_equally() {
    for volume in ["0.05", "0.9"] {
        let source = clip(
            "mp4",
            &format!(
                "-f lavfi -i color=gray:s=320x180:r=30:d=4 -f lavfi \
            -i sine=f=300:d=4,tremolo=f=3:d=0.9,volume={volume}*8 -c:v libx264 -pix_fmt yuv420p -c:a aac -shortest"
            ),
        );
        let made = as_filmed(&source).unwrap();
        let (loudness, peak) = measure(&made.decode().1.samples);
        assert!((loudness + 16.0).abs() < 1.0, "volume {volume}: {loudness} LUFS");
        assert!(peak <= -1.0, "volume {volume}: {peak} dBTP");
    }
}

/// Integrated loudness and true peak.
fn measure(samples: &[f32]) -> (f64, f64) {
    let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I | ebur128::Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(samples).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    (meter.loudness_global().unwrap(), 20.0 * peak.log10())
}

#[test]
fn picture_and_sound_stay_together_when_silence_is_cut() {
    // Two seconds of nothing, then a flash and a tone at once, for three seconds.
    let source = clip(
        "mp4",
        "-f lavfi -i color=black:s=320x180:r=30:d=5,drawbox=c=white:t=fill:enable='gte(t,2)' -f lavfi \
        -i sine=f=300:d=5,volume='gte(t,2)':eval=frame -c:v libx264 -pix_fmt yuv420p -c:a aac",
    );
    let made = as_filmed(&source).unwrap();
    assert_eq!(made.prepared.report.trimmed_frames.1, 0);
    assert!(made.prepared.report.trimmed_frames.0 > 40, "{:?}", made.prepared.report);
    let (frames, sound) = made.decode();
    let flash = frames.iter().position(|frame| frame[640 + 360 * 1280] > 128).unwrap() as f64 / 30.0;
    let tone = sound.samples.iter().position(|s| s.abs() > 0.05).unwrap() as f64 / 96_000.0;
    assert!((flash - tone).abs() < 0.045, "flash at {flash}, tone at {tone}");
}

#[test]
fn what_can_not_be_shown_says_why() {
    let sound_only = clip("mp4", "-f lavfi -i sine=d=1 -c:a aac");
    let short = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=0.2 -c:v libx264 -pix_fmt yuv420p");
    let nothing = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=1 -t 0 -c:v libx264 -pix_fmt yuv420p");
    let old_codec = clip("mkv", "-f lavfi -i testsrc2=s=320x180:r=30:d=1 -c:v mpeg2video");
    let old_sound = clip(
        "mkv",
        "-f lavfi -i testsrc2=s=320x180:r=30:d=1 -f lavfi -i sine=d=1 -c:v libx264 -pix_fmt yuv420p -c:a wmav2",
    );
    let cases: [(&[u8], &str); 5] = [
        (&sound_only, "clip-no-picture"),
        (&short, "clip-too-short"),
        (&nothing, "media-nothing"),
        (&old_codec, "media-codec"),
        (&old_sound, "media-codec"),
    ];
    for (bytes, code) in cases {
        for picture in [Picture::Hide, Picture::Show] {
            let Err(error) = make(bytes, picture, Voice::Keep) else { panic!("{code}: was accepted") };
            assert_eq!(error.code(), code, "{error}");
            assert!(error.blames_clip());
        }
    }
}

#[test]
fn a_clip_that_breaks_off_is_shown_as_far_as_it_goes() {
    let whole = clip(
        "mkv",
        &format!("-f lavfi -i testsrc2=s=320x180:r=30:d=6 {TONE} -c:v libx264 -g 15 -pix_fmt yuv420p -c:a aac"),
    );
    let made = as_filmed(&whole[..whole.len() / 2]).unwrap();
    let millis = made.prepared.report.source_millis;
    assert!((1_500..5_000).contains(&millis), "{millis}");
    check_shape(&made);
}

#[test]
fn a_portrait_is_square_whatever_its_source() {
    let cage = hamseda_cage::Cage::new().unwrap();
    for (extension, size) in [("jpg", "640x400"), ("png", "200x500"), ("webp", "320x320")] {
        let picture = clip(extension, &format!("-f lavfi -i testsrc2=s={size} -frames:v 1"));
        let jpeg = hamseda_protect::portrait(&cage, &picture, &Limits::DEFAULT).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portrait.jpg");
        std::fs::write(&path, jpeg).unwrap();
        let seen = run("exiftool", &["-s3", "-ImageSize", path.to_str().unwrap()]);
        assert_eq!(seen.trim(), "320x320", "{extension}");
    }
    let video = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=1 -c:v libx264 -pix_fmt yuv420p");
    assert!(hamseda_protect::portrait(&cage, &video, &Limits::DEFAULT).is_err());
}

#[test]
fn real_clips_of_phones_and_cameras() {
    for (name, millis) in
        [("faces/asl-help.mkv", 1_933), ("metadata/iphone6-gps-mebx.mov", 4_000), ("metadata/apple-3gp.3gp", 0)]
    {
        let Some(bytes) = corpus(name) else { return };
        let made = as_filmed(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        check_shape(&made);
        let found = made.prepared.report.source_millis;
        assert!(millis == 0 || found.abs_diff(millis) < 100, "{name}: {found} ms");
    }
}
