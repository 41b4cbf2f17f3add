//! The Atom feed: that the count or the film changed, never which message came when.

use askama::Template;
use hamseda_core::{Day, Lang};

use super::{PageFile, Site, file};
use crate::PressError;
use crate::chrome::{Chrome, Room};

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    c: Chrome<'a>,
    id: String,
    /// Address of the language's folder; empty where the campaign has none.
    base: String,
    updated: Day,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    href: &'static str,
    text: String,
}

pub(super) fn page(site: &Site<'_>, lang: Lang, day: Day) -> Result<PageFile, PressError> {
    let c = site.chrome(lang, Room::Home, "");
    let url = c.campaign.site_url.trim_end_matches('/');
    let mut entries = Vec::new();
    if let (Some(claim), Some(log)) = (site.claim(lang), &site.data.log) {
        entries.push(Entry {
            id: format!("log/{}", log.leaves.len()),
            title: claim.sentence.clone(),
            href: "verify.html",
            text: c.with("feed-count", &[("sentence", &claim.sentence)]),
        });
    }
    if site.data.film.is_some() {
        let bytes = (site.length)("film/film.mp4").unwrap_or(0);
        let (id, title) = (format!("film/{bytes}"), c.t("film"));
        entries.push(Entry { id, title, href: "film.html", text: c.t("feed-film") });
    }
    let feed = Feed {
        id: format!("https://{}/{}", c.campaign.origin, lang.code()),
        base: if url.is_empty() { String::new() } else { format!("{url}/{}/", lang.code()) },
        updated: day,
        entries,
        c,
    };
    file(format!("{}/feed.xml", lang.code()), &feed)
}
