//! The smaller rooms: film, wall, supporters, about.

use askama::Template;
use hamseda_core::Lang;
use hamseda_tally::ClaimText;

use super::home::FOLDER;
use super::parts::{FilmView, Quote};
use super::{PageFile, Site, render};
use crate::PressError;
use crate::chrome::{Chrome, Room};

#[derive(Template)]
#[template(path = "film.html")]
struct FilmPage<'a> {
    c: Chrome<'a>,
    film: Option<FilmView>,
    claim: Option<ClaimText>,
}

pub(super) fn film(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let mut c = site.room(lang, Room::Film, "film");
    if (site.length)(super::FILM_POSTER).is_some() {
        c.image = Some(super::FILM_POSTER.to_owned());
    }
    let page = FilmPage { c, film: site.film_view(lang), claim: site.claim(lang) };
    render(&page.c, &page)
}

#[derive(Template)]
#[template(path = "wall.html")]
struct WallPage<'a> {
    c: Chrome<'a>,
    wall: bool,
    video: bool,
    width: usize,
    height: usize,
}

pub(super) fn wall(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let wall = site.data.wall.as_ref();
    let (width, height) = site.wall_size;
    let page = WallPage {
        c: site.room(lang, Room::Wall, "wall-title"),
        wall: wall.is_some(),
        video: wall.is_some_and(|w| w.video.is_some()),
        width,
        height,
    };
    render(&page.c, &page)
}

#[derive(Template)]
#[template(path = "supporters.html")]
struct SupportersPage<'a> {
    c: Chrome<'a>,
    quotes: Vec<Quote>,
}

pub(super) fn supporters(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let c = site.room(lang, Room::Supporters, "supporters-page");
    let page = SupportersPage { c, quotes: site.quotes(lang, usize::MAX) };
    render(&page.c, &page)
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    c: Chrome<'a>,
    folder: &'static str,
}

pub(super) fn about(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let page = AboutPage { c: site.room(lang, Room::About, "about-title"), folder: FOLDER };
    render(&page.c, &page)
}
