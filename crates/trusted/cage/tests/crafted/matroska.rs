//! Matroska files that lie about sizes, laces, times and order.

use crate::boxes::jpeg;
use crate::ebml::{
    CLUSTER, INFO, SEGMENT, TRACKS, VOID, block, cluster, el, endless, film, flagged, head, sized, ten_frames, track,
    uint,
};
use crate::{Crafted, named};

pub(crate) fn files() -> Vec<Crafted> {
    [sizes(), laces(), orders(), fields()].into_iter().flatten().collect()
}

fn sizes() -> Vec<Crafted> {
    let most = (1 << 56) - 2;
    let tracks = el(TRACKS, &track(&[]));
    let body = [el(INFO, &uint(0x2a_d7b1, 1_000_000)), tracks.clone(), ten_frames()].concat();
    vec![
        named("Matroska, good", film(&[], &track(&[]), &ten_frames())),
        named("Matroska, segment of 2^56 bytes", [head(), sized(SEGMENT, most, &body)].concat()),
        named("Matroska, everything of unknown size", {
            let blocks: Vec<u8> = (0..10).flat_map(|n| block(n * 100, jpeg())).collect();
            let cluster = endless(CLUSTER, &[uint(0xe7, 0), blocks].concat());
            [head(), endless(SEGMENT, &[endless(TRACKS, &track(&[])), cluster].concat())].concat()
        }),
        named(
            "Matroska, block of 2^56 bytes",
            film(&[], &track(&[]), &el(CLUSTER, &sized(0xa3, most, &[0x81, 0, 0, 0x80]))),
        ),
        named(
            "Matroska, void of 2^56 bytes before the frames",
            film(&[], &track(&[]), &[sized(VOID, most, &[]), ten_frames()].concat()),
        ),
        named("Matroska, private data of 2^31 bytes", film(&[], &track(&sized(0x63a2, 1 << 31, &[1])), &ten_frames())),
        named("Matroska, attachment of 2^40 bytes", {
            let file =
                [el(0x466e, b"x"), el(0x4660, b"font/ttf"), uint(0x46ae, 1), sized(0x465c, 1 << 40, &[0; 64])].concat();
            film(&[], &track(&[]), &el(0x1941_a469, &el(0x61a7, &file)))
        }),
        named("Matroska, only zeros behind its head", [head(), vec![0; 300_000]].concat()),
        named("Matroska, head of a later version", {
            let versions =
                [uint(0x42f7, u64::MAX), uint(0x42f2, u64::MAX), uint(0x42f3, u64::MAX), el(0x4282, b"matroska")];
            [el(0x1a45_dfa3, &versions.concat()), el(SEGMENT, &body)].concat()
        }),
        named(
            "Matroska, a million empty elements",
            film(&[], &track(&[]), &[el(VOID, &[]).repeat(1_000_000), ten_frames()].concat()),
        ),
    ]
}

fn laces() -> Vec<Crafted> {
    let laced = |flags: u8, head: &[u8]| {
        film(&[], &track(&[]), &cluster(0, &[flagged(0, 0x80 | flags, &[head, jpeg()].concat())]))
    };
    vec![
        named("lace (Xiph), 256 frames of 255 bytes and more", laced(0x02, &[0xff; 200])),
        named("lace (Xiph), sizes beyond the block", laced(0x02, &[3, 0xff, 0xff, 0xff, 0xff, 0x10])),
        named("lace (EBML), sizes below zero", laced(0x06, &[3, 0x81, 0x80, 0x80])),
        named("lace (EBML), a size of 2^56", laced(0x06, &[2, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe])),
        named("lace (fixed), frames that do not fit", laced(0x04, &[0xff])),
        named("lace (fixed), of nothing", film(&[], &track(&[]), &cluster(0, &[flagged(0, 0x84, &[0xff])]))),
    ]
}

