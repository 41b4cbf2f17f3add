//! Setting type: shaping, wrapping, fitting and rasterising, with Vazirmatn for every script it has and Noto for the rest.
//!
//! The base direction always comes from the language of a text, never from its first letter: a Latin name in a Persian
//! film stands where a Persian name would. Refuses: control characters and direction marks inside texts (a pseudonym is
//! a stranger's), which are dropped.

use std::sync::Arc;

use cosmic_text::{
    Align, Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping, SwashCache,
    Weight, Wrap, fontdb,
};
use hamseda_core::{Direction, Lang};
use hamseda_programme::Text;
use sha2::{Digest, Sha256};
use tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::picture::Rgb;

/// Vazirmatn's weights that are embedded.
pub(crate) const REGULAR: u16 = 400;
/// Semi-bold.
pub(crate) const SEMIBOLD: u16 = 600;
/// Extra-bold.
pub(crate) const EXTRABOLD: u16 = 800;

/// Scripts that Vazirmatn lacks (Hebrew, Devanagari) and rarer Latin letters come from Debian's `fonts-noto-core`.
const FALLBACK_FOLDER: &str = "/usr/share/fonts/truetype/noto";
const FALLBACK_FONTS: [&str; 6] = [
    "NotoSans-Regular.ttf",
    "NotoSans-SemiBold.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansHebrew-SemiBold.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansDevanagari-SemiBold.ttf",
];

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Size, pixels.
    pub(crate) size: f32,
    /// Line height as a share of the size.
    pub(crate) leading: f32,
    /// Weight.
    pub(crate) weight: u16,
    /// Colour.
    pub(crate) colour: Rgb,
    /// Opacity, 0 to 255.
    pub(crate) alpha: u8,
}

impl Style {
    /// An opaque style.
    pub(crate) const fn new(size: f32, leading: f32, weight: u16, colour: Rgb) -> Self {
        Self { size, leading, weight, colour, alpha: 255 }
    }
}

/// A text to set: the string and the base direction of its paragraph.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    text: String,
    direction: Direction,
}

impl Words {
    /// A text in its own language.
    pub(crate) fn of(text: &Text) -> Self {
        Self { text: clean(&text.text), direction: text.lang.direction() }
    }

    /// A person's name. A pseudonym has no language of its own: one written in a single script takes that script's
    /// direction, so that the full stop of "Samir K." stays at its end in a Persian film.
    pub(crate) fn name(name: &Text) -> Self {
        Self { text: clean(&name.text), direction: name_direction(name) }
    }

    /// A fixed text in `lang`. It may hold direction marks, for it is ours.
    pub(crate) fn ours(lang: Lang, text: &str) -> Self {
        Self { text: text.to_owned(), direction: lang.direction() }
    }

    /// Texts of several languages in one line of a film in `lang`, each isolated so that it can't reorder the others.
    pub(crate) fn joined(lang: Lang, parts: &[Text], between: &str) -> Self {
        let parts: Vec<_> = parts.iter().map(isolated).collect();
        Self { text: parts.join(between), direction: lang.direction() }
    }

