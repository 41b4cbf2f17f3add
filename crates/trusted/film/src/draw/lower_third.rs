//! The plate with a speaker's name, place and language.

use hamseda_core::lattice::FPS;
use hamseda_programme::Caption;

use crate::draw::cards::Desk;
use crate::draw::layer::{Layer, Ramp};
use crate::draw::page::{H, SAFE_X, W};
use crate::draw::text::{REGULAR, SEMIBOLD, Style, Words};

/// Frames before it comes: the eye first meets the face.
const BEFORE: u32 = FPS * 3 / 10;
/// 0.4 s.
const RISE: u32 = FPS * 4 / 10;
/// 4 s.
const HOLD: u32 = FPS * 4;
/// 0.3 s.
const FALL: u32 = FPS * 3 / 10;
/// Distance of the plate from the bottom.
const BOTTOM: f32 = 48.0;
const RULE: f32 = 6.0;
const PAD_X: f32 = 22.0;
const PAD_Y: f32 = 13.0;

/// When the plate is seen in a clip of `frames` whose picture begins at frame `start`. In a short clip it stays to the end.
pub(crate) fn ramp(start: u32, frames: u32) -> Ramp {
    let at = start + BEFORE;
    let fall = at + RISE + HOLD;
    Ramp { at, rise: RISE, fall: (fall + FALL <= frames).then_some((fall, FALL)) }
}

impl Desk<'_> {
    /// The lower third of `caption`; none where it says nothing.
    pub(crate) fn lower_third(&mut self, caption: &Caption, ramp: Ramp) -> Option<Layer> {
        let room = W - 2.0 * SAFE_X - RULE - 2.0 * PAD_X;
        let white = self.palette.white;
        let name = caption
            .name
            .as_ref()
            .map(|name| self.setter.fit(&Words::name(name), Style::new(38.0, 1.34, SEMIBOLD, white), 26.0, room, 2));
        let words = Words::joined(self.lang, &caption.detail, " · ");
        let style = Style { alpha: 204, ..Style::new(26.0, 1.42, REGULAR, white) };
        let detail = (!words.is_empty()).then(|| self.setter.fit(&words, style, 20.0, room, 2));
        let sets: Vec<_> = name.iter().chain(&detail).collect();
        if sets.is_empty() {
            return None;
        }
        let width = sets.iter().map(|s| s.width).fold(0.0, f32::max).ceil() + 2.0 * PAD_X;
        let height = sets.iter().map(|s| s.height).sum::<f32>() + 2.0 * PAD_Y;
        let top = H - BOTTOM - height;
        let palette = self.palette;
        let layers = self.stack(|desk, page| {
            page.rect(SAFE_X + RULE, top, width, height, palette.ink, 224); // 88 %
            page.rect(SAFE_X, top, RULE, height, palette.accent, 255);
            let mut y = top + PAD_Y;
            for set in sets {
                page.text(desk.setter, set, SAFE_X + RULE + PAD_X, y);
                y += set.height;
            }
            let slide = (page.towards_end(-24), 0);
            page.lift(ramp).map(|layer| Layer { slide, ..layer }).into_iter().collect()
        });
        layers.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plate_comes_holds_four_seconds_and_goes() {
        let ramp = ramp(0, 180);
        assert_eq!((ramp.at, ramp.rise, ramp.fall), (9, 12, Some((141, 9))));
        let seen = (0..180).filter(|&f| ramp.share(f) >= 1.0).count();
        assert_eq!(seen, 121);
    }

    #[test]
    fn in_a_short_clip_it_stays_to_the_end() {
        assert!(ramp(0, 96).share(95) >= 1.0);
    }
}
