//! Playlists, scripts and session descriptions that make a demuxer open something else, bare and dressed up as clips.

use crate::boxes::{Film, bx, ftyp};
use crate::trap::Trap;
use crate::{Crafted, named};

pub(crate) fn files(trap: &Trap) -> Vec<Crafted> {
    let mut files = Vec::new();
    for (kind, text) in scripts(trap) {
        files.push(named(format!("{kind} as it is"), text));
    }
    for (kind, url) in trap.urls() {
        let script = playlist(&url);
        for (dress, bytes) in dressed(script.as_bytes()) {
            // All kinds of URL in a few dresses, one kind in all of them.
            if kind == "file" || ["box ftyp", "Matroska", "Ogg"].contains(&dress) {
                files.push(named(format!("m3u8 ({kind}) dressed as {dress}"), bytes));
            }
        }
    }
    let concat = concat_script(trap);
    for (dress, bytes) in dressed(concat.as_bytes()) {
        if ["box free", "WAV", "MP3", "JPEG", "spaces"].contains(&dress) {
            files.push(named(format!("concat script dressed as {dress}"), bytes));
        }
    }
    files
}

/// Scripts of every kind that ffmpeg would follow if it were let.
pub(crate) fn scripts(trap: &Trap) -> Vec<(&'static str, String)> {
    let [(_, file), (_, path), (_, http), (_, udp), _] = trap.urls();
    vec![
        ("m3u8 to a file", playlist(&file)),
        ("m3u8 to a web server", playlist(&http)),
        (
            "m3u8 with a key file",
            format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"{file}\"\n#EXTINF:1,\n{udp}\n#EXT-X-ENDLIST\n"),
        ),
        ("m3u8 with a map", format!("#EXTM3U\n#EXT-X-MAP:URI=\"{path}\"\n#EXTINF:1,\n{http}\n#EXT-X-ENDLIST\n")),
        ("concat script", concat_script(trap)),
        ("concat URL", format!("concat:{path}|{path}\n")),
        ("subfile URL", format!("subfile,,start,0,end,64,,:{path}\n")),
        ("DASH manifest", manifest(&http)),
        ("session description (SDP)", session(trap.udp_port())),
        ("SMIL", format!("<smil><body><video src=\"{http}\"/></body></smil>\n")),
        ("SVG", format!("<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"{file}\"/></svg>\n")),
        ("ASX", format!("<asx version=\"3.0\"><entry><ref href=\"{http}\"/></entry></asx>\n")),
        (
            "QuickTime link",
            format!(
                "<?xml version=\"1.0\"?><?quicktime type=\"application/x-quicktime-media-link\"?><embed src=\"{http}\"/>\n"
            ),
        ),
    ]
}

pub(crate) fn playlist(url: &str) -> String {
    format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n")
}

pub(crate) fn concat_script(trap: &Trap) -> String {
    format!("ffconcat version 1.0\nfile '{}'\n", trap.secret().display())
}

fn manifest(url: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         mediaPresentationDuration=\"PT1S\" minBufferTime=\"PT1S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\">\
         <Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\" codecs=\"avc1\">\
         <BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>\n"
    )
}

fn session(port: u16) -> String {
    format!(
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )
}

/// The same script behind the first bytes of every kind that is taken, and of some that are not.
fn dressed(script: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let behind = |head: &[u8]| [head, script].concat();
    let line = |head: &[u8]| [head, b"\n", script].concat();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(script.iter().flat_map(|&b| [b, 0])).collect();
    vec![
        ("box ftyp", [ftyp(), script.to_vec()].concat()),
        ("box free", [bx(b"free", &[]), script.to_vec()].concat()),
        ("box moov", [ftyp(), bx(b"moov", script)].concat()),
        ("box mdat", [ftyp(), bx(b"mdat", script), bx(b"moov", &[])].concat()),
        ("tail of a film", [Film::default().bytes(), script.to_vec()].concat()),
        ("name in a film", Film { in_moov: bx(b"udta", &bx(b"url ", script)), ..Film::default() }.bytes()),
        ("Matroska", line(&[0x1a, 0x45, 0xdf, 0xa3])),
        ("Ogg", line(b"OggS")),
        ("FLAC", line(b"fLaC")),
        ("WAV", behind(b"RIFF\xff\xff\0\0WAVE")),
        ("MP3", line(b"ID3\x04\0\0\0\0\0\x01")),
        ("MP3 frame", line(&[0xff, 0xfb, 0x90, 0x00])),
        ("JPEG", line(&[0xff, 0xd8, 0xff, 0xd9])),
        ("PNG", line(b"\x89PNG\r\n\x1a\n")),
        ("WebP", behind(b"RIFF\xff\xff\0\0WEBP")),
        ("text with a byte order mark", behind(b"\xef\xbb\xbf")),
        ("UTF-16", utf16),
        ("zeros", behind(&[0; 16])),
        ("spaces", behind(b"  \r\n\t\n")),
        ("AVI", behind(b"RIFF\xff\xff\0\0AVI LIST")),
        ("GIF", line(b"GIF89a")),
    ]
}
