//! The printable sheet: one card an invite, to cut out and hand over. One HTML file with everything in it; it loads nothing
//! and runs no script.
//!
//! Refuses: the circle's name on a card (a card that is found must not lead to who gave it), and the order in which the issuer
//! signed.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

use hamseda_core::{Campaign, Day, Lang, Random, Texts, number};
use hamseda_seal::KeySet;
use hamseda_seal::token::Token;

use crate::error::InviteError;

/// Quiet zone around a QR code, modules.
const QUIET: usize = 4;

/// The sheet's texts in all its languages.
pub struct SheetTexts(Texts);

impl SheetTexts {
    /// Loads them.
    ///
    /// # Errors
    /// [`InviteError::Texts`] when a file that was built in is broken.
    pub fn load() -> Result<Self, InviteError> {
        let files = [
            (Lang::En, include_str!("../locales/en.ftl")),
            (Lang::Fa, include_str!("../locales/fa.ftl")),
            (Lang::Ar, include_str!("../locales/ar.ftl")),
        ];
        Ok(Self(Texts::new(&files)?))
    }

    /// What a language lacks, a line each; nothing when complete.
    #[must_use]
    pub fn missing(&self) -> String {
        self.0.missing()
    }
}

/// What stands on every card.
pub struct Sheet<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its current key set, whose hash the cards print.
    pub keyset: &'a KeySet,
    /// Where to send: the address of the intake's first page.
    pub address: &'a str,
    /// Language of the cards and of the page they lead to.
    pub lang: Lang,
}

/// A card.
struct Card {
    /// The path of an SVG.
    modules: String,
    /// Its side, modules.
    side: usize,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page<'a> {
    texts: &'a Texts,
    lang: Lang,
    title: String,
    summary: String,
    slogan: (&'static str, &'static str, &'a str),
    line: (&'static str, &'static str, &'a str),
    address: &'a str,
    until: String,
    /// The hash in words, where the language has a list of them.
    words: Option<Vec<&'static str>>,
    digits: String,
    accent: &'a str,
    arabic_font: String,
    latin_font: String,
    /// Pages of cards.
    pages: Vec<Vec<Card>>,
}

impl Page<'_> {
    fn t(&self, id: &str) -> String {
        self.texts.get(self.lang, id)
    }
}

/// Cards on one page of paper.
const ON_A_PAGE: usize = 6;

impl Sheet<'_> {
    /// The link of a token: the token stands in the fragment, which no browser sends to a server.
    #[must_use]
    pub fn link(&self, token: &Token) -> String {
        format!("{}/{}/send#t={token}", self.address.trim_end_matches('/'), self.lang.code())
    }

    /// The sheet, in a random order of tokens.
    ///
    /// # Errors
    /// [`InviteError::Sheet`].
    pub fn to_html(
        &self,
        texts: &SheetTexts,
        mut tokens: Vec<Token>,
        random: &mut dyn Random,
    ) -> Result<String, InviteError> {
        shuffle(&mut tokens, random);
        let count = number(self.lang, tokens.len() as u64);
        let cards = tokens.iter().map(|token| self.card(token)).collect::<Result<Vec<_>, _>>()?;
        let (texts, lang) = (&texts.0, self.lang);
        let mut pages: Vec<Vec<Card>> = Vec::new();
        for card in cards {
            match pages.last_mut() {
                Some(page) if page.len() < ON_A_PAGE => page.push(card),
                _ => pages.push(vec![card]),
            }
        }
        let terms = self.keyset.terms();
        let page = Page {
            texts,
            lang,
            title: texts.with(lang, "sheet-title", &[("count", &count)]),
            summary: texts.with(lang, "sheet-summary", &[("count", &count)]),
            slogan: said(&self.campaign.slogan, lang),
            line: said(&self.campaign.line, lang),
            address: self.address,
            until: texts.with(lang, "until", &[("day", &day(texts, lang, terms.expires))]),
            words: self.keyset.words(lang),
            digits: groups(&hex::encode(self.keyset.hash())),
            accent: &self.campaign.look.accent,
            arabic_font: font(0),
            latin_font: font(1),
            pages,
        };
        page.render().map_err(|error| InviteError::Sheet(error.to_string()))
    }

    fn card(&self, token: &Token) -> Result<Card, InviteError> {
        // Paper that is folded and carried: the lowest level still mends 7 % and keeps the modules large.
        let code = QrCode::with_error_correction_level(self.link(token), EcLevel::L);
        let code = code.map_err(|error| InviteError::Sheet(error.to_string()))?;
        Ok(Card { modules: path(&code), side: code.width() + 2 * QUIET })
    }
}

/// The dark modules as an SVG path, one rectangle for each run in a row.
fn path(code: &QrCode) -> String {
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                path += &format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    path
}

/// A campaign's text in the sheet's language, else in one that it has: language, direction, text.
fn said(local: &hamseda_core::Local, lang: Lang) -> (&'static str, &'static str, &str) {
    let (lang, text) = local.best(lang).unwrap_or((lang, ""));
    (lang.code(), lang.direction().as_str(), text)
}

/// A day as the language writes it.
fn day(texts: &Texts, lang: Lang, day: Day) -> String {
    let (year, month, date) = day.civil();
    // A year is a name: its digits are not grouped.
    let digits = |n: u32| n.to_string().bytes().map(|b| number(lang, u64::from(b - b'0'))).collect::<String>();
    let month = texts.get(lang, &format!("month-{month}"));
    let arguments = [("date", digits(date)), ("month", month), ("year", digits(year.unsigned_abs()))];
    let day = texts.with(lang, "day", &arguments.each_ref().map(|(name, value)| (*name, value.as_str())));
    // Marks around each number would leave nothing from which the whole date takes its direction.
    day.replace(['\u{2068}', '\u{2069}'], "")
}

/// Hex digits in groups of four, eight to a line, as pages print them.
fn groups(hex: &str) -> String {
    let groups: Vec<_> = (0..hex.len()).step_by(4).filter_map(|at| hex.get(at..at + 4)).collect();
    groups.chunks(8).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
}

fn font(at: usize) -> String {
    STANDARD.encode(hamseda_assets::WEB_FONTS[at].bytes)
}

/// Mixes the tokens, so that their order says nothing of the order in which they were signed.
fn shuffle(tokens: &mut [Token], random: &mut dyn Random) {
    for left in (2..=tokens.len()).rev() {
        let drawn = u64::from_be_bytes(random.bytes());
        tokens.swap(left - 1, (drawn % left as u64) as usize);
    }
}
