//! Which container the bytes are, decided here and not by a decoder's guess.
//!
//! Refuses everything it does not know: playlists, concat scripts and subtitles would otherwise be a way to make a
//! demuxer open other files. The demuxer is forced from the answer.

use crate::error::MediaError;

/// A container that may be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// MP4, MOV, M4V, M4A, 3GP.
    Mov,
    /// Matroska and WebM.
    Matroska,
    /// Ogg.
    Ogg,
    /// WAV.
    Wav,
    /// FLAC.
    Flac,
    /// MP3.
    Mp3,
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// WebP picture.
    Webp,
}

impl Container {
    /// Name of ffmpeg's demuxer.
    pub(crate) const fn demuxer(self) -> &'static str {
        match self {
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Jpeg => "jpeg_pipe",
            Self::Png => "png_pipe",
            Self::Webp => "webp_pipe",
        }
    }

    /// Whether it is a still picture.
    #[must_use]
    pub const fn is_still(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}

const CONVERT: &str = "send the clip as the phone recorded it, or export it as MP4";
const RECORD: &str = "record a clip or choose one from the camera roll";

const fn refused(what: &'static str, advice: &'static str) -> MediaError {
    MediaError::Unsupported { what, advice }
}

/// Names the container of `bytes`.
///
/// # Errors
/// Everything that is not in [`Container`], in words where the kind is known.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Container, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    match bytes {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Ok(Container::Matroska),
        [b'O', b'g', b'g', b'S', ..] => Ok(Container::Ogg),
        [b'f', b'L', b'a', b'C', ..] => Ok(Container::Flac),
        [0xff, 0xd8, 0xff, ..] => Ok(Container::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Container::Png),
        [b'I', b'D', b'3', ..] => Ok(Container::Mp3),
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Ok(Container::Mp3),
        [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..] => riff(kind),
        [b'G', b'I', b'F', b'8', ..] => Err(refused("a GIF, a picture without sound", RECORD)),
        [b'F', b'L', b'V', ..] => Err(refused("a Flash video (FLV)", CONVERT)),
        [0x30, 0x26, 0xb2, 0x75, ..] => Err(refused("a Windows Media file", CONVERT)),
        [0, 0, 1, 0xba | 0xb3, ..] => Err(refused("an MPEG program stream", CONVERT)),
        _ if is_transport_stream(bytes) => Err(refused("a camcorder file (MTS, M2TS or TS)", CONVERT)),
        [_, _, _, _, kind @ ..] if is_box(kind) => mov(bytes),
        _ if is_text(bytes) => Err(refused("a text file, not a video", RECORD)),
        _ => Err(MediaError::Unknown),
    }
}

fn riff(kind: &[u8]) -> Result<Container, MediaError> {
    match kind {
        [b'W', b'E', b'B', b'P', ..] => Ok(Container::Webp),
        [b'W', b'A', b'V', b'E', ..] => Ok(Container::Wav),
        [b'A', b'V', b'I', ..] => Err(refused("an AVI file", CONVERT)),
        _ => Err(MediaError::Unknown),
    }
}

/// A sync byte 0x47 every 188 bytes (TS), or every 192 with four bytes of time before each (M2TS).
fn is_transport_stream(bytes: &[u8]) -> bool {
    [(0, 188), (4, 192)].iter().any(|&(first, step)| {
        let mut syncs = bytes.iter().skip(first).step_by(step).take(3);
        bytes.len() > first + step && syncs.all(|&b| b == 0x47)
    })
}

/// Boxes that phones and editors put first.
fn is_box(kind: &[u8]) -> bool {
    [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|name| kind.starts_with(*name))
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    let text = String::from_utf8_lossy(head);
    // The cut at 512 may split a character; everything before it must be text.
    text.chars().rev().skip(1).all(|c| c != char::REPLACEMENT_CHARACTER && (!c.is_control() || c.is_whitespace()))
}

fn mov(bytes: &[u8]) -> Result<Container, MediaError> {
    let brand = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp"));
    if let Some(b"avif" | b"avis" | b"heic" | b"heix" | b"mif1" | b"msf1") = brand {
        return Err(refused("a photo (HEIC or AVIF)", "record a clip, or send the photo as JPEG"));
    }
    if has_index(bytes) { Ok(Container::Mov) } else { Err(MediaError::CutShort) }
}

/// Walks the top-level boxes looking for `moov`.
fn has_index(bytes: &[u8]) -> bool {
    let mut at = 0usize;
    while let Some(head) = bytes.get(at..at.saturating_add(8)) {
        if &head[4..8] == b"moov" {
            return true;
        }
        let size = match u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]])) {
            0 => return false, // "to the end of the file"
            1 => match bytes.get(at + 8..at + 16).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
                Some(long) => u64::from_be_bytes(long),
                None => return false,
            },
            size => size,
        };
        let Some(next) = usize::try_from(size).ok().filter(|s| *s >= 8).and_then(|s| at.checked_add(s)) else {
            return false;
        };
        at = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::Coded as _;

    #[test]
    fn kinds_that_are_not_clips_are_named() {
        let ts: Vec<u8> = (0..600).map(|i| if i % 188 == 0 { 0x47 } else { 0 }).collect();
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"#EXTM3U\nfile:///etc/passwd\n", "text"),
            (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "text"),
            ("سلام".as_bytes(), "text"),
            (b"GIF89a....", "GIF"),
            (b"RIFF\0\0\0\0AVI LIST", "AVI"),
            (b"\0\0\0\x1cftypavif\0\0\0\0", "photo"),
            (b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat", "cut short"),
            (&ts, "camcorder"),
            (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "not a video"),
        ] {
            let error = sniff(bytes).unwrap_err();
            assert!(error.to_string().contains(word), "{word}: {error}");
            assert!(error.code().starts_with("media-"));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_named_or_refused(bytes: Vec<u8>, boxed: bool) {
            let bytes = if boxed { [&b"\0\0\0\x09moo"[..], &bytes].concat() } else { bytes };
            let _ = sniff(&bytes);
        }
    }
}
