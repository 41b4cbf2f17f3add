//! H.264 as the encoder writes it (ITU-T H.264, annex B): start codes between NAL units.
//!
//! Refuses: a stream that doesn't begin with parameter sets and an IDR picture, and one whose parameter sets change.

use std::ops::Range;

use crate::FilmError;

const IDR: u8 = 5;
const SEI: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;

/// One picture: its slices, as ranges of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    slices: Vec<Range<usize>>,
    /// Whether decoding can begin here.
    pub(crate) sync: bool,
}

impl Frame {
    /// Bytes of the sample in an MP4: each slice with a length of 4 bytes before it.
    pub(crate) fn sample_bytes(&self) -> usize {
        self.slices.iter().map(|s| s.len() + 4).sum()
    }
}

/// A parsed stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AnnexB {
    data: Vec<u8>,
    /// Sequence parameter set.
    pub(crate) sps: Vec<u8>,
    /// Picture parameter set.
    pub(crate) pps: Vec<u8>,
    /// Pictures; decoding order is display order, for no B frames are made.
    pub(crate) frames: Vec<Frame>,
}

impl AnnexB {
    /// Parses a whole stream. SEI and delimiters are left out: they carry the encoder's name and nothing a player needs.
    pub(crate) fn parse(data: Vec<u8>) -> Result<Self, FilmError> {
        let (mut sps, mut pps): (Option<Range<usize>>, Option<Range<usize>>) = (None, None);
        let mut frames: Vec<Frame> = Vec::new();
        for nal in nal_units(&data) {
            match data[nal.start] & 0x1f {
                SPS => keep(&mut sps, nal, &data)?,
                PPS => keep(&mut pps, nal, &data)?,
                SEI | DELIMITER => {}
                kind @ (1 | IDR) => {
                    // first_mb_in_slice is Exp-Golomb: a leading 1 bit is macroblock 0, the first slice of a picture.
                    let first = data.get(nal.start + 1).is_some_and(|b| b & 0x80 != 0);
                    match frames.last_mut() {
                        Some(frame) if !first => frame.slices.push(nal),
                        _ => frames.push(Frame { slices: vec![nal], sync: kind == IDR }),
                    }
                }
                other => return Err(FilmError::stream(format!("unexpected NAL unit of type {other}"))),
            }
        }
        let (Some(sps), Some(pps)) = (sps, pps) else {
            return Err(FilmError::stream("no parameter sets"));
        };
        if !frames.first().is_some_and(|f| f.sync) {
            return Err(FilmError::stream("the first picture is not an IDR picture"));
        }
        Ok(Self { sps: data[sps].to_vec(), pps: data[pps].to_vec(), frames, data })
    }

    /// Appends the MP4 sample of `frame`.
    pub(crate) fn write_sample(&self, frame: &Frame, out: &mut Vec<u8>) {
        for slice in &frame.slices {
            out.extend(u32::try_from(slice.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend(&self.data[slice.clone()]);
        }
    }
}

/// Keeps a parameter set, or checks that a repeated one is the same.
fn keep(slot: &mut Option<Range<usize>>, nal: Range<usize>, data: &[u8]) -> Result<(), FilmError> {
    match slot {
        Some(old) if data[old.clone()] != data[nal.clone()] => {
            Err(FilmError::stream("parameter sets change within a clip"))
        }
        _ => {
            *slot = Some(nal);
            Ok(())
        }
    }
}

/// Ranges of the non-empty NAL units between start codes.
fn nal_units(data: &[u8]) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut i = 0;
    while let Some(found) = data.get(i..).and_then(|rest| rest.windows(3).position(|w| w == [0, 0, 1])) {
        starts.push(i + found);
        i += found + 3;
    }
    let ends = starts.iter().skip(1).copied().chain([data.len()]);
    let unit = |(start, end): (usize, usize)| {
        let start = start + 3;
        // The zero before a 4-byte start code, and trailing zeros, belong to no unit.
        let length = data[start..end].iter().rposition(|&b| b != 0)?;
        Some(start..start + length + 1)
    };
    starts.iter().copied().zip(ends).filter_map(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(units: &[&[u8]]) -> Vec<u8> {
        units.iter().flat_map(|u| [&[0, 0, 0, 1], *u].concat()).collect()
    }

    #[test]
    fn pictures_are_told_apart_by_their_first_slice() {
        let data =
            stream(&[&[0x67, 1, 2, 3], &[0x68, 9], &[0x06, 5], &[0x65, 0x88, 7], &[0x65, 0x40, 7], &[0x41, 0x9a]]);
        let parsed = AnnexB::parse(data).unwrap();
        assert_eq!((parsed.sps.as_slice(), parsed.pps.as_slice()), (&[0x67, 1, 2, 3][..], &[0x68, 9][..]));
        assert_eq!(parsed.frames.iter().map(|f| (f.slices.len(), f.sync)).collect::<Vec<_>>(), [(2, true), (1, false)]);
        let mut sample = Vec::new();
        parsed.write_sample(&parsed.frames[0], &mut sample);
        assert_eq!(sample, [0, 0, 0, 3, 0x65, 0x88, 7, 0, 0, 0, 3, 0x65, 0x40, 7]);
        assert_eq!(sample.len(), parsed.frames[0].sample_bytes());
    }

    #[test]
    fn a_stream_that_can_not_be_joined_is_refused() {
        assert!(AnnexB::parse(Vec::new()).is_err());
        assert!(AnnexB::parse(stream(&[&[0x67, 1], &[0x68, 9], &[0x41, 0x9a]])).is_err());
        assert!(AnnexB::parse(stream(&[&[0x67, 1], &[0x68, 9], &[0x65, 0x88], &[0x67, 2]])).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(0u8..3, 0..200)) {
            let _ = AnnexB::parse(bytes);
        }
    }
}
