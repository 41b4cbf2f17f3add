//! The root of the site: the languages, as plain links. It sends nobody anywhere by itself.

use askama::Template;
use hamseda_core::Lang;

use super::{PageFile, Site, file};
use crate::PressError;

#[derive(Template)]
#[template(path = "root.html")]
struct RootPage {
    lang: &'static str,
    dir: &'static str,
    title: String,
    langs: Vec<Choice>,
}

struct Choice {
    href: String,
    code: &'static str,
    dir: &'static str,
    name: &'static str,
    slogan: String,
    line: String,
}

pub(super) fn page(site: &Site<'_>) -> Result<PageFile, PressError> {
    let campaign = &site.data.campaign;
    let base = campaign.site_url.trim_end_matches('/');
    let choice = |&lang: &Lang| Choice {
        href: if base.is_empty() { format!("{lang}/index.html") } else { format!("{base}/{lang}/index.html") },
        code: lang.code(),
        dir: lang.direction().as_str(),
        name: lang.own_name(),
        slogan: campaign.slogan.get(lang).to_owned(),
        line: campaign.line.get(lang).to_owned(),
    };
    let first = campaign.languages.first().copied().unwrap_or(Lang::En);
    let slogans: Vec<&str> = campaign.languages.iter().map(|&lang| campaign.slogan.get(lang)).collect();
    let page = RootPage {
        lang: first.code(),
        dir: first.direction().as_str(),
        title: slogans.join(" · "),
        langs: campaign.languages.iter().map(choice).collect(),
    };
    file("index.html".into(), &page)
}
