//! Frames and samples out of clips, and clips out of frames and samples.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use common::{cage, cages, clip, probe};
use hamseda_cage::{
    AudioEncoder, AudioSpec, Cage, CageError, DecodeSpec, Decoded, Fit, H264, Media, Mp4Encoder, PictureOut, SoundOut,
    VideoEncoder, VideoSpec,
};
use hamseda_core::lattice::{UNIT_AAC_FRAMES, UNIT_FRAMES, UNIT_SAMPLES};

const SIZE: (u32, u32) = (320, 180);

/// Decodes all of `bytes` to 320 x 180; the frames one after another, and the rest.
fn decode(cage: &Cage, bytes: &[u8], fit: Fit, max_frames: u64) -> Result<(Vec<Vec<u8>>, Decoded), CageError> {
    let probe = probe(cage, bytes)?;
    let picture =
        probe.picture().cloned().map(|stream| PictureOut { stream, width: SIZE.0, height: SIZE.1, fit, max_frames });
    let sound = probe.sound().cloned().map(|stream| SoundOut { stream, max_samples: 48_000 * 60 });
    let mut decode = cage.decode(&Media::new(bytes)?, &DecodeSpec { picture, sound })?;
    let (mut frames, mut frame) = (Vec::new(), Vec::new());
    while decode.next_frame(&mut frame)? {
        frames.push(frame.clone());
    }
    Ok((frames, decode.finish()?))
}

fn luma(frame: &[u8], x: u32, y: u32) -> u8 {
    frame[(y * SIZE.0 + x) as usize]
}

#[test]
fn any_rate_becomes_thirty_frames_a_second() {
    let cage = cage();
    for rate in ["24", "25", "30000/1001", "60"] {
        let input = format!("-f lavfi -i testsrc2=s=320x180:r={rate}:d=2 -f lavfi -i sine=d=2");
        let bytes = clip("mp4", &format!("{input} -c:v libx264 -pix_fmt yuv420p -c:a aac"));
        let (frames, rest) = decode(&cage, &bytes, Fit::Exact, 100).unwrap();
        assert!((59..=61).contains(&frames.len()), "{rate}: {} frames", frames.len());
        let seconds = rest.samples.len() / 2 / 4_800;
        assert!((19..=20).contains(&seconds), "{rate}: {} samples", rest.samples.len());
        assert_eq!(rest.damage, None);
    }
}

