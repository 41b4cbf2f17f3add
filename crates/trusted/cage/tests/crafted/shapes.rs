//! Boxes inside out: sizes that are none, parents inside children, fields of other kinds.

use crate::boxes::{Film, bx, ftyp, jpeg, lying, stsd, stsd_with, table, words};
use crate::{Crafted, named};

pub(crate) fn files() -> Vec<Crafted> {
    [sizes(), nests(), descriptions()].into_iter().flatten().collect()
}

fn good() -> Film {
    Film::default()
}

fn sizes() -> Vec<Crafted> {
    let moov = |inside: Vec<u8>| [ftyp(), bx(b"moov", &inside)].concat();
    let long =
        |size: u64, name: &[u8; 4], payload: &[u8]| [&words(&[1])[..], name, &size.to_be_bytes(), payload].concat();
    vec![
        named("box of no size inside", moov(lying(b"trak", 0, &[0; 64]))),
        named("box of seven bytes inside", moov(lying(b"trak", 7, &[0; 64]))),
        named("box of 2^63 bytes inside", moov(long(1 << 63, b"trak", &[0; 64]))),
        named("box of 2^64 bytes inside", moov(long(u64::MAX, b"trak", &[0; 64]))),
        named("box of eight long bytes inside", moov(long(8, b"trak", &[0; 64]))),
        named("box larger than its parent", Film { in_trak: lying(b"udta", 0x7fff_ffff, &[0; 8]), ..good() }.bytes()),
        named(
            "film data of 2^63 bytes before the index",
            [ftyp(), long(1 << 63, b"mdat", &[]), good().moov()].concat(),
        ),
        named("index one byte longer than the file", {
            let moov = good().moov();
            [ftyp(), lying(b"moov", moov.len() as u32 + 1, &moov[8..])].concat()
        }),
        named("index to the end of the file", [ftyp(), lying(b"moov", 0, &good().moov()[8..])].concat()),
        named("index cut in the middle", {
            let bytes = good().bytes();
            bytes[..bytes.len() - 300].to_vec()
        }),
        named("100,000 empty boxes", [ftyp(), bx(b"free", &[]).repeat(100_000), good().moov()].concat()),
        named(
            "100,000 empty notes",
            Film { in_moov: bx(b"udta", &bx(b"free", &[]).repeat(100_000)), ..good() }.bytes(),
        ),
        named("32 MiB of zeros behind the film", Film { at_end: vec![0; 32 << 20], ..good() }.bytes()),
    ]
}

fn nests() -> Vec<Crafted> {
    let nested = |name: &[u8; 4], deep: usize| (0..deep).fold(Vec::new(), |inner, _| bx(name, &inner));
    vec![
        named("index in index, a thousand deep", [ftyp(), nested(b"moov", 1_000)].concat()),
        named("track in track, a thousand deep", Film { in_moov: nested(b"trak", 1_000), ..good() }.bytes()),
        named("notes in notes, four thousand deep", Film { in_moov: nested(b"udta", 4_000), ..good() }.bytes()),
        named("edits in edits, four thousand deep", Film { edts: nested(b"edts", 4_000), ..good() }.bytes()),
        named("waves in waves, four thousand deep", Film { in_stbl: nested(b"wave", 4_000), ..good() }.bytes()),
        named(
            "meta in meta",
            Film { in_moov: (0..1_000).fold(Vec::new(), |inner, _| table_of(b"meta", &inner)), ..good() }.bytes(),
        ),
        named("two indexes", [good().bytes(), good().moov()].concat()),
        named(
            "two descriptions of samples",
            Film { in_stbl: [good().stsd, good().stsz, good().stco].concat(), ..good() }.bytes(),
        ),
        named(
            "a track without samples",
            [ftyp(), bx(b"moov", &[good().mvhd, bx(b"trak", &bx(b"mdia", &[]))].concat())].concat(),
        ),
        named("an index of nothing", [ftyp(), bx(b"moov", &[])].concat()),
    ]
}

fn table_of(name: &[u8; 4], inner: &[u8]) -> Vec<u8> {
    bx(name, &[&[0; 4][..], inner].concat())
}

fn descriptions() -> Vec<Crafted> {
    let coded = |codec: &[u8; 4], more: &[u8]| Film { stsd: stsd_with(codec, 64, 48, more), ..good() }.bytes();
    let garbage: Vec<u8> = (0..600_u32).map(|n| (n * 167 / 4) as u8).collect();
    let mut files = vec![
        named("H.264 whose setup is garbage", coded(b"avc1", &bx(b"avcC", &garbage))),
        named(
            "H.264 with 31 empty parameter sets",
            coded(b"avc1", &bx(b"avcC", &[&[1, 0x64, 0, 0x28, 0xff, 0xff][..], &[0; 64]].concat())),
        ),
        named("HEVC whose setup is garbage", coded(b"hvc1", &bx(b"hvcC", &garbage))),
        named("AV1 whose setup is garbage", coded(b"av01", &bx(b"av1C", &garbage))),
        named("VP9 of JPEG pictures", coded(b"vp09", &[])),
        named(
            "MPEG-4 with a descriptor without end",
            coded(b"mp4v", &bx(b"esds", &[&[0; 4][..], &[0x03, 0xff, 0xff, 0xff, 0xff], &[0xff; 64]].concat())),
        ),
        named("picture of 0 x 0", Film { stsd: stsd(b"jpeg", 0, 0), ..good() }.bytes()),
        named("pixels of 2^32 to 1", coded(b"jpeg", &bx(b"pasp", &words(&[u32::MAX, 1])))),
        named("pixels of 0 to 0", coded(b"jpeg", &bx(b"pasp", &words(&[0, 0])))),
        named("random bytes as frames", Film::of(garbage, stsd(b"jpeg", 64, 48)).bytes()),
        named("JPEG in JPEG, 200 times", Film::of(jpeg().repeat(200), stsd(b"jpeg", 64, 48)).bytes()),
        named(
            "sealed film (DRM)",
            coded(b"encv", &bx(b"sinf", &[bx(b"frma", b"jpeg"), table(b"schm", &[0x6365_6e63, 0x10000])].concat())),
        ),
    ];
    // Codecs that ffmpeg reads and we do not let it.
    for codec in [b"cvid", b"rle ", b"SVQ3", b"rpza", b"smc ", b"dvc ", b"apcn", b"raw ", b"xxxx"] {
        let name = String::from_utf8_lossy(codec).trim_end().to_owned();
        files.push(named(format!("codec {name}, which is not read here"), coded(codec, &[])));
    }
    files
}
