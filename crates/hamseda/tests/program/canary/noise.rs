//! A clip of noise, and a search for pieces of it in any form in which it could lie around.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::ok;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
/// Bytes of a piece that is searched for.
const PIECE: usize = 32;
/// Pieces with fewer different bytes than this are no noise: they could be anybody's. Squares of four pixels repeat, and coded
/// silence does.
const LEAST_DISTINCT: usize = 8;
const LEAST_DISTINCT_CODED: usize = 22;
/// Bits of the filter that most places of a file fail at once.
const FILTER_BITS: u32 = 24;

/// The clip, and pieces of its bytes, pixels and samples.
pub(super) struct Canary {
    pub(super) path: PathBuf,
    forms: Vec<Vec<u8>>,
    pieces: HashMap<[u8; 8], Vec<[u8; PIECE]>>,
    filter: Vec<u64>,
}

impl Canary {
    /// Makes the clip: three seconds of noise that moves, of the canvas' size, so that the cage's frames are the decoder's.
    pub(super) fn make(path: &Path) -> Self {
        let frame = path.with_extension("yuv");
        fs::write(&frame, noise()).unwrap();
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-stream_loop", "89", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-r", "30"]);
        command.args(["-s", "1280x720", "-i"]).arg(&frame);
        command.args(["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.3:seed=7:d=3"]);
        command.args(["-vf", "scroll=h=0.003", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-ac", "2"]);
        command.args(["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709"]);
        ok(command.args(["-color_trc", "bt709", "-color_range", "tv", "-c:a", "aac"]).arg(path));
        fs::remove_file(&frame).unwrap();
        let mut forms = vec![coded(&fs::read(path).unwrap())];
        forms.extend(["yuv420p", "rgb24"].map(|format| {
            // One frame of 20: whoever dumps frames dumps those as well.
            decoded(path, &["-vf", "select=not(mod(n\\,20))", "-vsync", "0", "-f", "rawvideo", "-pix_fmt", format])
        }));
        // As reviewers see it, before it is marked.
        let small = "select=not(mod(n\\,20)),scale=960:540:flags=bicubic:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv";
        forms.push(decoded(path, &["-vf", small, "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "yuv420p"]));
        forms.extend(["f32le", "s16le"].map(|format| decoded(path, &["-vn", "-f", format])));
        let mut canary =
            Self { path: path.to_owned(), forms, pieces: HashMap::new(), filter: vec![0; 1 << (FILTER_BITS - 6)] };
        canary.learn();
        canary
    }

    fn learn(&mut self) {
        for (n, form) in self.forms.iter().enumerate() {
            let least = if n == 0 { LEAST_DISTINCT_CODED } else { LEAST_DISTINCT };
            for piece in form.chunks_exact(PIECE).step_by(3) {
                let mut distinct = piece.to_vec();
                distinct.sort_unstable();
                distinct.dedup();
                if distinct.len() >= least {
                    let piece: [u8; PIECE] = piece.try_into().unwrap();
                    let head: [u8; 8] = piece[..8].try_into().unwrap();
                    let bit = place(u64::from_le_bytes(head));
                    self.filter[bit >> 6] |= 1 << (bit & 63);
                    self.pieces.entry(head).or_default().push(piece);
                }
            }
        }
        assert!(self.pieces.len() > 50_000, "{} pieces: that is no noise", self.pieces.len());
    }

    /// How many pieces of the clip lie in `bytes`.
    pub(super) fn hits(&self, bytes: &[u8]) -> usize {
        self.places(bytes).len()
    }

    /// Where pieces of the clip lie in `bytes`.
    pub(super) fn places(&self, bytes: &[u8]) -> Vec<usize> {
        let mut places = Vec::new();
        let mut head = 0_u64;
        for (end, &byte) in bytes.iter().enumerate() {
            // The last eight bytes, the latest of them highest: as they would be read from memory.
            head = (head >> 8) | (u64::from(byte) << 56);
            let bit = place(head);
            if self.filter[bit >> 6] & (1 << (bit & 63)) == 0 || end < 7 {
                continue;
            }
            let start = end - 7;
            let both = (self.pieces.get(&head.to_le_bytes()), bytes.get(start..start + PIECE));
            if let (Some(found), Some(here)) = both
                && found.iter().any(|piece| piece == here)
            {
                places.push(start);
            }
        }
        places
    }

    /// Some of each form: a few rows or samples, or a stretch of the file.
    pub(super) fn dumps(&self) -> Vec<Vec<u8>> {
        self.forms.iter().map(|form| form[form.len() / 2..form.len() / 2 + 4096].to_vec()).collect()
    }
}

/// Where the filter keeps the bit of eight bytes.
fn place(head: u64) -> usize {
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
}

/// The coded pictures and samples of an MP4 whose index comes last; what all files of one writer have is left out.
fn coded(file: &[u8]) -> Vec<u8> {
    let index = file.windows(4).rposition(|w| w == b"moov").expect("an index");
    file[4096..index].to_vec()
}

fn decoded(path: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(path).args(arguments).arg("-");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// One frame: squares of four pixels, each of a luma of its own, without colour.
fn noise() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    let squares: Vec<u8> = (0..WIDTH / 4 * HEIGHT / 4).map(|_| next()).collect();
    let luma = (0..HEIGHT).flat_map(|y| {
        let row = &squares[y / 4 * (WIDTH / 4)..][..WIDTH / 4];
        row.iter().flat_map(|&v| [v; 4])
    });
    luma.chain(std::iter::repeat_n(128, WIDTH * HEIGHT / 2)).collect()
}
