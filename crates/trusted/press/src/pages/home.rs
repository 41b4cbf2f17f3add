//! The first page: the wall with slogan and claim, film, supporters, messages, places, "count", the call.

use askama::Template;
use hamseda_core::number;
use hamseda_core::{Lang, Picture};
use hamseda_tally::{Claim, ClaimText, PublishedIndex};

use super::parts::{Card, FilmView, Quote};
use super::{PageFile, Site, render};
use crate::chrome::{Chrome, Room};
use crate::places::{Cell, Covers};
use crate::words::{Said, spoken, texts};
use crate::{Clip, PressError};

/// Messages on the first page; more would make the first view heavy.
const FEW: usize = 4;
/// Supporters on the first page.
const QUOTES: usize = 6;
/// Places on the first page.
const PLACES: usize = 12;

#[derive(Template)]
#[template(path = "index.html")]
struct Home<'a> {
    c: Chrome<'a>,
    /// Nothing to show yet: the page asks first, and says what will stand here.
    fresh: bool,
    wall: bool,
    wall_video: Option<String>,
    line: Option<Said>,
    claim: Option<ClaimText>,
    film: Option<FilmView>,
    quotes: Vec<Quote>,
    more_supporters: bool,
    cards: Vec<Card>,
    places: Vec<PlaceRow>,
    places_note: String,
    command_target: &'static str,
    call_text: Option<Said>,
}

/// One bar.
struct PlaceRow {
    name: Said,
    /// Length of the bar, thousandths of the longest.
    share: u64,
    figure: String,
    joined: bool,
}

/// What pages print after a command: a copy of the site in a folder.
pub(super) const FOLDER: &str = "site/";

pub(super) fn page(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let data = site.data;
    let campaign = &data.campaign;
    let k = number(spoken(lang), campaign.floors.k.into());
    let home = Home {
        c: site.chrome(lang, Room::Home, ""),
        fresh: data.clips.is_empty() && data.supporters.is_empty() && data.film.is_none(),
        wall: data.wall.is_some(),
        wall_video: data.wall.as_ref().and_then(|w| w.video.as_ref()).map(|_| "wall/wall.mp4".into()),
        line: Said::best(spoken(lang), &campaign.line),
        claim: site.claim(lang),
        film: site.film_view(lang),
        quotes: site.quotes(lang, QUOTES),
        more_supporters: data.supporters.len() > QUOTES,
        cards: few(&site.clips).into_iter().map(|clip| site.card(lang, clip)).collect(),
        places: rows(site, lang)?,
        places_note: texts().with(lang, "places-note", &[("k", &k)]),
        command_target: FOLDER,
        call_text: Said::best(spoken(lang), &campaign.call.text),
    };
    render(&home.c, &home)
}

/// A few messages: those with a picture before cards.
fn few<'a>(clips: &[&'a Clip]) -> Vec<&'a Clip> {
    let mut clips = clips.to_vec();
    clips.sort_by_key(|clip| clip.picture == Picture::Hide);
    clips.truncate(FEW);
    clips
}

fn rows(site: &Site<'_>, lang: Lang) -> Result<Vec<PlaceRow>, PressError> {
    let cells = site.places.shown();
    let longest = cells.iter().map(|cell| cell.pages.len() as u64).max().unwrap_or(1).max(1);
    let first = cells.iter().filter(|cell| cell.covers != Covers::Rest).take(PLACES);
    let rest = cells.iter().filter(|cell| cell.covers == Covers::Rest);
    first.chain(rest).map(|cell| row(site, lang, cell, longest)).collect()
}

fn row(site: &Site<'_>, lang: Lang, cell: &Cell, longest: u64) -> Result<PlaceRow, PressError> {
    let clips = site.clips.iter().filter(|clip| cell.pages.contains(&clip.page));
    let told = PublishedIndex::new(clips.map(|clip| clip.entry()).collect(), Vec::new())?;
    let name = match &cell.covers {
        Covers::Rest => {
            let country = site.data.campaign.country.get(lang);
            Said::new(spoken(lang), spoken(lang), texts().with(lang, "place-rest", &[("country", country)]))
        }
        covers => site.place_name(lang, covers),
    };
    Ok(PlaceRow {
        name,
        share: cell.pages.len() as u64 * 1000 / longest,
        figure: Claim::published(&told).text(spoken(lang)).figure,
        joined: !matches!(cell.covers, Covers::Town(_)),
    })
}
