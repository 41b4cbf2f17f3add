//! The pull-back: from one speaker to all tiles. Zoom is eased on a logarithm, for that is how size is seen.

use crate::draw::layer::ease;
use crate::wall::layout::Area;

/// What the camera sees on one frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// The seen part of the wall, in wall pixels; its shape is the film's.
    pub(crate) area: Area,
    /// 0 while the focus still fills the frame, 1 when it has become a tile like others.
    pub(crate) settled: f32,
}

/// A path from `focus` to the whole wall of `width` × `height`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Camera {
    pub(crate) focus: Area,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// The part of the zoom in which the focus narrows from the film's shape to a tile's.
const SETTLE: f32 = 0.3;

impl Camera {
    /// The view at `time`, 0 to 1.
    pub(crate) fn view(&self, time: f32) -> View {
        let eased = ease(time.clamp(0.0, 1.0));
        let first = self.focus.h * self.width / self.height;
        let seen = first * (self.width / first).powf(eased);
        // The middle moves with the width, so that one point of the wall stands still on the screen.
        // One row of tiles is seen at its full height at once: then there is only a pan.
        let moved = if self.width - first > 1.0 { (seen - first) / (self.width - first) } else { eased };
        let (x, y) = self.focus.centre();
        let (x, y) = (x + (self.width / 2.0 - x) * moved, y + (self.height / 2.0 - y) * moved);
        let (w, h) = (seen, seen * self.height / self.width);
        View { area: Area { x: x - w / 2.0, y: y - h / 2.0, w, h }, settled: ease((eased / SETTLE).min(1.0)) }
    }

    /// The focus on the wall while it settles: the film's shape at first, its own at last.
    pub(crate) fn focus_area(&self, settled: f32) -> Area {
        let first = self.focus.h * self.width / self.height;
        let w = first + (self.focus.w - first) * settled;
        Area { x: self.focus.centre().0 - w / 2.0, w, ..self.focus }
    }
}

impl View {
    /// Where `area` of the wall is on a screen `width` wide. `None` when it is not seen.
    pub(crate) fn on_screen(&self, area: Area, width: f32) -> Option<Area> {
        let scale = width / self.area.w;
        let moved = Area { x: area.x - self.area.x, y: area.y - self.area.y, ..area };
        let seen = moved.x < self.area.w && moved.y < self.area.h && moved.x + area.w > 0.0 && moved.y + area.h > 0.0;
        seen.then(|| moved.scaled(scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_begins_with_the_focus_and_ends_with_the_wall(count in 1usize..5000, pick in 0usize..5000) {
            let areas = crate::wall::layout::grid(count, 1280.0, 720.0);
            let camera = Camera { focus: areas[pick % count], width: 1280.0, height: 720.0 };
            let first = camera.view(0.0);
            let focus = first.on_screen(camera.focus_area(first.settled), 1280.0).unwrap();
            proptest::prop_assert!(focus.x.abs() < 0.6 && (focus.w - 1280.0).abs() < 0.6, "{:?}", focus);
            let last = camera.view(1.0);
            proptest::prop_assert!(last.area.x.abs() < 0.1 && (last.area.w - 1280.0).abs() < 0.1, "{:?}", last);
            let widths: Vec<_> = (0..=100).map(|t| camera.view(t as f32 / 100.0).area.w).collect();
            proptest::prop_assert!(widths.windows(2).all(|w| w[1] >= w[0] - 0.01));
        }
    }
}
