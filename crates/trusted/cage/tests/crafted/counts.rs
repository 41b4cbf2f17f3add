//! Tables that say they are huge, or are.

use crate::boxes::{Film, bx, ftyp, mvhd, table, words};
use crate::ebml::{self, el, ten_frames, track, uint};
use crate::{Crafted, named};

pub(crate) fn files() -> Vec<Crafted> {
    [samples(), tracks(), fragments(), pages()].into_iter().flatten().collect()
}

fn good() -> Film {
    Film::default()
}

fn samples() -> Vec<Crafted> {
    let stsz = |numbers: &[u32]| Film { stsz: table(b"stsz", numbers), ..good() }.bytes();
    let stsc = |numbers: &[u32]| Film { stsc: table(b"stsc", numbers), ..good() }.bytes();
    let many: Vec<u32> = [1_000_000].into_iter().chain((0..2_000_000).map(|n| n % 2)).collect();
    let everything = Film {
        stsz: table(b"stsz", &[1, 1 << 30]),
        stts: table(b"stts", &[1, 1 << 30, 1]),
        stsc: table(b"stsc", &[1, 1, 1 << 30, 1]),
        ..good()
    };
    vec![
        named("2^32 samples of one size", stsz(&[600, u32::MAX])),
        named("2^30 samples of one byte, and tables that agree", everything.bytes()),
        named("2^31 sample sizes that are not there", stsz(&[0, 1 << 31])),
        named("samples of 4 GiB", stsz(&[u32::MAX, 10])),
        named("samples of no size", stsz(&[0, 0])),
        named("2^32 times that are not there", Film { stts: table(b"stts", &[u32::MAX, 10, 60]), ..good() }.bytes()),
        named("a time for 2^32 samples", Film { stts: table(b"stts", &[1, u32::MAX, 60]), ..good() }.bytes()),
        named("a million offsets of time", Film { in_stbl: table(b"ctts", &many), ..good() }.bytes()),
        named("2^32 samples in a chunk", stsc(&[1, 1, u32::MAX, 1])),
        named("chunks that run backwards", stsc(&[3, 9, 1, 1, 3, 1, 1, 1, 1, 1])),
        named("chunks of nothing", stsc(&[1, 1, 0, 1])),
        named("chunk zero", stsc(&[1, 0, 10, 1])),
        named("a description that is not there", stsc(&[1, 1, 10, 99])),
        named("2^32 chunks that are not there", Film { stco: table(b"stco", &[u32::MAX, 28]), ..good() }.bytes()),
        named("chunks behind the end", Film { stco: table(b"stco", &[1, 0xffff_fff0]), ..good() }.bytes()),
        named("chunks that are the index", Film { stco: table(b"stco", &[1, 0]), ..good() }.bytes()),
        named("2^32 key frames that are not there", Film { in_stbl: table(b"stss", &[u32::MAX, 1]), ..good() }.bytes()),
        named(
            "2^32 descriptions that are not there",
            Film { stsd: bx(b"stsd", &words(&[0, u32::MAX])), ..good() }.bytes(),
        ),
        named("no description", Film { stsd: bx(b"stsd", &words(&[0, 0])), ..good() }.bytes()),
        named("a thousand descriptions", {
            let one = &good().stsd[16..];
            Film { stsd: bx(b"stsd", &[&words(&[0, 1_000])[..], &one.repeat(1_000)].concat()), ..good() }.bytes()
        }),
    ]
}

fn tracks() -> Vec<Crafted> {
    vec![
        named("twenty more tracks", Film { in_moov: good().trak().repeat(20), ..good() }.bytes()),
        named("two thousand more tracks", Film { in_moov: good().trak().repeat(2_000), ..good() }.bytes()),
        named("a million empty tracks", Film { in_moov: bx(b"trak", &[]).repeat(1_000_000), ..good() }.bytes()),
        named("Matroska, twenty more tracks", ebml::film(&[], &numbered(20), &ten_frames())),
        named("Matroska, two thousand more tracks", ebml::film(&[], &numbered(2_000), &ten_frames())),
        named("Matroska, 100,000 empty tracks", ebml::film(&[], &el(0xae, &[]).repeat(100_000), &ten_frames())),
    ]
}

