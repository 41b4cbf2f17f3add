//! The number that rises over the wall, on the one gradient of the look.

use hamseda_tally::Claim;
use tiny_skia::{Color, GradientStop, LinearGradient, Paint, Point, Rect, SpreadMode, Transform};

use crate::draw::cards::Desk;
use crate::draw::layer::{Layer, Ramp};
use crate::draw::page::{H, Page, SAFE_X, W};
use crate::draw::text::{EXTRABOLD, REGULAR, SEMIBOLD, Style, Words};
use crate::words::Phrases;

const BOTTOM: f32 = 44.0;
/// Where the gradient begins.
const TOP: f32 = 250.0;

impl Desk<'_> {
    /// The claim at the start side of the bottom; it rises from frame `at` for `rise` frames.
    pub(crate) fn wall_number(&mut self, claim: &Claim, phrases: &Phrases, at: u32, rise: u32) -> Vec<Layer> {
        let white = self.palette.white;
        let text = claim.text(phrases.lang);
        let measure = W - 2.0 * SAFE_X;
        let mut set = |words: &str, style: Style| {
            self.setter.fit(&Words::ours(phrases.lang, words), style, style.size * 0.6, measure, 1)
        };
        let figure = set(&text.figure, Style::new(128.0, 1.12, EXTRABOLD, white));
        let noun = set(&text.noun, Style::new(44.0, 1.36, SEMIBOLD, white));
        let standing = set(&text.standing, Style { alpha: 204, ..Style::new(28.0, 1.45, REGULAR, white) });
        let mut y = H - BOTTOM - figure.height - noun.height - standing.height;
        self.stack(|desk, page| {
            shade(page);
            let shade = page.lift(Ramp::from(at.saturating_sub(rise / 2), rise));
            for set in [&figure, &noun, &standing] {
                page.text(desk.setter, set, SAFE_X, y);
                y += set.height;
            }
            let number = page.lift(Ramp::from(at, rise)).map(|layer| Layer { slide: (0, 56), ..layer });
            shade.into_iter().chain(number).collect()
        })
    }
}

/// Darkens the page from `TOP` downwards.
fn shade(page: &mut Page) {
    let stop = |position, alpha| GradientStop::new(position, Color::from_rgba8(10, 11, 14, alpha));
    let stops = vec![stop(0.0, 0), stop(0.45, 130), stop(1.0, 236)];
    let (from, to) = (Point::from_xy(0.0, TOP), Point::from_xy(0.0, H));
    let shader = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity());
    if let (Some(shader), Some(rect)) = (shader, Rect::from_xywh(0.0, TOP, W, H - TOP)) {
        page.canvas.fill_rect(rect, &Paint { shader, ..Paint::default() }, Transform::identity(), None);
    }
}
