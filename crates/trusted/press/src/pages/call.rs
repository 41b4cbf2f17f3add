//! The call: what is asked, how to send safely, and when not to send.

use askama::Template;
use hamseda_core::number;
use hamseda_core::{Lang, Local};

use super::{PageFile, Site, render};
use crate::PressError;
use crate::chrome::{Chrome, Room};
use crate::words::{Said, date, spoken};

const STEPS: [&str; 6] = ["call-step-1", "call-step-2", "call-step-3", "call-step-4", "call-step-5", "call-step-6"];

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage<'a> {
    c: Chrome<'a>,
    text: Option<Said>,
    dates: String,
    questions: Vec<Said>,
    length: String,
    steps: [&'static str; 6],
    keyset: Option<String>,
}

pub(super) fn page(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let call = &site.data.campaign.call;
    let c = site.room(lang, Room::Call, "call-title");
    let (opens, closes) = (date(spoken(lang), call.opens), date(spoken(lang), call.closes));
    let said = |local: &Local| Said::best(spoken(lang), local);
    let page = CallPage {
        text: said(&call.text),
        dates: c.with("call-dates", &[("opens", &opens), ("closes", &closes)]),
        questions: call.questions.iter().filter_map(said).collect(),
        length: c.with("call-length", &[("seconds", &number(spoken(lang), call.seconds.into()))]),
        steps: STEPS,
        keyset: site.data.keyset_hash().map(|hash| in_groups(&hex::encode(hash))),
        c,
    };
    render(&page.c, &page)
}

/// Hex in groups of four, eight to a line, as people compare it aloud.
pub(super) fn in_groups(hex: &str) -> String {
    let groups: Vec<String> = hex.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    groups.chunks(8).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
}
