//! Layers: a patch and when it is seen.

use crate::draw::patch::{Patch, Sight};
use crate::picture::Picture;

/// When a layer is seen, in frames of its segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ramp {
    /// First frame of its rise.
    pub(crate) at: u32,
    /// Frames it takes to rise; 0 stands there at once.
    pub(crate) rise: u32,
    /// First frame of its fall and the frames that takes; `None` stays to the end.
    pub(crate) fall: Option<(u32, u32)>,
}

impl Ramp {
    /// There from the first frame to the last.
    pub(crate) const ALWAYS: Self = Self { at: 0, rise: 0, fall: None };

    /// Rises and stays.
    pub(crate) const fn from(at: u32, rise: u32) -> Self {
        Self { at, rise, fall: None }
    }

    /// How much of it is there on `frame`, 0 to 1, eased.
    pub(crate) fn share(self, frame: u32) -> f32 {
        let step = |from: u32, length: u32| {
            // The first frame of a ramp already shows a part of it, the last one all.
            let done = (frame + 1).saturating_sub(from) as f32 / (length.max(1)) as f32;
            if length == 0 { f32::from(u8::from(frame >= from)) } else { ease(done.clamp(0.0, 1.0)) }
        };
        let down = self.fall.map_or(0.0, |(from, length)| step(from, length));
        step(self.at, self.rise) * (1.0 - down)
    }
}

/// Slow at both ends: 3t² − 2t³.
pub(crate) fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A drawing in time.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// The drawing.
    pub(crate) patch: Patch,
    /// When.
    pub(crate) ramp: Ramp,
    /// Where it comes from while it rises, pixels away from its place.
    pub(crate) slide: (i32, i32),
    /// Frames over which it is uncovered from left to right (`true`) or right to left.
    pub(crate) sweep: Option<(u32, u32, bool)>,
}

impl Layer {
    /// A layer that stays in its place.
    pub(crate) const fn still(patch: Patch, ramp: Ramp) -> Self {
        Self { patch, ramp, slide: (0, 0), sweep: None }
    }

    /// Draws it as `frame` of its segment has it.
    pub(crate) fn blend(&self, picture: &mut Picture, frame: u32) {
        let share = self.ramp.share(frame);
        let rest = 1.0
            - ease(((frame + 1).saturating_sub(self.ramp.at) as f32 / self.ramp.rise.max(1) as f32).clamp(0.0, 1.0));
        let shift = ((self.slide.0 as f32 * rest).round() as i32, (self.slide.1 as f32 * rest).round() as i32);
        let columns = self.sweep.map(|(from, to, left_to_right)| {
            let done = (frame.saturating_sub(from) as f32 / (to - from).max(1) as f32).clamp(0.0, 1.0);
            let seen = (self.patch.width() as f32 * done).round() as i32;
            if left_to_right { (0, seen) } else { (self.patch.width() - seen, self.patch.width()) }
        });
        self.patch.blend(picture, Sight { alpha: (share * 256.0).round() as u16, shift, columns });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_rises_holds_and_falls() {
        let ramp = Ramp { at: 10, rise: 12, fall: Some((142, 9)) };
        let shares: Vec<_> = (0..160).map(|f| ramp.share(f)).collect();
        assert_eq!(shares[8], 0.0);
        assert!(shares[10..22].windows(2).all(|w| w[0] < w[1]));
        assert!(shares[22..141].iter().all(|&s| s == 1.0));
        assert!(shares[142..150].windows(2).all(|w| w[0] > w[1]));
        assert_eq!(shares[151], 0.0);
        assert_eq!(Ramp::ALWAYS.share(0), 1.0);
    }
}