    /// Whether there is nothing to set.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The direction of the only script in `name`, else that of its language.
fn name_direction(name: &Text) -> Direction {
    // Hebrew, Arabic and their presentation forms; every other letter we can set is written from left to right.
    let rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    let letters = || name.text.chars().filter(|c| c.is_alphabetic());
    match (letters().any(rtl), letters().any(|c| !rtl(c))) {
        (true, false) => Direction::Rtl,
        (false, true) => Direction::Ltr,
        _ => name.lang.direction(),
    }
}

fn isolated(text: &Text) -> String {
    let open = match name_direction(text) {
        Direction::Ltr => '\u{2066}',
        Direction::Rtl => '\u{2067}',
    };
    format!("{open}{}\u{2069}", clean(&text.text))
}

/// One line of plain text: blanks for anything that breaks lines, nothing for controls and direction marks. The joiners
/// U+200C and U+200D stay: Persian spelling needs them.
fn clean(text: &str) -> String {
    let fine = |c: &char| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let blank = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    let text: String = text.chars().filter(fine).map(blank).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that is laid out and can be drawn.
pub(crate) struct Set {
    buffer: Buffer,
    style: Style,
    /// Width of the box it was set in; lines stand at the box's start side.
    pub(crate) measure: f32,
    /// Width of the longest line.
    pub(crate) width: f32,
    /// Height of all lines.
    pub(crate) height: f32,
    /// Number of lines.
    pub(crate) lines: usize,
}

/// Fonts and caches. One for each thread that draws.
pub(crate) struct Typesetter {
    fonts: FontSystem,
    cache: SwashCache,
    side: Direction,
}

impl Typesetter {
    /// Loads the fonts; lines will stand at the start side of `lang`.
    pub(crate) fn new(fonts: &Fonts, lang: Lang) -> Self {
        let mut db = fontdb::Database::new();
        for file in &fonts.files {
            db.load_font_source(fontdb::Source::Binary(file.clone()));
        }
        let fonts = FontSystem::new_with_locale_and_db(lang.code().into(), db);
        Self { fonts, cache: SwashCache::new(), side: lang.direction() }
    }

    /// Sets `words` in at most `lines` lines: smaller in steps of 2 px down to `least`, then cut with an ellipsis.
    pub(crate) fn fit(&mut self, words: &Words, style: Style, least: f32, measure: f32, lines: usize) -> Set {
        self.shrink(words, style, least, measure, |_| lines)
    }

    /// Sets `words` within `height` pixels in the same way, in lines of about equal length.
    pub(crate) fn fill(&mut self, words: &Words, style: Style, least: f32, measure: f32, height: f32) -> Set {
        let lines = |size: f32| ((height / (size * style.leading).round()) as usize).max(1);
        let set = self.shrink(words, style, least, measure, lines);
        self.balance(words, set)
    }

    /// Like [`Typesetter::fit`], in lines of about equal length.
    pub(crate) fn balanced(&mut self, words: &Words, style: Style, least: f32, measure: f32, lines: usize) -> Set {
        let set = self.fit(words, style, least, measure, lines);
        self.balance(words, set)
    }

    fn shrink(&mut self, words: &Words, style: Style, least: f32, measure: f32, lines: impl Fn(f32) -> usize) -> Set {
        let mut size = style.size;
        loop {
            let set = self.lay(words, Style { size, ..style }, measure, Wrap::Word, Ellipsize::None);
            if set.lines <= lines(size) && set.width <= measure {
                return set;
            }
            if size - 2.0 < least {
                break;
            }
            size -= 2.0;
        }
        let cut = Ellipsize::End(EllipsizeHeightLimit::Lines(lines(least)));
        self.lay(words, Style { size: least, ..style }, measure, Wrap::WordOrGlyph, cut)
    }

    /// The narrowest box in which `first` has no more lines.
    fn balance(&mut self, words: &Words, first: Set) -> Set {
        if first.lines < 2 {
            return first;
        }
        let (style, measure) = (first.style, first.measure);
        let (mut low, mut high) = (measure / first.lines as f32, measure);
        while high - low > 8.0 {
            let middle = f32::midpoint(low, high);
            let set = self.lay(words, style, middle, Wrap::Word, Ellipsize::None);
            if set.lines > first.lines || set.width > middle { low = middle } else { high = middle }
        }
        let best = self.lay(words, style, high, Wrap::Word, Ellipsize::None);
        // Text that was cut has more lines when it isn't: it stays as it was.
        if best.lines == first.lines { best } else { first }
    }

    fn lay(&mut self, words: &Words, style: Style, measure: f32, wrap: Wrap, ellipsize: Ellipsize) -> Set {
        // The mark decides the paragraph's direction, for the layout engine only looks at the first strong character.
        let mark = match words.direction {
            Direction::Ltr => '\u{200e}',
            Direction::Rtl => '\u{200f}',
        };
        let text: Vec<_> = words.text.lines().map(|line| format!("{mark}{line}")).collect();
        let align = match self.side {
            Direction::Ltr => Align::Left,
            Direction::Rtl => Align::Right,
        };
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(style.size, (style.size * style.leading).round()));
        buffer.set_wrap(wrap);
        buffer.set_ellipsize(ellipsize);
        buffer.set_size(Some(measure), None);
        let attrs = Attrs::new().family(Family::Name("Vazirmatn")).weight(Weight(style.weight));
        buffer.set_text(&text.join("\n"), &attrs, Shaping::Advanced, Some(align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let mut set = Set { buffer, style, measure, width: 0.0, height: 0.0, lines: 0 };
        for run in set.buffer.layout_runs() {
            set.width = set.width.max(run.line_w);
            set.height = set.height.max(run.line_top + run.line_height);
            set.lines += 1;
        }
        set
    }

    /// Draws `set` with the left edge of its box at `x` and its top at `y`.
    pub(crate) fn draw(&mut self, set: &Set, canvas: &mut Pixmap, x: f32, y: f32) {
        let Rgb(r, g, b) = set.style.colour;
        let colour = Color::rgba(r, g, b, set.style.alpha);
        for run in set.buffer.layout_runs() {
            for glyph in run.glyphs {
                let place = glyph.physical((x, y + run.line_y), 1.0);
                self.cache.with_pixels(&mut self.fonts, place.cache_key, colour, |dx, dy, colour| {
                    put(canvas, place.x + dx, place.y + dy, colour);
                });
            }
        }
    }

    /// Draws Latin `text` in cells of equal width: digits and letters of a hash line up as in a fixed-pitch font, so that
    /// two of them can be compared by eye.
    pub(crate) fn draw_cells(&mut self, text: &str, style: Style, cell: f32, canvas: &mut Pixmap, x: f32, y: f32) {
        let side = std::mem::replace(&mut self.side, Direction::Ltr);
        for (i, c) in text.chars().enumerate() {
            let set = self.lay(&Words::ours(Lang::En, &c.to_string()), style, cell * 2.0, Wrap::None, Ellipsize::None);
            let at = x + i as f32 * cell + (cell - set.width) / 2.0;
            self.draw(&set, canvas, at.round(), y);
        }
        self.side = side;
    }
}

/// Source over.
fn put(canvas: &mut Pixmap, x: i32, y: i32, colour: Color) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
    if x >= canvas.width() || y >= canvas.height() || colour.a() == 0 {
        return;
    }
    let at = (y * canvas.width() + x) as usize;
    let alpha = u16::from(colour.a());
    let Some(under) = canvas.pixels_mut().get_mut(at) else { return };
    let mix = |over: u8, under: u8| ((u16::from(over) * alpha + u16::from(under) * (255 - alpha) + 127) / 255) as u8;
    let a = mix(255, under.alpha());
    let [r, g, b] = [(colour.r(), under.red()), (colour.g(), under.green()), (colour.b(), under.blue())]
        .map(|(over, under)| mix(over, under).min(a));
    if let Some(pixel) = PremultipliedColorU8::from_rgba(r, g, b, a) {
        *under = pixel;
    }
}

/// The font files that are used, and their hash, which is part of every artefact's address.
#[derive(Clone)]
pub(crate) struct Fonts {
    files: Vec<Arc<dyn AsRef<[u8]> + Sync + Send>>,
    /// SHA-256 over all files.
    pub(crate) sha256: [u8; 32],
}

impl Fonts {
    /// The embedded fonts, then those fallbacks that are installed.
    pub(crate) fn load() -> Self {
        let embedded =
            hamseda_assets::DRAWING_FONTS.map(|font| Arc::new(font.bytes) as Arc<dyn AsRef<[u8]> + Sync + Send>);
        let mut files: Vec<_> = embedded.into();
        let folder = std::path::Path::new(FALLBACK_FOLDER);
        let installed = FALLBACK_FONTS.iter().filter_map(|name| std::fs::read(folder.join(name)).ok());
        files.extend(installed.map(|bytes| Arc::new(bytes) as Arc<dyn AsRef<[u8]> + Sync + Send>));
        let mut hash = Sha256::new();
        for file in &files {
            hash.update(Sha256::digest((**file).as_ref()));
        }
        Self { files, sha256: hash.finalize().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lang: Lang, text: &str) -> Text {
        Text { lang, text: text.into() }
    }

    fn style() -> Style {
        Style::new(38.0, 1.3, SEMIBOLD, Rgb(255, 255, 255))
    }

    /// Glyph clusters of the first line from left to right.
    fn visual(set: &Set, words: &str) -> String {
        let run = set.buffer.layout_runs().next().unwrap();
        let mut glyphs: Vec<_> = run.glyphs.iter().collect();
        glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        glyphs.iter().map(|g| &run.text[g.start..g.end]).filter(|s| words.contains(*s)).collect()
    }

    #[test]
    fn the_language_decides_the_base_direction_not_the_first_letter() {
        let parts = [text(Lang::En, "Ana"), text(Lang::Fa, "میر")];
        let fonts = Fonts::load();
        let mut persian = Typesetter::new(&fonts, Lang::Fa);
        let set = persian.fit(&Words::joined(Lang::Fa, &parts, " · "), style(), 26.0, 900.0, 1);
        assert_eq!(visual(&set, "Ana·"), "·Ana", "in a Persian line the first part is at the right");
        let mut english = Typesetter::new(&fonts, Lang::En);
        let parts = [text(Lang::Fa, "میر"), text(Lang::En, "Ana")];
        let set = english.fit(&Words::joined(Lang::En, &parts, " · "), style(), 26.0, 900.0, 1);
        assert_eq!(visual(&set, "Ana·"), "·Ana", "in an English line the first part is at the left");
    }

    #[test]
    fn a_name_in_one_script_keeps_its_own_order() {
        let mut persian = Typesetter::new(&Fonts::load(), Lang::Fa);
        let set = persian.fit(&Words::name(&text(Lang::Fa, "Samir K.")), style(), 26.0, 900.0, 1);
        assert_eq!(visual(&set, "SamirK."), "SamirK.");
        let set = persian.fit(&Words::joined(Lang::Fa, &[text(Lang::Fa, "Samir K.")], ""), style(), 26.0, 900.0, 1);
        assert_eq!(visual(&set, "SamirK."), "SamirK.");
    }

    #[test]
    fn no_letter_of_our_languages_is_missing() {
        let mut type_setter = Typesetter::new(&Fonts::load(), Lang::En);
        let samples = "می‌توانیم و باید نستطيع ويجب علينا ژگچپ Kovarič Sølmark ğışİÖ êîû ñ ß ۴٬۹۵۲ ٧ هێز ٹھے “«» · …";
        let set = type_setter.fit(&Words::ours(Lang::En, samples), style(), 26.0, 4000.0, 1);
        for run in set.buffer.layout_runs() {
            for glyph in run.glyphs {
                assert_ne!(glyph.glyph_id, 0, "no glyph for {:?}", &run.text[glyph.start..glyph.end]);
            }
        }
    }

    #[test]
    fn long_names_shrink_then_wrap_then_end_in_an_ellipsis() {
        let mut english = Typesetter::new(&Fonts::load(), Lang::En);
        for words in
            ["Ana", "Maria of the lower valley and the upper valley", &"Aleksandr".repeat(30), &"a b ".repeat(400)]
        {
            let set = english.fit(&Words::of(&text(Lang::En, words)), style(), 26.0, 600.0, 2);
            assert!(set.lines <= 2, "{words}: {} lines", set.lines);
            assert!(set.width <= 601.0, "{words}: {} px", set.width);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
        #[test]
        fn a_strangers_name_never_breaks_the_line(name in "\\PC{0,40}|[\u{0}-\u{1f}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}a-zآ-ی]{0,40}") {
            let mut persian = Typesetter::new(&Fonts::load(), Lang::Fa);
            let set = persian.fit(&Words::of(&text(Lang::Fa, &name)), style(), 26.0, 400.0, 2);
            proptest::prop_assert!(set.lines <= 2);
        }
    }
}
