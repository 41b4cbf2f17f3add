//! A small film of ten JPEG frames and a second of silence, box by box, each of which can be put wrong.

use std::sync::OnceLock;

use crate::common::clip;

/// Any box.
pub(crate) fn bx(name: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes()[..], name, payload].concat()
}

/// A box that says another size than it has.
pub(crate) fn lying(name: &[u8; 4], size: u32, payload: &[u8]) -> Vec<u8> {
    [&size.to_be_bytes()[..], name, payload].concat()
}

/// A box with version and flags, both zero, then numbers.
pub(crate) fn table(name: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
    bx(name, &[&[0; 4][..], &words(numbers)].concat())
}

/// Numbers of four bytes.
pub(crate) fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
}

/// A picture of 64 x 48 as JPEG.
pub(crate) fn jpeg() -> &'static [u8] {
    static JPEG: OnceLock<Vec<u8>> = OnceLock::new();
    JPEG.get_or_init(|| clip("jpg", "-f lavfi -i color=gray:s=64x48:d=0.1 -frames:v 1 -threads 1 -bitexact"))
}

const FRAMES: u32 = 10;
const TIMESCALE: u32 = 600;
/// Where samples begin: behind the first box and the head of the second.
const DATA_AT: u32 = 20 + 8;

/// The film's boxes, good by default.
#[derive(Clone)]
pub(crate) struct Film {
    pub(crate) mvhd: Vec<u8>,
    pub(crate) edts: Vec<u8>,
    pub(crate) mdhd: Vec<u8>,
    pub(crate) dref: Vec<u8>,
    pub(crate) stsd: Vec<u8>,
    pub(crate) stts: Vec<u8>,
    pub(crate) stsc: Vec<u8>,
    pub(crate) stsz: Vec<u8>,
    pub(crate) stco: Vec<u8>,
    /// More boxes at the end of the sample table, the track, the index and the file.
    pub(crate) in_stbl: Vec<u8>,
    pub(crate) in_trak: Vec<u8>,
    pub(crate) in_moov: Vec<u8>,
    pub(crate) at_end: Vec<u8>,
    /// What one sample holds.
    pub(crate) sample: Vec<u8>,
}

impl Default for Film {
    fn default() -> Self {
        let sample = jpeg().to_vec();
        Self {
            mvhd: mvhd(TIMESCALE, FRAMES * 60),
            edts: Vec::new(),
            mdhd: mdhd(TIMESCALE, FRAMES * 60),
            dref: dref(&[bx(b"url ", &[0, 0, 0, 1])]),
            stsd: stsd(b"jpeg", 64, 48),
            stts: table(b"stts", &[1, FRAMES, 60]),
            stsc: table(b"stsc", &[1, 1, FRAMES, 1]),
            stsz: table(b"stsz", &[sample.len() as u32, FRAMES]),
            stco: table(b"stco", &[1, DATA_AT]),
            in_stbl: Vec::new(),
            in_trak: Vec::new(),
            in_moov: Vec::new(),
            at_end: Vec::new(),
            sample,
        }
    }
}

impl Film {
    /// With other samples than JPEG pictures.
    pub(crate) fn of(sample: Vec<u8>, stsd: Vec<u8>) -> Self {
        let stsz = table(b"stsz", &[sample.len() as u32, FRAMES]);
        Self { stsd, stsz, sample, ..Self::default() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let samples = self.sample.repeat(FRAMES as usize);
        [ftyp(), bx(b"mdat", &samples), self.moov(), self.at_end.clone()].concat()
    }

    pub(crate) fn moov(&self) -> Vec<u8> {
        bx(b"moov", &[self.mvhd.clone(), self.trak(), self.in_moov.clone()].concat())
    }

    pub(crate) fn trak(&self) -> Vec<u8> {
        let stbl =
            [&self.stsd, &self.stts, &self.stsc, &self.stsz, &self.stco, &self.in_stbl].map(Vec::as_slice).concat();
        let minf = [table(b"vmhd", &[0, 0]), bx(b"dinf", &self.dref), bx(b"stbl", &stbl)].concat();
        let mdia = [self.mdhd.clone(), hdlr(b"vide"), bx(b"minf", &minf)].concat();
        bx(b"trak", &[tkhd(), self.edts.clone(), bx(b"mdia", &mdia), self.in_trak.clone()].concat())
    }
}

pub(crate) fn ftyp() -> Vec<u8> {
    bx(b"ftyp", b"qt  \0\0\0\0qt  ")
}

pub(crate) fn mvhd(timescale: u32, duration: u32) -> Vec<u8> {
    let mut rest = vec![0, 0, timescale, duration, 0x0001_0000, 0x0100_0000, 0, 0];
    rest.extend(MATRIX);
    rest.extend([0; 6]);
    rest.push(2);
    table(b"mvhd", &rest)
}

const MATRIX: [u32; 9] = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];

fn tkhd() -> Vec<u8> {
    let mut numbers = vec![0, 0, 1, 0, FRAMES * 60, 0, 0, 0, 0];
    numbers.extend(MATRIX);
    numbers.extend([64 << 16, 48 << 16]);
    bx(b"tkhd", &[&[0, 0, 0, 7][..], &words(&numbers)].concat())
}

pub(crate) fn mdhd(timescale: u32, duration: u32) -> Vec<u8> {
    table(b"mdhd", &[0, 0, timescale, duration, 0])
}

fn hdlr(kind: &[u8; 4]) -> Vec<u8> {
    bx(b"hdlr", &[&[0; 8][..], kind, &[0; 13]].concat())
}

/// A picture's description.
pub(crate) fn stsd(codec: &[u8; 4], width: u16, height: u16) -> Vec<u8> {
    stsd_with(codec, width, height, &[])
}

/// The same with boxes of the codec's own behind it.
pub(crate) fn stsd_with(codec: &[u8; 4], width: u16, height: u16, more: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 6];
    entry.extend([0, 1]);
    entry.extend([0; 16]);
    entry.extend(width.to_be_bytes());
    entry.extend(height.to_be_bytes());
    entry.extend(words(&[0x0048_0000, 0x0048_0000, 0]));
    entry.extend([0, 1]);
    entry.extend([0; 32]);
    entry.extend([0, 24, 0xff, 0xff]);
    entry.extend(more);
    bx(b"stsd", &[&words(&[0, 1])[..], &bx(codec, &entry)].concat())
}

/// Where samples lie: entries of any kind.
pub(crate) fn dref(entries: &[Vec<u8>]) -> Vec<u8> {
    bx(b"dref", &[words(&[0, entries.len() as u32]), entries.concat()].concat())
}
