//! The pages: what each one shows, from [`crate::SiteData`] alone. Templates are in `templates/`.
//!
//! Refuses: figures of messages that are not a [`hamseda_tally::Claim`]; a template has no other number to print.

mod call;
mod feed;
mod home;
mod log;
mod message;
mod messages;
mod parts;
mod rooms;
mod root;

use askama::Template;
use hamseda_core::Lang;
use hamseda_tally::{ClaimText, Tree};

use crate::chrome::{Chrome, Room};
use crate::places::PlaceRelease;
use crate::words::spoken;
use crate::{Clip, PressError, SiteData};

pub(crate) use parts::{FILM_POSTER, portrait_path, supporter_clip_path};

/// A page ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// Path from the site's root.
    pub path: String,
    /// HTML or XML.
    pub text: String,
}

/// What pages need beside the data: worked out once for all of them.
pub(crate) struct Site<'a> {
    pub(crate) data: &'a SiteData,
    /// Published messages in the order shown.
    pub(crate) clips: Vec<&'a Clip>,
    pub(crate) places: &'a PlaceRelease,
    pub(crate) tree: Option<Tree>,
    /// Lengths of files, for "download (3 MB)".
    pub(crate) length: &'a dyn Fn(&str) -> Option<u64>,
    /// Width and height of the wall's still, pixels.
    pub(crate) wall_size: (usize, usize),
    /// Numbers of the log's script shards.
    pub(crate) shards: String,
}

impl<'a> Site<'a> {
    fn chrome(&self, lang: Lang, room: Room, title: &str) -> Chrome<'a> {
        let campaign = &self.data.campaign;
        let slogan = campaign.slogan.get(lang);
        let title = if title.is_empty() { slogan.to_owned() } else { format!("{title} – {slogan}") };
        let mut chrome = Chrome::new(campaign, lang, room, title);
        chrome.image = self.data.wall.is_some().then(|| "wall/hero-1280.jpg".to_owned());
        chrome.root_hash = self.data.log.as_ref().and_then(log::root_hash);
        chrome
    }

    fn room(&self, lang: Lang, room: Room, text: &str) -> Chrome<'a> {
        let title = crate::words::texts().get(lang, text);
        self.chrome(lang, room, &title)
    }

    fn claim(&self, lang: Lang) -> Option<ClaimText> {
        self.data.headline().map(|claim| claim.text(spoken(lang)))
    }

    /// All pages of all languages, and the choice of language at the root.
    ///
    /// # Errors
    /// A template that can't be filled.
    pub(crate) fn pages(&self) -> Result<Vec<PageFile>, PressError> {
        let mut pages = vec![root::page(self)?];
        for &lang in &self.data.campaign.languages {
            pages.push(home::page(self, lang)?);
            pages.push(rooms::film(self, lang)?);
            pages.push(rooms::wall(self, lang)?);
            pages.push(rooms::supporters(self, lang)?);
            pages.push(rooms::about(self, lang)?);
            pages.push(call::page(self, lang)?);
            pages.push(log::page(self, lang)?);
            pages.extend(messages::pages(self, lang)?);
            pages.extend(message::pages(self, lang)?);
        }
        Ok(pages)
    }

    /// The feed of a language. Its date is the day of the last change, which the caller knows.
    pub(crate) fn feed(&self, lang: Lang, day: hamseda_core::Day) -> Result<PageFile, PressError> {
        feed::page(self, lang, day)
    }
}

/// Fills a template.
fn render(c: &Chrome<'_>, template: &impl Template) -> Result<PageFile, PressError> {
    file(format!("{}/{}", c.lang.code(), c.path), template)
}

fn file(path: String, template: &impl Template) -> Result<PageFile, PressError> {
    match template.render() {
        Ok(mut text) => {
            text.push('\n');
            Ok(PageFile { path, text })
        }
        Err(e) => Err(PressError::Page { page: path, why: e.to_string() }),
    }
}
