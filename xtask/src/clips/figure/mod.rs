//! A drawn person: head and shoulders that breathe, blink, look about and speak.
//!
//! Everything is in face units: the origin lies between the eyes, the chin at y = 1, the crown at y = -1.
//! Refuses: likeness. Nobody here is anybody.

mod body;
mod hair;
mod head;
mod look;
mod pose;

pub(crate) use look::Look;
pub(crate) use pose::{Life, Pose};

use super::draw::{Affine, Canvas, Path, Point, Rgb, pt};

/// The light of a place: what it does to every colour, and the side it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Light {
    /// Multiplies every colour.
    pub(crate) tint: Rgb,
    /// Colour of the bright rim.
    pub(crate) rim: Rgb,
    /// -1 from the left, 1 from the right.
    pub(crate) side: f32,
}

/// A brush that knows where the person stands and in which light.
pub(crate) struct Brush<'a> {
    canvas: &'a mut Canvas,
    place: Affine,
    light: Light,
}

impl Brush<'_> {
    fn lit(&self, colour: Rgb) -> Rgb {
        colour.lit(self.light.tint)
    }

    /// Fills with one lit colour.
    fn flat(&mut self, path: &Path, colour: Rgb) {
        self.tone(path, colour, 1.0);
    }

    /// Fills with one lit, partly transparent colour.
    fn tone(&mut self, path: &Path, colour: Rgb, alpha: f32) {
        let paint = super::draw::Paint::Flat(self.lit(colour), alpha);
        self.canvas.fill(path, &self.place, paint);
    }

    /// Fills with a lit gradient.
    fn blend(&mut self, path: &Path, from: Point, to: Point, start: Rgb, end: Rgb) {
        let paint = super::draw::Paint::blend(from, to, self.lit(start), self.lit(end));
        self.canvas.fill(path, &self.place, paint);
    }

    /// A soft spot within `mask`.
    fn glow(&mut self, mask: &super::draw::Coverage, centre: Point, radii: Point, colour: Rgb, alpha: f32) {
        let spot = Path::ellipse(centre, radii);
        let paint = super::draw::Paint::glow(centre, radii, self.lit(colour), alpha);
        self.canvas.fill_within(mask, &spot, &self.place, paint);
    }

    /// A flat shape within `mask`.
    fn within(&mut self, mask: &super::draw::Coverage, path: &Path, colour: Rgb, alpha: f32) {
        let paint = super::draw::Paint::Flat(self.lit(colour), alpha);
        self.canvas.fill_within(mask, path, &self.place, paint);
    }

    fn mask(&self, path: &Path) -> super::draw::Coverage {
        self.canvas.mask(path, &self.place)
    }

    /// A bright edge on the side the light comes from: the shape, a little towards the light, before the shape itself.
    fn rim(&mut self, path: &Path, alpha: f32) {
        let shift = Affine::place(1.0, 0.028 * self.light.side, -0.012);
        let place = self.place.then_inside(&shift);
        self.canvas.fill(path, &place, super::draw::Paint::Flat(self.light.rim, alpha));
    }
}

/// Draws a person. `place` puts face units onto the picture.
pub(crate) fn draw(canvas: &mut Canvas, look: &Look, pose: &Pose, light: Light, place: Affine) {
    let body_place =
        place.then_inside(&Affine::turn(pose.sway * 0.02, pt(0.0, 4.0), pt(pose.sway * 0.05, -pose.breath * 0.025)));
    let head_move = pt(pose.yaw * 0.05, pose.nod * 0.06);
    let head_place = body_place.then_inside(&Affine::turn(pose.tilt * 0.07, pt(0.0, 1.1), head_move));

    let mut brush = Brush { canvas, place: head_place, light };
    hair::behind(&mut brush, look, pose);
    brush.place = body_place;
    body::draw(&mut brush, look);
    brush.place = head_place;
    hair::over_shoulders(&mut brush, look);
    head::draw(&mut brush, look, pose);
    hair::front(&mut brush, look, pose);
    head::glasses(&mut brush, look, pose);
}
