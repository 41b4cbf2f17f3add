//! Good clips of every container with bytes changed, moved and cut, the same ones every time.

use crate::boxes::Film;
use crate::trap::Trap;
use crate::{Crafted, common, ebml, named, work_on};

/// Changed copies of each seed.
const COPIES: u64 = 7;

#[test]
fn garbled_clips_end_with_a_reason() {
    let trap = Trap::new();
    let done = work_on(&common::cage(), &garbled());
    trap.assert_untouched();
    let mut refused = 0;
    for (name, verdict) in &done {
        verdict.assert_fair(name);
        refused += u32::from(!verdict.text.starts_with("decoded, ") || verdict.text.contains("media-"));
    }
    println!("{} garbled clips, {refused} refused", done.len());
    assert!(refused > 0 && (refused as usize) < done.len(), "garbling does too little or too much");
}

fn garbled() -> Vec<Crafted> {
    let both = "-f lavfi -i color=gray:s=64x48:r=10:d=0.5 -f lavfi -i sine=d=0.5 -threads 1 -bitexact";
    let sound = "-f lavfi -i sine=d=0.5 -threads 1 -bitexact";
    let h264 = "-c:v libx264 -pix_fmt yuv420p -c:a aac";
    let seeds = [
        ("film", Film::default().bytes()),
        ("Matroska", ebml::film(&[], &ebml::track(&[]), &ebml::ten_frames())),
        ("MP4", common::clip("mp4", &format!("{both} {h264}"))),
        ("fragmented MP4", common::clip("mp4", &format!("{both} {h264} -movflags frag_keyframe+empty_moov"))),
        ("WebM", common::clip("webm", &format!("{both} -c:v libvpx -c:a libopus -b:v 50k"))),
        ("Ogg", common::clip("ogg", &format!("{sound} -c:a libvorbis"))),
        ("FLAC", common::clip("flac", sound)),
        ("MP3", common::clip("mp3", sound)),
    ];
    let mut files = Vec::new();
    for (kind, seed) in &seeds {
        for copy in 0..COPIES {
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ copy << 32 ^ seed.len() as u64);
            files.push(named(format!("{kind}, garbled {copy}"), garble(seed, &mut dice)));
        }
    }
    files
}

/// Marsaglia's xorshift: the same throws for everybody.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// The first bytes stay, so that the kind is still known.
fn garble(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    const KEPT: usize = 12;
    let mut bytes = seed.to_vec();
    for _ in 0..1 + dice.throw(12) {
        let at = KEPT + dice.throw(bytes.len() - KEPT);
        match dice.throw(8) {
            0..=4 => bytes[at] ^= 1 << dice.throw(8),
            5 => bytes[at] = [0, 0xff, 0x7f, 0x80][dice.throw(4)],
            6 => drop(bytes.splice(at..at, seed[..dice.throw(64).min(seed.len())].to_vec())),
            _ => drop(bytes.drain(at..bytes.len().min(at + dice.throw(32)))),
        }
    }
    if dice.throw(8) == 0 {
        bytes.truncate(bytes.len() / 2);
    }
    bytes
}
