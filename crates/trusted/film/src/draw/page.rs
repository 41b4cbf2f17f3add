//! A transparent canvas the size of a frame, on which things stand at the start side of a language.

use hamseda_core::lattice::{HEIGHT, WIDTH};
use hamseda_core::{Campaign, Direction, Lang};
use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, PixmapPaint, Rect, Shader, Transform};

use crate::draw::layer::{Layer, Ramp};
use crate::draw::patch::Patch;
use crate::draw::text::{Set, Typesetter};
use crate::picture::Rgb;

/// Frame width, pixels.
pub(crate) const W: f32 = WIDTH as f32;
/// Frame height, pixels.
pub(crate) const H: f32 = HEIGHT as f32;
/// The 5 % that televisions and players may cover, at the sides.
pub(crate) const SAFE_X: f32 = W * 0.05;
/// Margin of cards at their start side.
pub(crate) const MARGIN: f32 = 96.0;

/// Colours of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Palette {
    /// Dark ground, and text on paper.
    pub(crate) ink: Rgb,
    /// Light ground.
    pub(crate) paper: Rgb,
    /// Quiet text on paper.
    pub(crate) muted: Rgb,
    /// The campaign's accent.
    pub(crate) accent: Rgb,
    /// A ground with a breath of the accent.
    pub(crate) accent_soft: Rgb,
    /// Text on ink.
    pub(crate) white: Rgb,
}

impl Palette {
    /// The look's colours with the campaign's accent.
    pub(crate) fn of(campaign: &Campaign) -> Self {
        let [r, g, b] = campaign.accent_rgb();
        let (accent, white) = (Rgb(r, g, b), Rgb(255, 255, 255));
        Self {
            ink: Rgb(0x16, 0x18, 0x1d),
            paper: Rgb(0xfa, 0xf8, 0xf4),
            muted: Rgb(0x5b, 0x61, 0x6e),
            accent,
            accent_soft: accent.over(white, 13),
            white,
        }
    }
}

/// The canvas.
pub(crate) struct Page {
    pub(crate) canvas: Pixmap,
    rtl: bool,
}

impl Page {
    /// An empty page of the film. `None` only if memory for one frame can't be had.
    pub(crate) fn new(lang: Lang) -> Option<Self> {
        Some(Self { canvas: Pixmap::new(WIDTH, HEIGHT)?, rtl: lang.direction() == Direction::Rtl })
    }

    /// Left edge of a thing `width` wide that stands `inset` from the start side.
    pub(crate) fn left(&self, inset: f32, width: f32) -> f32 {
        if self.rtl { W - inset - width } else { inset }
    }

    /// Pixels towards the end side, as a horizontal offset.
    pub(crate) fn towards_end(&self, pixels: i32) -> i32 {
        if self.rtl { -pixels } else { pixels }
    }

    /// Whether the start side is the left.
    pub(crate) const fn left_to_right(&self) -> bool {
        !self.rtl
    }

    /// A rectangle.
    pub(crate) fn rect(&mut self, inset: f32, top: f32, width: f32, height: f32, colour: Rgb, alpha: u8) {
        let Some(rect) = Rect::from_xywh(self.left(inset, width), top, width, height) else { return };
        self.canvas.fill_rect(rect, &paint(colour, alpha), Transform::identity(), None);
    }

    /// A rectangle with half-round ends: bars of a waveform.
    pub(crate) fn bar(&mut self, inset: f32, top: f32, width: f32, height: f32, colour: Rgb) {
        let (left, radius) = (self.left(inset, width), width / 2.0);
        let mut path = PathBuilder::new();
        path.push_circle(left + radius, top + radius, radius);
        path.push_circle(left + radius, top + height - radius, radius);
        if let Some(rect) = Rect::from_xywh(left, top + radius, width, (height - width).max(0.1)) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.canvas.fill_path(&path, &paint(colour, 255), FillRule::Winding, Transform::identity(), None);
        }
    }

    /// A picture in a circle of `side` pixels.
    pub(crate) fn round(&mut self, picture: &Pixmap, inset: f32, top: f32, side: f32) {
        let left = self.left(inset, side);
        let scale = side / picture.width().max(1) as f32;
        let transform = Transform::from_scale(scale, scale).post_translate(left, top);
        let pattern = tiny_skia::Pattern::new(
            picture.as_ref(),
            tiny_skia::SpreadMode::Pad,
            PixmapPaint { quality: tiny_skia::FilterQuality::Bicubic, ..PixmapPaint::default() }.quality,
            1.0,
            transform,
        );
        let paint = Paint { shader: pattern, anti_alias: true, ..Paint::default() };
        if let Some(circle) = PathBuilder::from_circle(left + side / 2.0, top + side / 2.0, side / 2.0) {
            self.canvas.fill_path(&circle, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    /// A text whose box stands `inset` from the start side.
    pub(crate) fn text(&mut self, setter: &mut Typesetter, set: &Set, inset: f32, top: f32) {
        let left = self.left(inset, set.measure);
        setter.draw(set, &mut self.canvas, left.round(), top.round());
    }

    /// What was drawn, as a layer; the page is empty again. `None` where nothing was drawn.
    pub(crate) fn lift(&mut self, ramp: Ramp) -> Option<Layer> {
        let layer = Patch::cut(&self.canvas).map(|patch| Layer::still(patch, ramp));
        self.canvas.fill(tiny_skia::Color::TRANSPARENT);
        layer
    }
}

fn paint(colour: Rgb, alpha: u8) -> Paint<'static> {
    let shader = Shader::SolidColor(tiny_skia::Color::from_rgba8(colour.0, colour.1, colour.2, alpha));
    Paint { shader, anti_alias: true, ..Paint::default() }
}
