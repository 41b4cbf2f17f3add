//! The list of published messages, in an order that says nothing of time.

use askama::Template;
use hamseda_core::Lang;
use hamseda_tally::{Claim, ClaimText};

use super::parts::Card;
use super::{PageFile, Site, render};
use crate::PressError;
use crate::chrome::{Chrome, Room};
use crate::words::spoken;

/// Messages on one page: twelve rows of four.
const ON_A_PAGE: usize = 48;

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage<'a> {
    c: Chrome<'a>,
    cards: Vec<Card>,
    published: Option<ClaimText>,
    pages: usize,
    page_text: String,
    previous: Option<String>,
    next: Option<String>,
}

pub(super) fn pages(site: &Site<'_>, lang: Lang) -> Result<Vec<PageFile>, PressError> {
    let count = site.clips.len().div_ceil(ON_A_PAGE).max(1);
    (1..=count).map(|page| one(site, lang, page, count)).collect()
}

fn one(site: &Site<'_>, lang: Lang, page: usize, pages: usize) -> Result<PageFile, PressError> {
    let mut c = site.room(lang, Room::Messages, "messages-title");
    c.path = path(page);
    let clips = site.clips.iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE);
    let published = Claim::published(&site.data.published()?).text(spoken(lang));
    let page = MessagesPage {
        cards: clips.map(|clip| site.card(lang, clip)).collect(),
        published: (!site.clips.is_empty()).then_some(published),
        pages,
        page_text: c.with("messages-page", &[("page", &c.n(page as u64)), ("pages", &c.n(pages as u64))]),
        previous: (page > 1).then(|| path(page - 1)),
        next: (page < pages).then(|| path(page + 1)),
        c,
    };
    render(&page.c, &page)
}

fn path(page: usize) -> String {
    if page == 1 { "messages.html".into() } else { format!("messages-{page}.html") }
}
