//! The closing card: the number, what stands behind it, and how anybody can count for themselves.

use hamseda_core::{Campaign, Lang, number};
use hamseda_programme::Text;
use hamseda_tally::Claim;

use crate::draw::cards::{Card, Desk};
use crate::draw::layer::{Layer, Ramp};
use crate::draw::page::{H, MARGIN, Palette, W};
use crate::draw::text::{EXTRABOLD, REGULAR, SEMIBOLD, Style, Words};
use crate::words::Phrases;

const MEASURE: f32 = W - 2.0 * MARGIN;

/// What the card says.
pub(crate) struct Closing<'a> {
    pub(crate) campaign: &'a Campaign,
    pub(crate) claim: &'a Claim,
    pub(crate) policy_sha256: [u8; 32],
    /// The editor's last line.
    pub(crate) line: Option<&'a Text>,
}

impl Closing<'_> {
    /// Where the log can be read: the site, else the log's origin.
    fn address(&self) -> &str {
        let url = self.campaign.site_url.trim().trim_end_matches('/');
        if url.is_empty() { &self.campaign.origin } else { url.trim_start_matches("https://") }
    }

    /// The note that this campaign protects its senders less than it should.
    fn floors(&self, phrases: &Phrases) -> Option<String> {
        let floors = self.campaign.floors;
        let digits = |n: u32| number(phrases.lang, u64::from(n));
        floors.lowered().then(|| phrases.with("floors", &[("batch", &digits(floors.batch)), ("k", &digits(floors.k))]))
    }
}

impl Desk<'_> {
    /// The card.
    pub(crate) fn closing(&mut self, phrases: &Phrases, closing: &Closing) -> Card {
        let Palette { ink, accent, white, .. } = self.palette;
        let quiet = |size, leading| Style { alpha: 178, ..Style::new(size, leading, REGULAR, white) };
        let claim = closing.claim.text(phrases.lang);
        let ours = |text: &str| Words::ours(phrases.lang, text);
        let line = closing.line.map(|l| self.setter.fit(&Words::of(l), quiet(30.0, 1.5), 22.0, MEASURE, 2));
        let figure = self.setter.fit(&ours(&claim.figure), Style::new(150.0, 1.12, EXTRABOLD, white), 90.0, MEASURE, 1);
        let noun = self.setter.fit(&ours(&claim.noun), Style::new(44.0, 1.4, SEMIBOLD, white), 30.0, MEASURE, 1);
        let standing = self.setter.fit(&ours(&claim.standing), quiet(30.0, 1.5), 22.0, MEASURE, 2);
        let count =
            self.setter.fit(&ours(&phrases.get("count")), Style::new(30.0, 1.5, SEMIBOLD, white), 22.0, MEASURE, 1);
        let address = Words::joined(phrases.lang, &[Text { lang: Lang::En, text: closing.address().into() }], "");
        let address = self.setter.fit(&address, Style::new(30.0, 1.5, REGULAR, white), 18.0, MEASURE, 1);
        let floors = closing.floors(phrases).map(|t| self.setter.fit(&ours(&t), quiet(20.0, 1.5), 18.0, MEASURE, 2));
        let policy = self.setter.fit(&ours(&phrases.get("policy")), quiet(18.0, 1.5), 16.0, MEASURE, 1);

        let gap = |set: &Option<_>, gap| if set.is_some() { gap } else { 0.0 };
        let height = line.as_ref().map_or(0.0, |l| l.height)
            + gap(&line, 16.0)
            + [&figure, &noun, &standing, &count, &address].map(|s| s.height).iter().sum::<f32>()
            + 66.0;
        let foot = policy.height + 30.0 + floors.as_ref().map_or(0.0, |f| f.height + 6.0);
        let mut y = ((H - 44.0 - foot - height) / 2.0).max(40.0);
        let layers = self.stack(|desk, page| {
            let mut layers: Vec<Layer> = Vec::new();
            if let Some(line) = &line {
                page.text(desk.setter, line, MARGIN, y);
                layers.extend(page.lift(Ramp::from(2, 12)));
                y += line.height + 16.0;
            }
            page.text(desk.setter, &figure, MARGIN, y);
            layers.extend(page.lift(Ramp::from(4, 18)).map(|l| Layer { slide: (0, 28), ..l }));
            y += figure.height;
            page.text(desk.setter, &noun, MARGIN, y);
            y += noun.height;
            page.text(desk.setter, &standing, MARGIN, y);
            layers.extend(page.lift(Ramp::from(14, 14)));
            y += standing.height + 30.0;
            page.rect(MARGIN, y, 120.0, 6.0, accent, 255);
            let sweep = (24, 36, page.left_to_right());
            layers.extend(page.lift(Ramp::ALWAYS).map(|l| Layer { sweep: Some(sweep), ..l }));
            y += 36.0;
            page.text(desk.setter, &count, MARGIN, y);
            page.text(desk.setter, &address, MARGIN, y + count.height);
            layers.extend(page.lift(Ramp::from(28, 14)));

            let mut y = H - 44.0 - foot;
            if let Some(floors) = &floors {
                page.text(desk.setter, floors, MARGIN, y);
                y += floors.height + 6.0;
            }
            page.text(desk.setter, &policy, MARGIN, y);
            let (hash, cell) = (hex::encode(closing.policy_sha256), 11.4);
            let left = page.left(MARGIN, cell * hash.len() as f32);
            desk.setter.draw_cells(&hash, quiet(18.0, 1.5), cell, &mut page.canvas, left, y + policy.height);
            layers.extend(page.lift(Ramp::from(36, 14)));
            layers
        });
        Card { ground: ink, layers }
    }
}
