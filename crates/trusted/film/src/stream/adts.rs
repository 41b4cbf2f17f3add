//! AAC as the encoder writes it (ISO/IEC 13818-7, ADTS): a 7-byte header before each frame of 1,024 samples.
//!
//! Refuses: anything but AAC-LC, 48 kHz, stereo.

use std::ops::Range;

use crate::FilmError;

/// AAC-LC, 48 kHz, two channels, as an MP4 names it (ISO/IEC 14496-3, AudioSpecificConfig).
pub(crate) const CONFIG: [u8; 2] = [0x11, 0x90];
const HEADER: usize = 7;

/// A parsed stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AdtsFrames {
    data: Vec<u8>,
    /// Payload of each frame.
    pub(crate) frames: Vec<Range<usize>>,
}

impl AdtsFrames {
    /// Parses a whole stream.
    pub(crate) fn parse(data: Vec<u8>) -> Result<Self, FilmError> {
        let mut frames = Vec::new();
        let mut at = 0;
        while at < data.len() {
            let head = data.get(at..at + HEADER).ok_or_else(|| FilmError::stream("an ADTS header is cut short"))?;
            // Sync word, layer 0, no checksum; then LC (1), 48 kHz (3), two channels.
            let fixed = head[0] == 0xff && head[1] & 0xf7 == 0xf1;
            let kind = (head[2] >> 6, head[2] >> 2 & 0xf, (head[2] & 1) << 2 | head[3] >> 6);
            if !fixed || kind != (1, 3, 2) {
                return Err(FilmError::stream("sound is not AAC-LC, 48 kHz, stereo"));
            }
            let length = usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
            if length <= HEADER || at + length > data.len() || head[6] & 3 != 0 {
                return Err(FilmError::stream("an ADTS frame has an impossible length"));
            }
            frames.push(at + HEADER..at + length);
            at += length;
        }
        Ok(Self { data, frames })
    }

    /// Payload of `frame`.
    pub(crate) fn payload(&self, frame: &Range<usize>) -> &[u8] {
        &self.data[frame.clone()]
    }

    /// The frames `keep`, headers included, as a stream again.
    pub(crate) fn write(&self, keep: Range<usize>) -> Vec<u8> {
        let frames = self.frames.get(keep).unwrap_or_default();
        frames.iter().flat_map(|f| &self.data[f.start - HEADER..f.end]).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(payload: &[u8]) -> Vec<u8> {
        let length = payload.len() + HEADER;
        let head = [
            0xff,
            0xf1,
            1 << 6 | 3 << 2,
            2 << 6 | (length >> 11) as u8,
            (length >> 3) as u8,
            (length << 5) as u8 | 0x1f,
            0xfc,
        ];
        [&head, payload].concat()
    }

    proptest::proptest! {
        #[test]
        fn frames_are_found_and_written_again(payloads in proptest::collection::vec(proptest::collection::vec(0u8.., 1..50), 1..9)) {
            let stream: Vec<u8> = payloads.iter().flat_map(|p| frame(p)).collect();
            let parsed = AdtsFrames::parse(stream.clone()).unwrap();
            let found: Vec<_> = parsed.frames.iter().map(|f| parsed.payload(f).to_vec()).collect();
            proptest::prop_assert_eq!(found, payloads);
            proptest::prop_assert_eq!(parsed.write(0..parsed.frames.len()), stream);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = AdtsFrames::parse(bytes);
        }
    }
}
