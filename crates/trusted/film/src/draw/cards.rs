//! Title, section, quote and hidden-message cards.

use hamseda_core::{Direction, Lang};
use hamseda_programme::{Caption, Quote, Text};
use tiny_skia::Pixmap;

use crate::draw::layer::{Layer, Ramp};
use crate::draw::page::{H, MARGIN, Page, Palette, SAFE_X, W};
use crate::draw::text::{EXTRABOLD, REGULAR, SEMIBOLD, Set, Style, Typesetter, Words};
use crate::picture::Rgb;

/// Width that text of a card may take.
const MEASURE: f32 = W - 2.0 * MARGIN;
/// Thickness of accent rules.
const RULE: f32 = 6.0;

/// A card: its ground and what rises on it.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// Colour under everything.
    pub(crate) ground: Rgb,
    /// Layers, lowest first.
    pub(crate) layers: Vec<Layer>,
}

/// What every card needs.
pub(crate) struct Desk<'a> {
    pub(crate) setter: &'a mut Typesetter,
    pub(crate) palette: Palette,
    /// Language of the film.
    pub(crate) lang: Lang,
}

/// Tight lines for large Latin type; Arabic script needs room for marks above and below.
const fn display_leading(words: Lang) -> f32 {
    match words.direction() {
        Direction::Ltr => 1.14,
        Direction::Rtl => 1.36,
    }
}

