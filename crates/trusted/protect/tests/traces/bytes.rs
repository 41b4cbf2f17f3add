//! Looking for values in the bytes of a file.

use std::collections::HashMap;
use std::path::Path;

use super::Planted;
use super::forms::LEAST;

/// Signatures of programs that make media, and names of tracks and messages in which devices write about themselves.
const SIGNATURES: [&str; 16] = [
    "Lavf",
    "Lavc",
    "x264 - core",
    "x264",
    "x265 (build",
    "GPAC",
    "Apple",
    "com.apple",
    "com.android",
    "GoPro",
    "DVNM",
    "GPS5",
    "GPSU",
    "MDPM",
    "detected-face",
    "xpacket",
];

/// A file that was made of a source.
pub(crate) struct Output {
    bytes: Vec<u8>,
    /// Where coded picture and sound lie: short numbers are found there by chance, so only longer ones are looked for.
    media: Vec<(usize, usize)>,
}

/// A form this long isn't found by chance in a file of a few megabytes.
const CERTAIN: usize = 6;

impl Output {
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let media = if path.extension().is_some_and(|e| e == "jpg" || e == "bin") {
            vec![(0, bytes.len())]
        } else {
            media(&bytes)
        };
        Ok(Self { bytes, media })
    }

    /// What of `planted` stands in it, and which programs or devices signed it.
    pub(crate) fn holds(&self, planted: &[Planted]) -> Vec<String> {
        let values = planted.iter().filter(|p| !GENERIC.contains(&p.value.as_str()));
        let values = values.map(|p| (format!("{} {:?}", p.tag, p.value), p.forms.clone()));
        let signatures = SIGNATURES.iter().map(|s| (format!("the signature {s:?}"), vec![s.as_bytes().to_vec()]));
        let (names, forms): (Vec<_>, Vec<_>) = values.chain(signatures).unzip();
        // By its first bytes, since there are thousands of forms.
        let mut wanted: HashMap<&[u8], Vec<(usize, &[u8])>> = HashMap::new();
        for (of, forms) in forms.iter().enumerate() {
            forms.iter().for_each(|form| wanted.entry(&form[..LEAST]).or_default().push((of, form)));
        }
        let mut found = vec![false; names.len()];
        for (at, head) in self.bytes.windows(LEAST).enumerate() {
            for &(of, form) in wanted.get(head).into_iter().flatten() {
                let in_media = || self.media.iter().any(|&(start, end)| at >= start && at < end);
                found[of] |= self.bytes[at..].starts_with(form) && (form.len() >= CERTAIN || !in_media());
            }
        }
        names.into_iter().zip(found).filter_map(|(name, found)| found.then_some(name)).collect()
    }
}

/// Names that every file of a kind has.
const GENERIC: [&str; 12] = [
    "VideoHandler",
    "SoundHandler",
    "mp4a",
    "avc1",
    "hvc1",
    "H.264",
    "isom",
    "mp42",
    "English",
    "Data",
    "vide",
    "soun",
];

/// The contents of `mdat` boxes; of any other file, all of it but its first and last 16 KiB.
fn media(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 8) {
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize {
            0 => bytes.len() - at,
            1 => bytes.get(at + 8..at + 16).map_or(0, |b| b.iter().fold(0, |sum, v| sum << 8 | usize::from(*v))),
            size => size,
        };
        if size < 8 || !head[4..].iter().all(u8::is_ascii_alphanumeric) {
            break;
        }
        if &head[4..] == b"mdat" {
            found.push((at + 8, at.saturating_add(size)));
        }
        at = at.saturating_add(size);
    }
    if found.is_empty() && bytes.len() > 32_768 {
        found.push((16_384, bytes.len() - 16_384));
    }
    found
}
