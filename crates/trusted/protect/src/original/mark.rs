//! The mark: who looks and when, on a band at the top and in rows over the whole picture, so that no part of it can be passed
//! on without it.

use cosmic_text::{Align, Attrs, Buffer, Color, Family, FontSystem, Metrics, Shaping, SwashCache, Weight, fontdb};

/// Height of the band, its text, and the text of the rows, pixels.
const BAND: usize = 34;
const BAND_TEXT: f32 = 19.0;
const ROW_TEXT: f32 = 22.0;
/// Distance of rows, and of texts in a row, pixels.
const ROWS: usize = 84;
const BETWEEN: usize = 56;
/// How much of the picture the rows' ink covers, of 255: read at a glance, and a face is still seen under it.
const ROW_INK: u8 = 110;
/// Luma of ink and of its shadow; one of the two shows on any ground.
const LIGHT: u16 = 235;
const DARK: u16 = 16;

/// Ink over a picture: how much light and how much dark each pixel gets, of 255.
pub(super) struct Mark {
    width: usize,
    light: Vec<u8>,
    dark: Vec<u8>,
}

impl Mark {
    /// The mark of a picture of an even size.
    pub(super) fn new(reviewer: &str, at: &str, width: usize, height: usize) -> Self {
        let mut mark = Self { width, light: vec![0; width * height], dark: vec![0; width * height] };
        mark.dark[..BAND * width].fill(200);
        let mut pen = Pen::new();
        let text = format!("\u{2068}{}\u{2069} · {at}", plain(reviewer));
        let whole = pen.set(&format!("UNPROTECTED · {text}"), BAND_TEXT);
        mark.print(&whole, 12, (BAND.saturating_sub(whole.height)) as i32 / 2, 255);
        let word = pen.set(&text, ROW_TEXT);
        let step = word.width + BETWEEN;
        for (row, y) in (BAND + ROWS / 3..height).step_by(ROWS).enumerate() {
            // Each row begins elsewhere: no upright strip stays free.
            let from = -(((row * 5 % 8) * step / 8) as i32);
            for x in (0..).map(|n| from + n * step as i32).take_while(|x| *x < width as i32) {
                mark.print(&word, x, y as i32, ROW_INK);
            }
        }
        mark
    }

    /// Prints a set text with its shadow.
    fn print(&mut self, set: &Ink, left: i32, top: i32, ink: u8) {
        for y in 0..set.height {
            for x in 0..set.width {
                let alpha = (u16::from(set.alpha[y * set.width + x]) * u16::from(ink) / 255) as u8;
                if alpha > 0 {
                    let (x, y) = (left + x as i32, top + y as i32);
                    self.more(|mark| &mut mark.dark, x + 2, y + 2, alpha);
                    self.more(|mark| &mut mark.light, x, y, alpha);
                }
            }
        }
    }

    fn more(&mut self, plane: impl Fn(&mut Self) -> &mut Vec<u8>, x: i32, y: i32, alpha: u8) {
        let width = self.width;
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < width
            && let Some(pixel) = plane(self).get_mut(y * width + x)
        {
            *pixel = alpha.max(*pixel);
        }
    }

    /// Marks a frame: planar YUV 4:2:0.
    pub(super) fn put_on(&self, frame: &mut [u8]) {
        let mix = |under: u8, over: u16, alpha: u8| {
            ((u16::from(under) * (255 - u16::from(alpha)) + over * u16::from(alpha)) / 255) as u8
        };
        let (luma, chroma) = frame.split_at_mut(self.light.len());
        for ((y, &light), &dark) in luma.iter_mut().zip(&self.light).zip(&self.dark) {
            *y = mix(mix(*y, DARK, dark), LIGHT, light);
        }
        let (half, quarter) = (self.width / 2, self.light.len() / 4);
        for plane in chroma.chunks_exact_mut(quarter) {
            for (at, value) in plane.iter_mut().enumerate() {
                let under = at / half * 2 * self.width + at % half * 2;
                *value = mix(*value, 128, self.light[under].max(self.dark[under]));
            }
        }
    }
}

/// A name without what could turn the text around it.
fn plain(name: &str) -> String {
    let turns = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().filter(|c| !turns(*c)).collect()
}

/// A text as it covers pixels.
struct Ink {
    width: usize,
    height: usize,
    alpha: Vec<u8>,
}

struct Pen {
    fonts: FontSystem,
    cache: SwashCache,
}

impl Pen {
    fn new() -> Self {
        let mut db = fontdb::Database::new();
        for font in hamseda_assets::DRAWING_FONTS {
            db.load_font_data(font.bytes.to_vec());
        }
        Self { fonts: FontSystem::new_with_locale_and_db("en".into(), db), cache: SwashCache::new() }
    }

    /// Sets one line, from left to right whatever script a name in it has.
    fn set(&mut self, text: &str, size: f32) -> Ink {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, (size * 1.4).round()));
        buffer.set_size(None, None);
        let attrs = Attrs::new().family(Family::Name("Vazirmatn")).weight(Weight(600));
        buffer.set_text(&format!("\u{200e}{text}"), &attrs, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let width = buffer.layout_runs().map(|run| run.line_w).fold(0.0, f32::max).ceil() as usize + 2;
        let height = buffer.layout_runs().map(|run| run.line_top + run.line_height).fold(0.0, f32::max).ceil() as usize;
        let mut ink = Ink { width, height, alpha: vec![0; width * height] };
        for run in buffer.layout_runs() {
            for glyph in run.glyphs {
                let place = glyph.physical((0.0, run.line_y), 1.0);
                let white = Color::rgb(255, 255, 255);
                self.cache.with_pixels(&mut self.fonts, place.cache_key, white, |dx, dy, colour| {
                    let at = usize::try_from(place.x + dx).ok().zip(usize::try_from(place.y + dy).ok());
                    if let Some((x, y)) = at.filter(|(x, y)| *x < width && *y < height) {
                        let pixel = &mut ink.alpha[y * width + x];
                        *pixel = colour.a().max(*pixel);
                    }
                });
            }
        }
        ink
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (960, 540);

    fn marked(reviewer: &str, ground: u8) -> Vec<u8> {
        let mut frame = vec![ground; SIZE.0 * SIZE.1 * 3 / 2];
        Mark::new(reviewer, "2026-03-12 08:30 UTC", SIZE.0, SIZE.1).put_on(&mut frame);
        frame
    }

    #[test]
    fn every_part_of_the_picture_tells_who_looked() {
        for ground in [16, 128, 235] {
            let frame = marked("R. Viewer", ground);
            // A sixth of the width and a third of the height: a face that somebody cuts out.
            for (x, y) in (0..960).step_by(160).flat_map(|x| (0..540).step_by(180).map(move |y| (x, y))) {
                let seen = (y..y + 180).flat_map(|row| &frame[row * 960 + x..row * 960 + x + 160]);
                let inked = seen.filter(|v| v.abs_diff(ground) > 20).count();
                assert!(inked > 200, "{inked} pixels on {ground} at {x}, {y}");
            }
        }
    }

    #[test]
    fn marks_differ_by_name_and_names_can_not_turn_them_around() {
        let changed = |a: &str, b: &str| marked(a, 128).iter().zip(marked(b, 128)).filter(|(a, b)| **a != *b).count();
        assert!(changed("R. Viewer", "S. Viewer") > 500);
        assert!(changed("R. Viewer", "نرگس") > 5_000);
        assert_eq!(changed("R. Viewer", "\u{202e}R. Viewer\u{2069}"), 0);
    }
}
