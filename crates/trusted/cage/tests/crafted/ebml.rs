//! Matroska, element by element.

use crate::boxes::jpeg;

/// An element with a size of eight bytes.
pub(crate) fn el(id: u32, payload: &[u8]) -> Vec<u8> {
    sized(id, payload.len() as u64, payload)
}

/// An element that says another size than it has.
pub(crate) fn sized(id: u32, size: u64, payload: &[u8]) -> Vec<u8> {
    let size = (size & 0x00ff_ffff_ffff_ffff) | 0x0100_0000_0000_0000;
    [&name(id)[..], &size.to_be_bytes(), payload].concat()
}

/// An element whose size is said to be unknown.
pub(crate) fn endless(id: u32, payload: &[u8]) -> Vec<u8> {
    [&name(id)[..], &[0xff], payload].concat()
}

fn name(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect()
}

pub(crate) fn uint(id: u32, value: u64) -> Vec<u8> {
    el(id, &value.to_be_bytes())
}

pub(crate) const SEGMENT: u32 = 0x1853_8067;
pub(crate) const CLUSTER: u32 = 0x1f43_b675;
pub(crate) const TRACKS: u32 = 0x1654_ae6b;
pub(crate) const INFO: u32 = 0x1549_a966;
pub(crate) const VOID: u32 = 0xec;

pub(crate) fn head() -> Vec<u8> {
    el(
        0x1a45_dfa3,
        &[uint(0x4286, 1), uint(0x42f7, 1), uint(0x42f2, 4), uint(0x42f3, 8), el(0x4282, b"matroska")].concat(),
    )
}

/// A whole file: more information, tracks, and what follows them.
pub(crate) fn film(info: &[u8], tracks: &[u8], rest: &[u8]) -> Vec<u8> {
    let info = el(INFO, &[&uint(0x2a_d7b1, 1_000_000)[..], info].concat());
    [head(), el(SEGMENT, &[info, el(TRACKS, tracks), rest.to_vec()].concat())].concat()
}

/// A picture track of JPEG frames; `more` comes last and so wins.
pub(crate) fn track(more: &[u8]) -> Vec<u8> {
    let size = [uint(0xb0, 64), uint(0xba, 48)].concat();
    let fields = [uint(0xd7, 1), uint(0x73c5, 1), uint(0x83, 1), el(0x86, b"V_MJPEG"), el(0xe0, &size), more.to_vec()];
    el(0xae, &fields.concat())
}

pub(crate) fn cluster(time: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    el(CLUSTER, &[uint(0xe7, time), blocks.concat()].concat())
}

/// A simple block of track 1, a key frame.
pub(crate) fn block(time: i16, frame: &[u8]) -> Vec<u8> {
    flagged(time, 0x80, frame)
}

/// The same with flags of one's own (lacing).
pub(crate) fn flagged(time: i16, flags: u8, frame: &[u8]) -> Vec<u8> {
    el(0xa3, &[&[0x81][..], &time.to_be_bytes(), &[flags], frame].concat())
}

/// Ten frames, a tenth of a second apart.
pub(crate) fn ten_frames() -> Vec<u8> {
    cluster(0, &(0..10).map(|n| block(n * 100, jpeg())).collect::<Vec<_>>())
}
