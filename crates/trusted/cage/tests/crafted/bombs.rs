//! Little that becomes much: compressed headers and frames, pictures larger than any screen, amplified silence.

use flate2::{Compress, Compression, Crc, FlushCompress};

use crate::boxes::{Film, bx, ftyp, jpeg, stsd, words};
use crate::common::clip;
use crate::ebml::{block, cluster, el, film, flagged, ten_frames, track, uint};
use crate::{Crafted, named};

pub(crate) fn files() -> Vec<Crafted> {
    [compressed(), pictures(), sounds()].into_iter().flatten().collect()
}

const MIB: usize = 1 << 20;

/// A zlib stream of zeros: one compressed mebibyte, again and again, so that making it costs nothing.
fn zeros(mebibytes: usize) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut piece = Vec::with_capacity(64 * 1024);
    compress.compress_vec(&vec![0; MIB], &mut piece, FlushCompress::Full).unwrap();
    let length = (mebibytes * MIB) as u64;
    let adler = ((length % 65_521) as u32) << 16 | 1;
    let end = [0x03, 0x00];
    [&[0x78, 0xda][..], &piece.repeat(mebibytes), &end, &adler.to_be_bytes()].concat()
}

fn compressed() -> Vec<Crafted> {
    let index = |says: u32, data: &[u8]| {
        let packed = bx(b"cmvd", &[&says.to_be_bytes()[..], data].concat());
        [ftyp(), bx(b"moov", &bx(b"cmov", &[bx(b"dcom", b"zlib"), packed].concat()))].concat()
    };
    let packing = |more: &[u8]| {
        el(0x6d80, &el(0x6240, &[uint(0x5031, 0), uint(0x5032, 1), uint(0x5033, 0), more.to_vec()].concat()))
    };
    let zlib = packing(&el(0x5034, &uint(0x4254, 0)));
    // Each of 256 frames of nothing gets this much put in front: from 70 KiB become 320 MiB.
    let stripped = packing(&el(0x5034, &[uint(0x4254, 3), el(0x4255, &vec![0; MIB / 16])].concat()));
    let laced = flagged(0, 0x84, &[&[0xff][..], &[0; 256]].concat());
    vec![
        named("compressed index of a gibibyte", index(1 << 30, &zeros(1024))),
        named("compressed index that says little", index(64, &zeros(64))),
        named("compressed index that says 4 GiB", index(u32::MAX, &zeros(1))),
        named("compressed index of a good film", index(64 * 1024, &pack(&Film::default().moov()))),
        named(
            "Matroska, frame of a gibibyte of zeros",
            film(&[], &track(&zlib), &cluster(0, &[block(0, &zeros(1024))])),
        ),
        named(
            "Matroska, 64 KiB before each of 5,120 frames",
            film(&[], &track(&stripped), &cluster(0, &vec![laced; 20])),
        ),
        named(
            "Matroska, frames packed as nothing known",
            film(&[], &track(&packing(&el(0x5034, &uint(0x4254, 99)))), &ten_frames()),
        ),
    ]
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1_024);
    Compress::new(Compression::best(), true).compress_vec(bytes, &mut packed, FlushCompress::Finish).unwrap();
    packed
}

fn pictures() -> Vec<Crafted> {
    let webp = |chunk: &[u8; 4], body: &[u8]| {
        let inner = [b"WEBP", &chunk[..], &(body.len() as u32).to_le_bytes(), body].concat();
        [b"RIFF", &(inner.len() as u32).to_le_bytes()[..], &inner].concat()
    };
    let vp8 = [&[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f][..], &[0; 200]].concat();
    let giant = Film { stsd: stsd(b"jpeg", 65_500, 65_500), ..Film::default() };
    vec![
        named("PNG of 65,000 x 65,000", png(65_000, 65_000, &[chunk(b"IDAT", &zeros(1))])),
        named("PNG of 2^31 x 2^31", png(0x7fff_ffff, 0x7fff_ffff, &[chunk(b"IDAT", &zeros(1))])),
        named("PNG of 4,096 x 4,096 in 16 KiB", png(4_096, 4_096, &[chunk(b"IDAT", &zeros(17))])),
        named(
            "PNG with 16 MiB of text",
            png(64, 48, &[chunk(b"zTXt", &[b"x\0\0", &zeros(16)[..]].concat()), chunk(b"IDAT", &zeros(1))]),
        ),
        named(
            "PNG with a colour profile of 16 MiB",
            png(64, 48, &[chunk(b"iCCP", &[b"x\0\0", &zeros(16)[..]].concat()), chunk(b"IDAT", &zeros(1))]),
        ),
        named("JPEG of 65,500 x 65,500", resized(65_500, 65_500)),
        named("JPEG of 4,096 x 4,096 in 600 bytes", resized(4_096, 4_096)),
        named("WebP canvas of 16,384 x 16,384", webp(b"VP8X", &[0, 0, 0, 0, 0xff, 0x3f, 0, 0xff, 0x3f, 0])),
        named("WebP (VP8) of 16,383 x 16,383", webp(b"VP8 ", &vp8)),
        named("WebP (lossless) of 16,384 x 16,384", webp(b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0])),
        named("film that says 65,500 x 65,500", giant.bytes()),
        named(
            "film of 64 x 48 with frames of 65,500 x 65,500",
            Film::of(resized(65_500, 65_500), stsd(b"jpeg", 64, 48)).bytes(),
        ),
        named(
            "film of 64 x 48 with frames of 4,000 x 4,000",
            Film::of(resized(4_000, 4_000), stsd(b"jpeg", 64, 48)).bytes(),
        ),
        named(
            "Matroska, VP8 of 16,383 x 16,383 in 64 x 48",
            film(&[], &track(&el(0x86, b"V_VP8")), &cluster(0, &[block(0, &vp8)])),
        ),
        named("H.264 of 5,000 x 4,000 that says 64 x 48", hidden_size()),
    ]
}