#[test]
fn both_kinds_of_cage_give_the_same_frames() {
    let bytes =
        clip("mp4", "-f lavfi -i testsrc2=s=200x300:r=30:d=0.5 -f lavfi -i sine=d=0.5 -c:v libx264 -pix_fmt yuv420p");
    let all: Vec<_> = cages().iter().map(|cage| decode(cage, &bytes, Fit::Canvas, 100).unwrap().0).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

/// All eight ways to hold a phone: a picture bright in its upper left corner and dim beside it, stored turned or
/// mirrored, must come out as it was filmed.
#[test]
fn every_orientation_comes_out_upright() {
    let cage = cage();
    let drawn = "drawbox=c=white:w=160:h=90:t=fill,drawbox=c=gray:x=160:w=160:h=90:t=fill";
    let filmed = format!("-f lavfi -i color=black:s=320x180:r=30:d=0.2,{drawn} -c:v libx264 -pix_fmt yuv420p");
    // What is done to the stored picture, and the matrix that undoes it: a b c d.
    let cases = [
        ("null", [1, 0, 0, 1]),
        ("hflip", [-1, 0, 0, 1]),
        ("vflip", [1, 0, 0, -1]),
        ("hflip,vflip", [-1, 0, 0, -1]),
        ("transpose=cclock_flip", [0, 1, 1, 0]),
        ("transpose=cclock", [0, 1, -1, 0]),
        ("transpose=clock", [0, -1, 1, 0]),
        ("transpose=clock_flip", [0, -1, -1, 0]),
    ];
    for (stored, matrix) in cases {
        let mut bytes = clip("mp4", &filmed.replace(" -c:v", &format!(",{stored} -c:v")));
        set_matrix(&mut bytes, matrix);
        let (frames, _) = decode(&cage, &bytes, Fit::Canvas, 100).unwrap();
        let seen = [(80, 45), (240, 45), (80, 135)].map(|(x, y)| luma(&frames[2], x, y) / 40);
        assert_eq!(seen, [235 / 40, 126 / 40, 16 / 40], "{stored} undone by {matrix:?}");
    }
}

/// Writes a display matrix into the track header of an MP4 with one track.
fn set_matrix(bytes: &mut [u8], [a, b, c, d]: [i32; 4]) {
    let at = bytes.windows(4).position(|w| w == b"tkhd").unwrap() + 4 + 40;
    let one = 1 << 16;
    for (i, value) in [a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30].into_iter().enumerate() {
        bytes[at + i * 4..at + i * 4 + 4].copy_from_slice(&i32::to_be_bytes(value));
    }
}

#[test]
fn a_portrait_clip_stands_on_a_darker_fill_of_itself() {
    let bytes = clip("mp4", "-f lavfi -i color=white:s=180x320:r=30:d=0.2 -c:v libx264 -pix_fmt yuv420p");
    let (frames, _) = decode(&cage(), &bytes, Fit::Canvas, 100).unwrap();
    let (middle, side) = (luma(&frames[2], 160, 90), luma(&frames[2], 20, 90));
    assert!(middle > 225, "{middle}");
    assert!((125..=150).contains(&side), "{side}: white darkened by 45 % is 136");
}

#[test]
fn hdr_is_mapped_to_what_a_plain_screen_shows() {
    // 75 % HLG is paper white; 50 % is near the middle of what a camera sees.
    let hdr = |level: u32| {
        let value = 64 + 876 * level / 100;
        clip(
            "mp4",
            &format!(
                "-f lavfi -i color=black:s=320x180:r=30:d=0.2,format=yuv420p10le,lutyuv=y={value} -c:v libx265 \
             -x265-params log-level=none -color_trc arib-std-b67 -color_primaries bt2020 -colorspace bt2020nc"
            ),
        )
    };
    let cage = cage();
    let level = |percent| luma(&decode(&cage, &hdr(percent), Fit::Exact, 100).unwrap().0[2], 160, 90);
    let [black, half, paper, full] = [0, 50, 75, 100].map(level);
    println!("HLG 0, 50, 75, 100 % become {black} {half} {paper} {full}");
    assert!(black <= 20 && half < paper && paper < full, "{black} {half} {paper} {full}");
    assert!((90..=150).contains(&half) && (180..=225).contains(&paper) && full <= 236, "{half} {paper} {full}");
}

#[test]
fn more_than_was_asked_for_is_an_error() {
    let bytes = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=2 -c:v libx264 -pix_fmt yuv420p");
    let error = decode(&cage(), &bytes, Fit::Exact, 30).unwrap_err();
    assert!(matches!(error, CageError::TooLong { allowed_seconds: 1 }), "{error}");
}

#[test]
fn a_dropped_decoder_is_gone() {
    let bytes = clip("mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=5 -c:v libx264 -pix_fmt yuv420p");
    let cage = cage();
    let stream = probe(&cage, &bytes).unwrap().picture().cloned().unwrap();
    let picture = PictureOut { stream, width: 1280, height: 720, fit: Fit::Cover, max_frames: 200 };
    let spec = DecodeSpec { picture: Some(picture), sound: None };
    let mut decode = cage.decode(&Media::new(&bytes).unwrap(), &spec).unwrap();
    assert!(decode.next_frame(&mut Vec::new()).unwrap());
}

fn spec(h264: H264) -> VideoSpec {
    VideoSpec { width: SIZE.0, height: SIZE.1, h264 }
}

/// A moving grey ramp.
fn frame(number: u32) -> Vec<u8> {
    let luma = (0..SIZE.0 * SIZE.1).map(|i| (16 + (i % SIZE.0 + number * 4) % 200) as u8);
    luma.chain(std::iter::repeat_n(128, (SIZE.0 * SIZE.1 / 2) as usize)).collect()
}

fn tone(units: u32) -> Vec<f32> {
    let wave = |i: u32| 0.3 * (i as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin();
    (0..units * UNIT_SAMPLES).flat_map(|i| [wave(i); 2]).collect()
}

fn mp4(cage: &Cage, units: u32) -> Vec<u8> {
    let mut encoder = Mp4Encoder::start(cage, &spec(H264::MASTER)).unwrap();
    (0..units * UNIT_FRAMES).for_each(|n| encoder.frame(&frame(n)).unwrap());
    encoder.finish(&AudioSpec::MASTER, &tone(units)).unwrap().bytes().unwrap()
}

#[test]
fn an_encoded_clip_reads_back_frame_for_frame_and_sample_for_sample() {
    let cage = cage();
    let bytes = mp4(&cage, 3);
    let (frames, rest) = decode(&cage, &bytes, Fit::Exact, 48).unwrap();
    assert_eq!((frames.len(), rest.samples.len()), (48, 3 * 2 * UNIT_SAMPLES as usize));
    assert_eq!(rest.damage, None);
    for (n, seen) in frames.iter().enumerate() {
        let worst = frame(n as u32).iter().zip(seen).map(|(a, b)| a.abs_diff(*b)).max();
        let mean: u64 = frame(n as u32).iter().zip(seen).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(mean / (seen.len() as u64) < 6, "frame {n}: {worst:?}");
    }
    let error = tone(3).iter().zip(&rest.samples).skip(4_096).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(error < 0.05, "the sound moved: {error}");
}

#[test]
fn the_same_input_gives_the_same_bytes_without_a_trace() {
    let cage = cage();
    let bytes = mp4(&cage, 2);
    assert_eq!(bytes, mp4(&cage, 2));
    for trace in [&b"Lavf"[..], b"Lavc", b"x264"] {
        assert!(!bytes.windows(trace.len()).any(|w| w == trace), "{}", String::from_utf8_lossy(trace));
    }
    let moov = bytes.windows(4).position(|w| w == b"moov").unwrap();
    assert!(moov < bytes.windows(4).position(|w| w == b"mdat").unwrap(), "the index must come first");
}

/// Clips of different quality share their parameter sets, so that they join by copying.
#[test]
fn raw_streams_are_stitchable() {
    let cage = cage();
    let stream = |crf| {
        let mut encoder = VideoEncoder::start(&cage, &spec(H264 { crf, ..H264::FILM })).unwrap();
        (0..32).for_each(|n| encoder.frame(&frame(n)).unwrap());
        encoder.finish().unwrap().bytes().unwrap()
    };
    let units = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let text: Vec<usize> =
            bytes.windows(3).enumerate().filter(|(_, w)| w == &[0, 0, 1]).map(|(i, _)| i + 3).collect();
        text.iter().zip(text.iter().skip(1).chain([&bytes.len()])).map(|(&a, &b)| bytes[a..b].to_vec()).collect()
    };
    let (fine, coarse) = (units(&stream(18)), units(&stream(34)));
    assert_eq!(fine[0][0] & 31, 7, "it begins with an SPS");
    assert_eq!(fine[1][0] & 31, 8, "then a PPS");
    assert_eq!(fine[2][0] & 31, 5, "then an IDR picture");
    assert!(fine.iter().all(|unit| unit[0] & 31 != 6), "no SEI");
    let trimmed = |unit: &[u8]| unit.iter().rev().skip_while(|b| **b == 0).count();
    assert_eq!(fine[0][..trimmed(&fine[0])], coarse[0][..trimmed(&coarse[0])]);
    assert_eq!(fine[1][..trimmed(&fine[1])], coarse[1][..trimmed(&coarse[1])]);
}

#[test]
fn adts_frames_cover_the_lattice() {
    let bytes = AudioEncoder::encode(&cage(), &AudioSpec::MASTER, &tone(2)).unwrap().bytes().unwrap();
    let (mut at, mut frames) = (0, 0);
    while let Some(head) = bytes.get(at..at + 7) {
        assert_eq!((head[0], head[1] & 0xf0), (0xff, 0xf0));
        at += usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5]) >> 5;
        frames += 1;
    }
    assert_eq!(at, bytes.len());
    assert_eq!(frames, 2 * UNIT_AAC_FRAMES + 1, "one frame of run-up");
}

#[test]
fn a_frame_of_the_wrong_size_is_refused() {
    let mut encoder = VideoEncoder::start(&cage(), &spec(H264::FILM)).unwrap();
    assert!(matches!(encoder.frame(&[0; 7]), Err(CageError::FrameSize { .. })));
}
