//! What several pages show: cards of messages, quotes, the film, names of places.

use hamseda_core::{Lang, Local, PlaceId};

use super::Site;
use crate::places::Covers;
use crate::words::{Said, duration, size, spoken, texts};
use crate::{Clip, Supporter};

/// Path of the film's still.
pub(crate) const FILM_POSTER: &str = "film/poster.jpg";

/// A message as a card.
pub(super) struct Card {
    pub(super) page: String,
    pub(super) who: Said,
    pub(super) place: Option<Said>,
    pub(super) language: &'static str,
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    pub(super) length: String,
}

/// A supporter's words.
pub(super) struct Quote {
    pub(super) name: Said,
    pub(super) initial: String,
    pub(super) lines: Vec<Said>,
    pub(super) quote: Option<Said>,
    pub(super) portrait: Option<String>,
    pub(super) portrait_large: Option<String>,
    pub(super) file: Option<String>,
}

/// The film as pages show it.
pub(super) struct FilmView {
    pub(super) poster: bool,
    pub(super) length: Option<String>,
    pub(super) download: String,
}

impl Site<'_> {
    /// The name of what a cell covers, on a page of `lang`.
    pub(super) fn place_name(&self, lang: Lang, covers: &Covers) -> Said {
        let page = spoken(lang);
        let campaign = &self.data.campaign;
        let named = |id: &PlaceId| {
            let name = campaign.places.get(id).and_then(|place| Said::best(page, &place.name));
            name.unwrap_or_else(|| Said::new(page, Lang::En, id.as_str()))
        };
        match covers {
            Covers::Town(id) => named(id),
            Covers::Province(id) if self.has_towns(id) => {
                let province = named(id).text;
                Said::new(page, page, texts().with(lang, "place-elsewhere", &[("province", &province)]))
            }
            Covers::Province(id) => named(id),
            Covers::Rest => Said::best(page, &campaign.country)
                .unwrap_or_else(|| Said::new(page, Lang::En, campaign.origin.clone())),
        }
    }

    /// Whether a town of the province has a cell of its own, so that the province's cell is not all of it.
    fn has_towns(&self, province: &PlaceId) -> bool {
        let inside =
            |id: &PlaceId| self.data.campaign.places.get(id).is_some_and(|p| p.within.as_ref() == Some(province));
        self.places.shown().iter().any(|cell| matches!(&cell.covers, Covers::Town(id) if inside(id)))
    }

    /// What is told of a message's place.
    pub(super) fn place_of(&self, lang: Lang, clip: &Clip) -> Said {
        self.place_name(lang, self.places.of(clip.page))
    }

    pub(super) fn card(&self, lang: Lang, clip: &Clip) -> Card {
        let place = self.place_of(lang, clip);
        let name = clip.pseudonym.as_ref().map(|name| Said::new(spoken(lang), clip.lang, name.clone()));
        let (who, place) = match name {
            Some(name) => (name, Some(place)),
            None => (place, None),
        };
        Card {
            page: clip.page.to_string(),
            who,
            place,
            language: clip.lang.own_name(),
            lang: clip.lang.code(),
            dir: clip.lang.direction().as_str(),
            length: duration(spoken(lang), clip.millis),
        }
    }

    pub(super) fn quotes(&self, lang: Lang, most: usize) -> Vec<Quote> {
        self.data.supporters.iter().take(most).map(|s| quote(spoken(lang), s)).collect()
    }

    pub(super) fn film_view(&self, lang: Lang) -> Option<FilmView> {
        let film = self.data.film.as_ref()?;
        let c = spoken(lang);
        let bytes = (self.length)("film/film.mp4").unwrap_or(0);
        Some(FilmView {
            poster: (self.length)(FILM_POSTER).is_some(),
            length: (film.seconds > 0).then(|| duration(c, film.seconds * 1000)),
            download: texts().with(c, "film-download", &[("size", &size(c, bytes))]),
        })
    }
}

fn quote(page: Lang, supporter: &Supporter) -> Quote {
    let said = |local: &Local| Said::best(page, local);
    let name = said(&supporter.name).unwrap_or_else(|| Said::new(page, page, String::new()));
    let picture = |width: u16| supporter.portrait.as_ref().map(|_| portrait_path(&supporter.id, width));
    Quote {
        initial: name.text.chars().next().map(String::from).unwrap_or_default(),
        name,
        lines: [&supporter.role, &supporter.country].into_iter().filter_map(said).collect(),
        quote: said(&supporter.quote).map(|said| said.rewritten(page, quoted)),
        portrait: picture(128),
        portrait_large: picture(320),
        file: supporter.file.as_ref().map(|_| supporter_clip_path(&supporter.id)),
    }
}

/// A quote in the quotation marks of its language.
fn quoted(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Fa | Lang::Ar | Lang::Ckb | Lang::Ur | Lang::Es => format!("«{text}»"),
        Lang::Fr => format!("«\u{202f}{text}\u{202f}»"),
        Lang::De => format!("„{text}“"),
        Lang::En | Lang::He | Lang::Ku | Lang::Tr | Lang::Hi => format!("“{text}”"),
    }
}

/// Path of a supporter's portrait.
pub(crate) fn portrait_path(id: &str, width: u16) -> String {
    format!("img/supporter-{id}-{width}.jpg")
}

/// Path of a supporter's clip.
pub(crate) fn supporter_clip_path(id: &str) -> String {
    format!("clips/supporter-{id}.mp4")
}
