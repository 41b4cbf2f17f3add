//! Films whose clock lies: frames decades apart, edits without end, ticks that last nothing.

use crate::boxes::{Film, bx, mdhd, mvhd, table, words};
use crate::{Crafted, named};

pub(crate) fn files() -> Vec<Crafted> {
    [clocks(), edits()].into_iter().flatten().collect()
}

fn good() -> Film {
    Film::default()
}

fn clocks() -> Vec<Crafted> {
    let stts = |numbers: &[u32]| Film { stts: table(b"stts", numbers), ..good() }.bytes();
    vec![
        named("film, good", good().bytes()),
        named("frames 41 days apart", stts(&[1, 10, 0x7fff_ffff])),
        named("frames 83 days apart", stts(&[1, 10, u32::MAX])),
        named(
            "frames 68 years apart",
            Film { mdhd: mdhd(1, 10), stts: table(b"stts", &[1, 10, 0x7fff_ffff]), ..good() }.bytes(),
        ),
        named("frames all at one time", stts(&[1, 10, 0])),
        named("no frame lasts", stts(&[0])),
        named("one frame that lasts for ever", stts(&[2, 9, 60, 1, u32::MAX])),
        named(
            "frames shown 2^31 later",
            Film { in_stbl: table(b"ctts", &[2, 5, 0x7fff_ffff, 5, 0x8000_0000]), ..good() }.bytes(),
        ),
        named("a second has no ticks", Film { mdhd: mdhd(0, 600), mvhd: mvhd(0, 600), ..good() }.bytes()),
        named("a second has 2^32 ticks", Film { mdhd: mdhd(u32::MAX, 600), ..good() }.bytes()),
        named(
            "a film of 83 days by its header",
            Film { mvhd: mvhd(600, u32::MAX), mdhd: mdhd(600, u32::MAX), ..good() }.bytes(),
        ),
        named(
            "a film of eleven minutes by its header",
            Film { mvhd: mvhd(600, 660 * 600), mdhd: mdhd(600, 660 * 600), ..good() }.bytes(),
        ),
    ]
}

fn edits() -> Vec<Crafted> {
    const ONCE: u32 = 0x0001_0000;
    let edited = |entries: &[[u32; 3]]| {
        let numbers: Vec<u32> = [entries.len() as u32].into_iter().chain(entries.iter().flatten().copied()).collect();
        Film { edts: bx(b"edts", &table(b"elst", &numbers)), ..good() }.bytes()
    };
    let long = |duration: u64, at: u64| {
        let entry = [&duration.to_be_bytes()[..], &at.to_be_bytes(), &words(&[ONCE])].concat();
        let list = bx(b"elst", &[&[1, 0, 0, 0][..], &words(&[1]), &entry].concat());
        Film { edts: bx(b"edts", &list), ..good() }.bytes()
    };
    vec![
        named("edit that waits 2^32 ticks", edited(&[[u32::MAX, u32::MAX, ONCE], [600, 0, ONCE]])),
        named("edit that waits 2^63 ticks", long(u64::MAX >> 1, u64::MAX)),
        named("edit of 2^63 ticks", long(u64::MAX >> 1, 0)),
        named("edit that begins at 2^63", long(600, u64::MAX >> 1)),
        named("edit that begins before the film", long(600, 1 << 63)),
        named("edit behind the film's end", edited(&[[600, 0x7fff_0000, ONCE]])),
        named("edit that stands still", edited(&[[600, 0, 0]])),
        named("edit that runs backwards", edited(&[[600, 0, 0xffff_0000]])),
        named("the same second 20,000 times", edited(&vec![[600, 0, ONCE]; 20_000])),
        named("a million empty edits", edited(&vec![[1, u32::MAX, ONCE]; 1_000_000])),
        named(
            "2^32 edits that are not there",
            Film { edts: bx(b"edts", &table(b"elst", &[u32::MAX, 600, 0, ONCE])), ..good() }.bytes(),
        ),
    ]
}