fn png(width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let head = [&words(&[width, height])[..], &[8, 0, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunks.concat(), chunk(b"IEND", &[])].concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(body);
    [&words(&[body.len() as u32])[..], name, body, &words(&[sum.sum()])].concat()
}

/// The small JPEG with another size in its header.
fn resized(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg().to_vec();
    let at = bytes.windows(2).position(|w| w == [0xff, 0xc0]).unwrap() + 5;
    bytes[at..at + 4].copy_from_slice(&[height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes
}

/// The container says a small picture, the stream inside a large one.
fn hidden_size() -> Vec<u8> {
    let mut bytes = clip(
        "mp4",
        "-f lavfi -i color=gray:s=5000x4000:r=10:d=0.1 -frames:v 1 -c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv420p -bitexact",
    );
    let at = bytes.windows(4).position(|w| w == b"avc1").unwrap() + 4 + 24;
    bytes[at..at + 4].copy_from_slice(&[0, 64, 0, 48]);
    bytes
}

fn sounds() -> Vec<Crafted> {
    let wav = |channels: u16, rate: u32, bits: u16, says: u32| {
        let format = [
            &1_u16.to_le_bytes()[..],
            &channels.to_le_bytes(),
            &rate.to_le_bytes(),
            &rate.to_le_bytes(),
            &(channels.wrapping_mul(bits / 8)).to_le_bytes(),
            &bits.to_le_bytes(),
        ]
        .concat();
        [b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0", &format[..], b"data", &says.to_le_bytes(), &[0; 9_600]].concat()
    };
    let flac =
        |info: [u8; 18], more: &[u8]| [b"fLaC\0\0\0\x22\x10\0\x10\0", &[0; 6][..], &info, &[0; 8], more].concat();
    let frame = [&[0xff, 0xfb, 0x90, 0xc0][..], &[0; 413]].concat();
    let mut counted = frame.clone();
    counted[36..48].copy_from_slice(b"Xing\0\0\0\x03\xff\xff\xff\xff");
    vec![
        named("WAV, good", wav(2, 48_000, 16, 9_600)),
        named("WAV of 65,535 channels", wav(65_535, 48_000, 16, 9_600)),
        named("WAV of 2^32 samples a second", wav(2, u32::MAX, 16, u32::MAX)),
        named("WAV of one sample a second", wav(2, 1, 16, 9_600)),
        named("WAV without bits", wav(2, 48_000, 0, u32::MAX)),
        named(
            "FLAC of 2^36 samples",
            flac([0x0b, 0xb8, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[]),
        ),
        named(
            "FLAC with a cover of 16 MiB that is not there",
            flac([0x0b, 0xb8, 0x02, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0x86, 0xff, 0xff, 0xff]),
        ),
        named("MP3 that says 2^32 frames", [counted, frame.repeat(20)].concat()),
        named(
            "MP3 behind 256 MiB of tag that is not there",
            [b"ID3\x04\0\0\x7f\x7f\x7f\x7f", &frame.repeat(20)[..]].concat(),
        ),
        named("MP3, ten thousand empty tags", [b"ID3\x04\0\0\0\0\0\0".repeat(10_000), frame.repeat(20)].concat()),
    ]
}