fn numbered(more: u64) -> Vec<u8> {
    (1..=more + 1).flat_map(|n| track(&[uint(0xd7, n), uint(0x73c5, n)].concat())).collect()
}

/// Fragmented films: each fragment says how many samples it holds.
fn fragments() -> Vec<Crafted> {
    let extends = bx(b"mvex", &table(b"trex", &[1, 1, 60, 600, 0]));
    let start = || Film { in_moov: extends.clone(), ..good() };
    let fragment = |trun: Vec<u8>| {
        let traf = bx(b"traf", &[bx(b"tfhd", &words(&[0x0002_0000, 1])), trun].concat());
        bx(b"moof", &[table(b"mfhd", &[1]), traf].concat())
    };
    let film = |at_end: Vec<u8>| Film { at_end, ..start() }.bytes();
    let sidx = |count: u16, first: u32| {
        let head = [&words(&[0, 1, 600, 0, first])[..], &[0, 0], &count.to_be_bytes()].concat();
        bx(b"sidx", &[head, words(&[0x8000_0000, 60, 0]).repeat(count.into())].concat())
    };
    vec![
        named("fragment of 2^31 samples without sizes", film(fragment(table(b"trun", &[1 << 31])))),
        named(
            "fragment of 2^31 samples that are not there",
            film(fragment(bx(b"trun", &words(&[0x0f01, 1 << 31, 0])))),
        ),
        named("10,000 empty fragments", film(fragment(table(b"trun", &[0])).repeat(10_000))),
        named("index of segments that points to itself", [ftyp(), sidx(1, 0), start().bytes()].concat()),
        named("index of 65,535 segments, many times", [ftyp(), sidx(65_535, 0).repeat(4), start().bytes()].concat()),
        named("fragment of a track that is not there", film(bx(b"moof", &bx(b"traf", &bx(b"tfhd", &words(&[0, 77])))))),
        named(
            "random access table of 2^32 entries",
            film(bx(
                b"mfra",
                &[bx(b"tfra", &words(&[0x0100_0000, 1, 0x3f, u32::MAX])), bx(b"mfro", &words(&[0, 16]))].concat(),
            )),
        ),
        named("only an index, no film", [ftyp(), bx(b"moov", &[mvhd(600, 600), bx(b"mvex", &[])].concat())].concat()),
    ]
}

/// Ogg pages.
fn pages() -> Vec<Crafted> {
    let body = b"\x01vorbis\0\0\0\0\x02\x80\xbb\0\0\0\0\0\0\0\xee\x02\0\0\0\0\0\xb8\x01";
    let streams = |n: u32| (0..n).flat_map(|serial| page(2, serial, 0, body)).collect::<Vec<u8>>();
    vec![
        named("Ogg, twenty streams", streams(20)),
        named("Ogg, ten thousand streams", streams(10_000)),
        named(
            "Ogg, 100,000 pages of nothing",
            (0..100_000).flat_map(|n| page(u8::from(n == 0) * 2, 1, n, &[])).collect::<Vec<u8>>(),
        ),
        named("Ogg, pages of the last time there is", [page(2, 1, 0, body), page(0, 1, u32::MAX, &[0; 255])].concat()),
        named("Ogg, a page without its sum", [page(2, 1, 0, body), b"OggS\0\x04".to_vec(), vec![0xff; 300]].concat()),
    ]
}

/// A page with one packet; its time is as late as `time` in both halves.
fn page(flags: u8, serial: u32, time: u32, body: &[u8]) -> Vec<u8> {
    let times = [time.to_le_bytes(), (time >> 1).to_le_bytes()].concat();
    let head = [
        b"OggS\0",
        &[flags][..],
        &times,
        &serial.to_le_bytes(),
        &time.to_le_bytes(),
        &[0; 4],
        &[1, body.len() as u8],
        body,
    ];
    let mut bytes = head.concat();
    let sum = bytes.iter().fold(0_u32, |sum, &byte| {
        (0..8)
            .fold(sum ^ u32::from(byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    });
    bytes[22..26].copy_from_slice(&sum.to_le_bytes());
    bytes
}
