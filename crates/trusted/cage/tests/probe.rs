//! What a clip says it holds, and crafted files: each gets its own reason, none hangs.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use common::{cage, cages, clip, probe};
use hamseda_cage::{Cage, Transfer};
use hamseda_core::Coded as _;

const PICTURE: &str = "-f lavfi -i testsrc2=s=320x240:r=30:d=1";
const SOUND: &str = "-f lavfi -i sine=d=1";

#[test]
fn a_phones_clip_is_described() {
    let bytes =
        clip("mp4", &format!("{PICTURE} {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac -metadata title=secret"));
    for cage in cages() {
        let probe = probe(&cage, &bytes).unwrap();
        let (picture, sound) = (probe.picture().unwrap(), probe.sound().unwrap());
        assert_eq!((picture.codec.unwrap().name(), picture.upright_size()), ("h264", (320, 240)));
        assert_eq!((picture.rate, picture.frames, probe.millis), (Some((30, 1)), Some(30), Some(1_000)));
        assert_eq!((sound.codec.unwrap().name(), sound.rate, sound.channels), ("aac", 44_100, 1));
        assert!(!format!("{probe:?}").contains("secret"));
    }
}

/// Tracks that are not ours to decode do not spoil a clip.
#[test]
fn subtitles_are_counted_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.srt");
    std::fs::write(&path, "1\n00:00:00,000 --> 00:00:01,000\nhello\n").unwrap();
    let input = format!("{PICTURE} {SOUND} -i {}", path.display());
    for (extension, words) in [("mp4", "mov_text"), ("mkv", "subrip"), ("mkv", "ass")] {
        let bytes = clip(extension, &format!("{input} -map 0 -map 1 -map 2 -c:v libx264 -c:a aac -c:s {words}"));
        let probe = probe(&cage(), &bytes).unwrap();
        assert_eq!((probe.streams, probe.video.len(), probe.audio.len()), (3, 1, 1), "{words}");
    }
}

#[test]
fn a_turned_phone_and_hdr_are_seen() {
    let upright = clip("mp4", &format!("{PICTURE} -c:v libx264 -pix_fmt yuv420p"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("upright.mp4");
    std::fs::write(&path, upright).unwrap();
    let turned = clip("mp4", &format!("-i {} -c copy -metadata:s:v rotate=90", path.display()));
    let hdr = clip(
        "mp4",
        &format!(
            "{PICTURE} -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le \
        -color_trc arib-std-b67 -color_primaries bt2020 -colorspace bt2020nc"
        ),
    );
    let cage = cage();
    assert_eq!(probe(&cage, &turned).unwrap().picture().unwrap().upright_size(), (240, 320));
    let hdr = probe(&cage, &hdr).unwrap();
    assert_eq!(hdr.picture().unwrap().colour.transfer, Transfer::Hlg);
    assert!(hdr.picture().unwrap().colour.wide);
}

/// The stable code and the sentence of what is wrong with `bytes`.
fn refusal(cage: &Cage, bytes: &[u8]) -> (&'static str, String) {
    let error = probe(cage, bytes).expect_err("was accepted");
    assert!(error.blames_clip(), "{error}");
    (error.code(), error.to_string())
}

#[test]
fn every_crafted_file_has_its_own_reason() {
    let whole = clip("mp4", &format!("{PICTURE} {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac"));
    let tracks = "-map 0 -map 1 ".to_owned() + &"-map 1 ".repeat(31);
    let many = clip("mp4", &format!("{PICTURE} {SOUND} {tracks} -c:v libx264 -pix_fmt yuv420p -c:a aac"));
    let wide = clip("mp4", "-f lavfi -i color=s=4200x64:r=30:d=0.1 -c:v libx264 -pix_fmt yuv420p");
    let long = clip("mkv", "-f lavfi -i color=s=32x32:r=1:d=700 -c:v libx264 -preset ultrafast");
    let damaged: Vec<u8> = [&whole[..40], b"\0\0\0\x10moov........", &whole[60..]].concat();
    let cage = cage();
    let cases: [(&[u8], &str, &str); 10] = [
        (b"", "media-empty", "empty"),
        (b"hello, this is a letter", "media-unsupported", "text file"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "media-unsupported", "text file"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "media-unsupported", "text file"),
        (b"GIF89a......", "media-unsupported", "GIF"),
        (&whole[..whole.len() / 2], "media-cut-short", "cut short"),
        (&damaged, "media-nothing", "nothing was recorded"),
        (&many, "media-too-many-streams", "33 streams, at most 16"),
        (&wide, "media-too-many-pixels", "4200 x 64, at most 4096"),
        (&long, "media-too-long", "longer than 600 s"),
    ];
    for (bytes, code, words) in cases {
        let (found, sentence) = refusal(&cage, bytes);
        assert_eq!(found, code, "{sentence}");
        assert!(sentence.contains(words), "{sentence}");
    }
}

/// A playlist behind a clip's first bytes: the forced demuxer does not look for another kind.
#[test]
fn a_playlist_in_disguise_opens_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let here = listener.local_addr().unwrap();
    let script = format!("#EXTM3U\nhttp://{here}/x\nfile:///etc/passwd\n");
    let heads: [&[u8]; 4] = [&[0x1a, 0x45, 0xdf, 0xa3], b"OggS", b"\0\0\0\x08moov", b"fLaC"];
    for cage in cages() {
        for head in heads {
            let bytes = [head, b"\n", script.as_bytes()].concat();
            assert!(probe(&cage, &bytes).is_err());
            assert!(listener.accept().is_err(), "something connected");
        }
    }
}

/// Files that broke other parsers: read or refused with a sentence, never a hang or a machine's error.
#[test]
fn files_that_broke_others_are_read_or_refused() {
    let Some(corpus) = std::env::var_os("HAMSEDA_CORPUS").map(std::path::PathBuf::from) else {
        println!("skipped: HAMSEDA_CORPUS is not set");
        return;
    };
    let cage = cage();
    for entry in std::fs::read_dir(corpus.join("malformed")).unwrap() {
        let path = entry.unwrap().path();
        match probe(&cage, &std::fs::read(&path).unwrap()) {
            Ok(probe) => println!("{}: {} streams", path.display(), probe.streams),
            Err(e) => assert!(e.blames_clip(), "{}: {e}", path.display()),
        }
    }
}