fn orders() -> Vec<Crafted> {
    let seek = |id: &[u8], at: u64| el(0x4dbb, &[el(0x53ab, id), uint(0x53ac, at)].concat());
    let head_id = [0x11, 0x4d, 0x9b, 0x74];
    let looped = el(0x114d_9b74, &[seek(&head_id, 0), seek(&head_id, 0), seek(&[0x1c, 0x53, 0xbb, 0x6b], 0)].concat());
    let far = el(0x114d_9b74, &seek(&[0x1c, 0x53, 0xbb, 0x6b], u64::MAX >> 1));
    let point = |time: u64, at: u64| {
        el(0xbb, &[uint(0xb3, time), el(0xb7, &[uint(0xf7, 1), uint(0xf1, at)].concat())].concat())
    };
    let cues = el(0x1c53_bb6b, &(0..20_000).map(|n| point(n, 0)).collect::<Vec<_>>().concat());
    let deep = (0..3_000).fold(Vec::new(), |inner, _| el(0x67c8, &inner));
    vec![
        named("Matroska, index that names itself", film(&[], &track(&[]), &[looped, ten_frames()].concat())),
        named("Matroska, index beyond the end", film(&[], &track(&[]), &[far, ten_frames()].concat())),
        named("Matroska, 20,000 cues to the start", film(&[], &track(&[]), &[cues, ten_frames()].concat())),
        named(
            "Matroska, tags three thousand deep",
            film(&[], &track(&[]), &[el(0x1254_c367, &el(0x7373, &deep)), ten_frames()].concat()),
        ),
        named(
            "Matroska, segment in segment",
            [head(), (0..500).fold(ten_frames(), |inner, _| el(SEGMENT, &inner))].concat(),
        ),
        named(
            "Matroska, frames before tracks",
            [head(), el(SEGMENT, &[ten_frames(), el(TRACKS, &track(&[]))].concat())].concat(),
        ),
        named("Matroska, no track for its frames", film(&[], &[], &ten_frames())),
    ]
}

fn fields() -> Vec<Crafted> {
    let huge = |id: u32| el(0xe0, &[uint(id, 0xffff_ffff), uint(0xba, 48)].concat());
    let codec = |name: &[u8]| film(&[], &track(&el(0x86, name)), &ten_frames());
    vec![
        named("Matroska, picture 2^32 wide", film(&[], &track(&huge(0xb0)), &ten_frames())),
        named("Matroska, picture without size", film(&[], &track(&el(0xe0, &[])), &ten_frames())),
        named(
            "Matroska, shown 2^63 wide",
            film(
                &[],
                &track(&el(0xe0, &[uint(0xb0, 64), uint(0xba, 48), uint(0x54b0, 1 << 63)].concat())),
                &ten_frames(),
            ),
        ),
        named("Matroska, a frame lasts no time", film(&[], &track(&uint(0x23_e383, 1)), &ten_frames())),
        named("Matroska, a tick lasts no time", film(&uint(0x2a_d7b1, 0), &track(&[]), &ten_frames())),
        named("Matroska, a tick lasts 2^63", film(&uint(0x2a_d7b1, 1 << 63), &track(&[]), &ten_frames())),
        named("Matroska, length is no number", film(&el(0x4489, &f64::NAN.to_be_bytes()), &track(&[]), &ten_frames())),
        named(
            "Matroska, length is endless",
            film(&el(0x4489, &f64::INFINITY.to_be_bytes()), &track(&[]), &ten_frames()),
        ),
        named(
            "Matroska, time jumps by 2^40",
            film(&[], &track(&[]), &[ten_frames(), cluster(1 << 40, &[block(0, jpeg())])].concat()),
        ),
        named(
            "Matroska, time runs backwards",
            film(
                &[],
                &track(&[]),
                &(0..10).map(|n| cluster(900 - n * 100, &[block(-30_000, jpeg())])).collect::<Vec<_>>().concat(),
            ),
        ),
        named("Matroska, screen recording codec", codec(b"V_UNCOMPRESSED")),
        named("Matroska, codec of Windows", codec(b"V_MS/VFW/FOURCC")),
        named("Matroska, codec without a name", codec(b"")),
        named("Matroska, codec of QuickTime", codec(b"V_QUICKTIME")),
        named(
            "Matroska, encrypted track",
            film(
                &[],
                &track(&el(0x6d80, &el(0x6240, &[uint(0x5033, 1), el(0x5035, &uint(0x47e1, 5))].concat()))),
                &ten_frames(),
            ),
        ),
    ]
}