impl Desk<'_> {
    fn page(&self) -> Option<Page> {
        Page::new(self.lang)
    }

    /// Slogan at the start side, accent rule above it, campaign line under it.
    pub(crate) fn title(&mut self, slogan: &Text, line: Option<&Text>) -> Card {
        let Palette { ink, accent, white, .. } = self.palette;
        let style = Style::new(84.0, display_leading(slogan.lang), EXTRABOLD, white);
        let head = self.setter.balanced(&Words::of(slogan), style, 48.0, MEASURE, 3);
        let style = Style { alpha: 204, ..Style::new(30.0, 1.5, REGULAR, white) };
        let under = line.map(|l| self.setter.fit(&Words::of(l), style, 22.0, MEASURE, 2));
        let height = RULE + 36.0 + head.height + under.as_ref().map_or(0.0, |u| 20.0 + u.height);
        let top = (H - height) / 2.0;
        let layers = self.stack(|desk, page| {
            let mut layers = Vec::new();
            page.rect(MARGIN, top, 120.0, RULE, accent, 255);
            let sweep = (2, 14, page.left_to_right());
            layers.extend(page.lift(Ramp::ALWAYS).map(|l| Layer { sweep: Some(sweep), ..l }));
            page.text(desk.setter, &head, MARGIN, top + RULE + 36.0);
            layers.extend(page.lift(Ramp::from(5, 14)).map(|l| Layer { slide: (0, 16), ..l }));
            if let Some(under) = &under {
                page.text(desk.setter, under, MARGIN, top + RULE + 36.0 + head.height + 20.0);
                layers.extend(page.lift(Ramp::from(16, 16)));
            }
            layers
        });
        Card { ground: ink, layers }
    }

    /// The heading of a section, on paper.
    pub(crate) fn section(&mut self, heading: &Text) -> Card {
        let Palette { ink, paper, accent, .. } = self.palette;
        let style = Style::new(64.0, display_leading(heading.lang), EXTRABOLD, ink);
        let head = self.setter.balanced(&Words::of(heading), style, 40.0, MEASURE, 3);
        let top = (H - head.height - RULE - 28.0) / 2.0;
        let layers = self.stack(|desk, page| {
            page.rect(MARGIN, top, 72.0, RULE, accent, 255);
            let rule = page.lift(Ramp::from(1, 8));
            page.text(desk.setter, &head, MARGIN, top + RULE + 28.0);
            let head = page.lift(Ramp::from(2, 10)).map(|l| Layer { slide: (0, 12), ..l });
            rule.into_iter().chain(head).collect()
        });
        Card { ground: paper, layers }
    }

    /// A supporter's words with portrait, name, role and country.
    pub(crate) fn quote(&mut self, quote: &Quote, portrait: Option<&Pixmap>) -> Card {
        const PORTRAIT: f32 = 160.0;
        let Palette { ink, paper, muted, .. } = self.palette;
        let words = Words::of(&Text { lang: quote.text.lang, text: in_marks(&quote.text) });
        let leading = if quote.text.lang.direction() == Direction::Rtl { 1.6 } else { 1.34 };
        let room = MEASURE - portrait.map_or(0.0, |_| PORTRAIT + 32.0);
        let (name, detail) = self.caption(&quote.caption, room, (30.0, ink), (24.0, muted));
        let caption = name.height + detail.height;
        let foot = if portrait.is_some() { PORTRAIT.max(caption) } else { caption };
        // Somebody's words are cut only where nothing else helps: they may fill the card first.
        let room = H - 2.0 * SAFE_X - 48.0 - foot;
        let said = self.setter.fill(&words, Style::new(50.0, leading, REGULAR, ink), 26.0, MEASURE, room);
        let top = (H - said.height - 48.0 - foot) / 2.0;
        let layers = self.stack(|desk, page| {
            page.text(desk.setter, &said, MARGIN, top);
            let words = page.lift(Ramp::from(2, 12)).map(|l| Layer { slide: (0, 12), ..l });
            let at = top + said.height + 48.0;
            let inset = portrait.map_or(MARGIN, |_| MARGIN + PORTRAIT + 32.0);
            if let Some(portrait) = portrait {
                page.round(portrait, MARGIN, at, PORTRAIT);
            }
            let middle = at + (foot - caption) / 2.0;
            page.text(desk.setter, &name, inset, middle);
            page.text(desk.setter, &detail, inset, middle + name.height);
            words.into_iter().chain(page.lift(Ramp::from(10, 12))).collect()
        });
        Card { ground: paper, layers }
    }

    /// A message whose picture is hidden: place, name, why, and its sound as bars that fill as it plays.
    pub(crate) fn hidden(
        &mut self,
        caption: &Caption,
        fallback: &Text,
        why: (Lang, &str),
        levels: &[f32],
        frames: u32,
    ) -> Card {
        let Palette { ink, accent, accent_soft, muted, .. } = self.palette;
        let place = caption.detail.first().or(caption.name.as_ref()).unwrap_or(fallback);
        let style = Style::new(64.0, display_leading(place.lang), EXTRABOLD, ink);
        let head = self.setter.balanced(&Words::of(place), style, 40.0, MEASURE, 2);
        let beside: Vec<_> = match (&caption.name, caption.detail.split_first()) {
            (Some(name), Some((_, rest))) => std::iter::once(name).chain(rest).cloned().collect(),
            (_, Some((_, rest))) => rest.to_vec(),
            (_, None) => Vec::new(),
        };
        let style = Style::new(34.0, 1.4, SEMIBOLD, ink);
        let beside = self.setter.fit(&Words::joined(self.lang, &beside, " · "), style, 24.0, MEASURE, 2);
        let why = self.setter.fit(&Words::ours(why.0, why.1), Style::new(24.0, 1.5, REGULAR, muted), 20.0, MEASURE, 2);
        let height = head.height + 8.0 + beside.height;
        let top = (280.0 - height / 2.0).max(SAFE_X);
        let layers = self.stack(|desk, page| {
            page.text(desk.setter, &head, MARGIN, top);
            page.text(desk.setter, &beside, MARGIN, top + head.height + 8.0);
            page.text(desk.setter, &why, MARGIN, H - 48.0 - why.height);
            let words = page.lift(Ramp::from(1, 10));
            wave(page, levels, accent.over(accent_soft, 28));
            let unplayed = page.lift(Ramp::ALWAYS);
            wave(page, levels, accent);
            let sweep = (0, frames, page.left_to_right());
            let played = page.lift(Ramp::ALWAYS).map(|l| Layer { sweep: Some(sweep), ..l });
            unplayed.into_iter().chain(played).chain(words).collect()
        });
        Card { ground: accent_soft, layers }
    }

    /// Name and detail, one under the other.
    fn caption(&mut self, caption: &Caption, room: f32, name: (f32, Rgb), detail: (f32, Rgb)) -> (Set, Set) {
        let words = caption.name.as_ref().map_or_else(|| Words::ours(self.lang, ""), Words::name);
        let first = self.setter.fit(&words, Style::new(name.0, 1.4, SEMIBOLD, name.1), name.0 * 0.7, room, 2);
        let words = Words::joined(self.lang, &caption.detail, " · ");
        let second = self.setter.fit(&words, Style::new(detail.0, 1.5, REGULAR, detail.1), detail.0 * 0.75, room, 2);
        (first, second)
    }

    /// Draws on a fresh page.
    pub(crate) fn stack(&mut self, draw: impl FnOnce(&mut Self, &mut Page) -> Vec<Layer>) -> Vec<Layer> {
        match self.page() {
            Some(mut page) => draw(self, &mut page),
            None => Vec::new(),
        }
    }
}

/// Bars of `levels` (0 to 1) from the start side to the end side, around one line. Silence is a row of dots.
fn wave(page: &mut Page, levels: &[f32], colour: Rgb) {
    const BAR: f32 = 6.0;
    let step = (MEASURE - BAR) / (levels.len().max(2) - 1) as f32;
    for (i, level) in levels.iter().enumerate() {
        let height = (level.clamp(0.0, 1.0) * 132.0).max(BAR + 0.2);
        page.bar(MARGIN + i as f32 * step, 480.0 - height / 2.0, BAR, height, colour);
    }
}

/// A quote in the marks of its language, unless it already has some.
fn in_marks(quote: &Text) -> String {
    let text = quote.text.trim();
    if text.starts_with(['“', '"', '«', '„', '‘', '”']) {
        return text.to_owned();
    }
    match quote.lang {
        Lang::Fa | Lang::Ar | Lang::Ckb | Lang::Es | Lang::Ku => format!("«{text}»"),
        Lang::Fr => format!("«\u{a0}{text}\u{a0}»"),
        Lang::De => format!("„{text}“"),
        Lang::He => format!("”{text}”"),
        Lang::En | Lang::Tr | Lang::Ur | Lang::Hi => format!("“{text}”"),
    }
}
