//! A fingerprint and its bytes. Version 1, big endian:
//!
//! ```text
//! "hmsdprn1"
//! 4 bytes     the part that moves: left, top, right, bottom, of 255
//! 4 bytes     the picture laid into the picture, all of it where there is none
//! u8          moments, at most 10, each: u16 tenth of a second, 11 hashes of 32 bytes
//! u16 u16     strength of the motion, steps (at most 300), each 32 bytes: 64 values of 4 bits, plus 8
//! u16         sounds, at most 800, 4 bytes each
//! ```
//!
//! It holds a rough picture of a person and of what they did: it is sealed wherever it is stored, and never published.

use crate::motion::{CELLS, MOST_STEPS, Motion};
use crate::pdq::Hash;
use crate::small::Rect;
use crate::sound::MOST_SOUNDS;

const MAGIC: &[u8; 8] = b"hmsdprn1";

/// Most bytes of a fingerprint.
pub const MAX_BYTES: usize = 16 * 1024;

/// What of a picture is hashed: share of its sides, and where in the free space. Then the part that moves, then the
/// picture in a mirror.
pub(crate) const VIEWS: [(f32, f32, f32); 7] = [
    (1.0, 0.0, 0.0),
    (0.9, 0.5, 0.5),
    (0.8, 0.5, 0.5),
    (0.8, 0.0, 0.0),
    (0.8, 1.0, 0.0),
    (0.8, 0.0, 1.0),
    (0.8, 1.0, 1.0),
];
/// Which hash is of the part that moves.
pub(crate) const ACTIVE: usize = VIEWS.len();
/// Which hash is of the heart of that part.
pub(crate) const HEART: usize = VIEWS.len() + 1;
/// Which hash is of the picture laid into the picture; zeros where there is none.
pub(crate) const INSET: usize = VIEWS.len() + 2;
/// Which hash is of the mirrored picture.
pub(crate) const MIRRORED: usize = VIEWS.len() + 3;
/// Hashes of a moment.
pub(crate) const HASHES: usize = VIEWS.len() + 4;

/// A key moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When, tenths of a second.
    pub(crate) step: u16,
    pub(crate) views: [Hash; HASHES],
}

/// A rectangle in 255ths of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) [u8; 4]);

impl Span {
    pub(crate) fn of(rect: Rect) -> Self {
        Self([rect.left, rect.top, rect.right, rect.bottom].map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8))
    }

    /// The whole picture.
    pub(crate) const ALL: Self = Self([0, 0, 255, 255]);

    fn is_sane(self) -> bool {
        self.0[0] < self.0[2] && self.0[1] < self.0[3]
    }

    pub(crate) fn rect(self) -> Rect {
        let [left, top, right, bottom] = self.0.map(|v| f32::from(v) / 255.0);
        Rect { left, top, right, bottom }
    }
}

/// What a clip looks and sounds like, roughly. Not for logs: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub(crate) active: Span,
    pub(crate) inset: Span,
    pub(crate) moments: Vec<Moment>,
    pub(crate) motion: Motion,
    pub(crate) sounds: Vec<u32>,
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

/// Bytes that are no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no fingerprint of this version; prepare the message again")]
pub struct ParseError;

impl Fingerprint {
    /// Its bytes, at most [`MAX_BYTES`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.active.0);
        out.extend(self.inset.0);
        out.push(self.moments.len() as u8);
        for moment in &self.moments {
            out.extend(moment.step.to_be_bytes());
            out.extend(moment.views.iter().flat_map(|hash| hash.to_bytes()));
        }
        out.extend(self.motion.strength.to_be_bytes());
        out.extend((self.motion.steps.len() as u16).to_be_bytes());
        for step in &self.motion.steps {
            out.extend(step.chunks_exact(2).map(|pair| ((pair[0] + 8) as u8) << 4 | (pair[1] + 8) as u8));
        }
        out.extend((self.sounds.len() as u16).to_be_bytes());
        out.extend(self.sounds.iter().flat_map(|sound| sound.to_be_bytes()));
        out
    }

    /// From its bytes.
    ///
    /// # Errors
    /// [`ParseError`] for anything that [`Fingerprint::to_bytes`] does not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(ParseError)?;
        let rest = &mut rest;
        let (active, inset) = (Span(take(rest)?), Span(take(rest)?));
        let [moments] = take(rest)?;
        if !active.is_sane() || !inset.is_sane() || usize::from(moments) > crate::moments::MOST_MOMENTS {
            return Err(ParseError);
        }
        let moments = (0..moments).map(|_| moment(rest)).collect::<Result<_, _>>()?;
        let strength = u16::from_be_bytes(take(rest)?);
        let count = u16::from_be_bytes(take(rest)?);
        if usize::from(count) > MOST_STEPS {
            return Err(ParseError);
        }
        let steps = (0..count).map(|_| step(rest)).collect::<Result<_, _>>()?;
        let count = u16::from_be_bytes(take(rest)?);
        if usize::from(count) > MOST_SOUNDS || rest.len() != usize::from(count) * 4 {
            return Err(ParseError);
        }
        let sounds = (0..count).map(|_| Ok(u32::from_be_bytes(take(rest)?))).collect::<Result<_, _>>()?;
        Ok(Self { active, inset, moments, motion: Motion { strength, steps }, sounds })
    }
}

fn moment(rest: &mut &[u8]) -> Result<Moment, ParseError> {
    let step = u16::from_be_bytes(take(rest)?);
    let mut views = [Hash::default(); HASHES];
    for view in &mut views {
        *view = Hash::from_bytes(take(rest)?);
    }
    Ok(Moment { step, views })
}

fn step(rest: &mut &[u8]) -> Result<[i8; CELLS], ParseError> {
    let packed: [u8; CELLS / 2] = take(rest)?;
    let mut cells = [0; CELLS];
    for (pair, byte) in cells.chunks_exact_mut(2).zip(packed) {
        pair[0] = (byte >> 4) as i8 - 8;
        pair[1] = (byte & 15) as i8 - 8;
    }
    // Minus eight is never written.
    if cells.contains(&-8) { Err(ParseError) } else { Ok(cells) }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ParseError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(ParseError)?;
    *rest = tail;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_fingerprint_is_within_its_bound() {
        let moment = Moment { step: 9, views: [Hash([1, 2, 3, u64::MAX]); HASHES] };
        let print = Fingerprint {
            active: Span::ALL,
            inset: Span::ALL,
            moments: vec![moment; crate::moments::MOST_MOMENTS],
            motion: Motion { strength: 77, steps: vec![[-7; CELLS]; MOST_STEPS] },
            sounds: vec![5; MOST_SOUNDS],
        };
        let bytes = print.to_bytes();
        assert!(bytes.len() <= MAX_BYTES, "{}", bytes.len());
        assert_eq!(Fingerprint::parse(&bytes), Ok(print));
    }
}
