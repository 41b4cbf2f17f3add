//! What surrounds every page: language, title, addresses, navigation, notes and footer.

use hamseda_core::number;
use hamseda_core::{Campaign, Lang};

use crate::words::{Said, spoken, texts};

/// The rooms of the site, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Home,
    Film,
    Messages,
    Wall,
    Supporters,
    Call,
    Verify,
    About,
}

impl Room {
    const NAV: [Self; 7] =
        [Self::Film, Self::Messages, Self::Wall, Self::Supporters, Self::Call, Self::Verify, Self::About];

    const fn file(self) -> &'static str {
        match self {
            Self::Home => "index.html",
            Self::Film => "film.html",
            Self::Messages => "messages.html",
            Self::Wall => "wall.html",
            Self::Supporters => "supporters.html",
            Self::Call => "call.html",
            Self::Verify => "verify.html",
            Self::About => "about.html",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Film => "nav-film",
            Self::Messages => "nav-messages",
            Self::Wall => "nav-wall",
            Self::Supporters => "nav-supporters",
            Self::Call => "nav-call",
            Self::Verify => "nav-verify",
            Self::About => "nav-about",
        }
    }
}

/// One link of the navigation.
pub(crate) struct NavLink {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) current: bool,
}

/// One language of the site.
pub(crate) struct LangLink {
    pub(crate) href: String,
    pub(crate) code: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) name: &'static str,
    pub(crate) current: bool,
    /// The page's full address, where the campaign has one.
    pub(crate) address: Option<String>,
}

/// What surrounds one page.
pub(crate) struct Chrome<'a> {
    pub(crate) campaign: &'a Campaign,
    pub(crate) lang: Lang,
    /// Path of the page inside its language's folder.
    pub(crate) path: String,
    pub(crate) room: Room,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Path of the preview picture from the site's root.
    pub(crate) image: Option<String>,
    /// Root hash for the footer; pages that must not change with the log leave it out.
    pub(crate) root_hash: Option<String>,
}

impl<'a> Chrome<'a> {
    /// A page of a room.
    pub(crate) fn new(campaign: &'a Campaign, lang: Lang, room: Room, title: String) -> Self {
        let path = room.file().to_owned();
        let description = campaign.line.get(lang).to_owned();
        Self { campaign, lang, path, room, title, description, image: None, root_hash: None }
    }

    /// The language of texts, digits and direction: English where a language of the campaign has no texts here.
    pub(crate) fn spoken(&self) -> Lang {
        spoken(self.lang)
    }

    /// A text.
    pub(crate) fn t(&self, id: &str) -> String {
        texts().get(self.lang, id)
    }

    /// A text with arguments.
    pub(crate) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        texts().with(self.lang, id, args)
    }

    /// A number that is not a figure of messages.
    pub(crate) fn n(&self, value: u64) -> String {
        number(self.spoken(), value)
    }

    /// `lang` of the page.
    pub(crate) fn code(&self) -> &'static str {
        self.spoken().code()
    }

    /// `dir` of the page.
    pub(crate) fn dir(&self) -> &'static str {
        self.spoken().direction().as_str()
    }

    /// Way up to the site's root.
    pub(crate) fn up(&self) -> String {
        "../".repeat(1 + self.path.matches('/').count())
    }

    /// Way up to the language's folder.
    pub(crate) fn home(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// The slogan, which may be in another language than the page.
    pub(crate) fn slogan(&self) -> Said {
        Said::best(self.spoken(), &self.campaign.slogan)
            .unwrap_or_else(|| Said::new(self.spoken(), Lang::En, self.campaign.origin.clone()))
    }

    /// The country's name.
    pub(crate) fn country(&self) -> String {
        self.campaign.country.get(self.lang).to_owned()
    }

    /// The navigation.
    pub(crate) fn nav(&self) -> Vec<NavLink> {
        let link = |room: Room| NavLink {
            href: format!("{}{}", self.home(), room.file()),
            text: self.t(room.text()),
            current: room == self.room,
        };
        Room::NAV.into_iter().map(link).collect()
    }

    /// This page in all languages of the campaign.
    pub(crate) fn langs(&self) -> Vec<LangLink> {
        let base = self.campaign.site_url.trim_end_matches('/');
        let link = |&lang: &Lang| LangLink {
            href: format!("{}{}/{}", self.up(), lang.code(), self.path),
            code: lang.code(),
            dir: lang.direction().as_str(),
            name: lang.own_name(),
            current: lang == self.lang,
            address: (!base.is_empty()).then(|| format!("{base}/{}/{}", lang.code(), self.path)),
        };
        self.campaign.languages.iter().map(link).collect()
    }

    /// The preview picture's full address, where the campaign has one.
    pub(crate) fn preview(&self) -> Option<String> {
        let base = self.campaign.site_url.trim_end_matches('/');
        self.image.as_ref().filter(|_| !base.is_empty()).map(|image| format!("{base}/{image}"))
    }

    /// The note on lowered floors, where they are lowered.
    pub(crate) fn floors(&self) -> Option<String> {
        let (floors, usual) = (self.campaign.floors, hamseda_core::campaign::Floors::default());
        let n = |value: u32| self.n(value.into());
        floors.lowered().then(|| {
            self.with(
                "floors",
                &[
                    ("batch", &n(floors.batch)),
                    ("k", &n(floors.k)),
                    ("batch-usual", &n(usual.batch)),
                    ("k-usual", &n(usual.k)),
                ],
            )
        })
    }
}
