//! Films whose samples, pictures or continuation lie in another file, as their headers say.

use crate::boxes::{Film, bx, dref, ftyp, jpeg, words};
use crate::ebml::{self, el};
use crate::trap::Trap;
use crate::{Crafted, named};

pub(crate) fn files(trap: &Trap) -> Vec<Crafted> {
    let mut files = vec![
        named("dref, alias with an absolute path", film(alias(&trap.secret().display().to_string(), 0))),
        named("dref, alias with a relative path", film(alias("../../../../../../tmp/secret.ts", 1))),
        named(
            "dref, resource fork",
            film(bx(b"rsrc", &[&[0; 4], trap.secret().as_os_str().as_encoded_bytes()].concat())),
        ),
        named("reference movie", reference_movie(&trap.urls()[2].1)),
        named("MP3 cover that is a link", linked_cover(&trap.urls()[2].1)),
        named("Matroska that goes on in another file", linked_segment(trap)),
        named("Matroska with an attached playlist", attached(trap)),
    ];
    for (kind, url) in trap.urls() {
        files.push(named(format!("dref, url ({kind})"), film(bx(b"url ", &[&[0; 4], url.as_bytes(), b"\0"].concat()))));
    }
    files
}

fn film(entry: Vec<u8>) -> Vec<u8> {
    Film { dref: dref(&[entry]), ..Film::default() }.bytes()
}

/// A Macintosh alias, as ffmpeg's `mov_read_dref` reads it: 150 bytes of names and levels, then records.
pub(crate) fn alias(path: &str, levels: u16) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend([0; 10]);
    body.extend([0; 1 + 27]);
    body.extend([0; 12]);
    let name = b"secret.ts";
    body.push(name.len() as u8);
    body.extend(name);
    body.extend(vec![0; 63 - name.len()]);
    body.extend([0; 16]);
    body.extend(levels.to_be_bytes());
    body.extend(levels.to_be_bytes());
    body.extend([0; 16]);
    let even = path.len().next_multiple_of(2);
    body.extend(2_u16.to_be_bytes());
    body.extend((path.len() as u16).to_be_bytes());
    body.extend(path.as_bytes());
    body.extend(vec![0; even - path.len()]);
    body.extend([0xff, 0xff, 0, 0]);
    bx(b"alis", &body)
}

/// The film with an alias in it, for the test that follows it where nothing stops it.
pub(crate) fn alias_film(trap: &Trap) -> Vec<u8> {
    film(alias(&trap.secret().display().to_string(), 0))
}

fn reference_movie(url: &str) -> Vec<u8> {
    let data = [&words(&[0])[..], b"url ", &words(&[url.len() as u32 + 1]), url.as_bytes(), b"\0"].concat();
    let moov = bx(b"moov", &bx(b"rmra", &bx(b"rmda", &bx(b"rdrf", &data))));
    [ftyp(), moov].concat()
}

/// ID3 allows a picture to be a URL: its type is then `-->`.
fn linked_cover(url: &str) -> Vec<u8> {
    let body = [b"\0-->\0\x03\0", url.as_bytes()].concat();
    let frame = [b"APIC", &words(&[body.len() as u32])[..], &[0, 0], &body].concat();
    let size = frame.len() as u32;
    let safe = [size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127].map(|b| b as u8);
    let silence = [&[0xff, 0xfb, 0x90, 0xc0][..], &[0; 413]].concat().repeat(40);
    [b"ID3\x03\0\0", &safe[..], &frame, &silence].concat()
}

/// Segment linking: names the file that comes before and after.
fn linked_segment(trap: &Trap) -> Vec<u8> {
    let name = trap.secret().display().to_string();
    let links = [el(0x3c_83ab, name.as_bytes()), el(0x3e_83bb, name.as_bytes()), el(0x3c_b923, &[7; 16])].concat();
    ebml::film(&links, &ebml::track(&[]), &ebml::cluster(0, &[ebml::block(0, jpeg())]))
}

fn attached(trap: &Trap) -> Vec<u8> {
    let list = crate::disguise::playlist(&trap.urls()[0].1);
    let name = trap.secret().display().to_string();
    let file = [
        el(0x466e, name.as_bytes()),
        el(0x4660, b"application/x-mpegurl"),
        el(0x465c, list.as_bytes()),
        el(0x46ae, &[1]),
    ];
    let attachments = el(0x1941_a469, &el(0x61a7, &file.concat()));
    ebml::film(&[], &ebml::track(&[]), &[attachments, ebml::cluster(0, &[ebml::block(0, jpeg())])].concat())
}
