//! What the queue's template shows, made from the vault's messages.

use askama::Template;
use hamseda_core::{Direction, MessageState, RejectCode, lattice};
use hamseda_seal::REPLY_CHARS;
use hamseda_vault::{Actor, Correspondence, CustodyEvent, Event, Message, OriginalReason, Parts, Reply, SenderLetter};

use crate::app::App;
use crate::twins::TwinRow;
use crate::view::{Page, Said};

#[derive(Template)]
#[template(path = "queue.html")]
pub(crate) struct QueuePage<'a> {
    pub(crate) page: Page<'a>,
    pub(crate) slogan: Said,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) state: &'static str,
    pub(crate) waiting: String,
    pub(crate) counted: String,
    pub(crate) csrf: String,
    pub(crate) reviewer: String,
    pub(crate) items: Vec<Item>,
    pub(crate) more: Option<i64>,
    pub(crate) done: Option<String>,
    pub(crate) message: Option<Detail>,
    pub(crate) letters: Option<Letters>,
    pub(crate) original: Option<Asking>,
    pub(crate) made: Vec<Fact>,
    pub(crate) codes: Vec<(&'static str, String)>,
    pub(crate) twins: Vec<TwinRow>,
}

pub(crate) struct Tab {
    pub(crate) state: &'static str,
    pub(crate) label: String,
    pub(crate) count: String,
    pub(crate) here: bool,
}

pub(crate) struct Item {
    id: String,
    here: bool,
    poster: bool,
    place: Said,
    language: String,
    note: String,
}

pub(crate) struct Detail {
    id: String,
    playable: bool,
    card: bool,
    state_label: String,
    reason: String,
    withdrawn: bool,
    facts: Vec<Fact>,
    decidable: bool,
    holdable: bool,
}

/// What desk and sender wrote to one another.
pub(crate) struct Letters {
    /// Whether a reply would be read.
    open: bool,
    /// Of a reply, characters.
    most: usize,
    written: Vec<Line>,
}

struct Line {
    head: String,
    /// In whatever language it was written: the browser finds the direction.
    text: String,
    ours: bool,
}

impl Letters {
    /// Replies and letters by day; of one day the replies first.
    pub(crate) fn of(page: &Page<'_>, message: &Message, written: Correspondence) -> Self {
        let reply = |reply: Reply| {
            let author = match reply.author {
                Actor::Reviewer(name) => name,
                other => other.to_string(),
            };
            let args = [("who", author.as_str()), ("day", &reply.day.to_string())];
            (reply.day, Line { head: page.with("reply-by", &args), text: reply.text, ours: true })
        };
        let letter = |letter: SenderLetter| {
            let args = [("day", letter.day.to_string())];
            let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
            (letter.day, Line { head: page.with("letter-on", &args), text: letter.text, ours: false })
        };
        let mut lines: Vec<_> =
            written.replies.into_iter().map(reply).chain(written.letters.into_iter().map(letter)).collect();
        lines.sort_by_key(|(day, line)| (*day, !line.ours));
        let open = written.can_reply && message.state != MessageState::Withdrawn;
        Self { open, most: REPLY_CHARS, written: lines.into_iter().map(|(_, line)| line).collect() }
    }
}

/// Asking to see a message unprotected, and who did.
pub(crate) struct Asking {
    /// Whether there is anything to see.
    open: bool,
    reasons: Vec<(&'static str, String)>,
    seen: Vec<String>,
}

impl Asking {
    pub(crate) fn of(page: &Page<'_>, message: &Message, events: &[CustodyEvent]) -> Self {
        let asked = events.iter().filter(|e| e.event == Event::OriginalAsked).map(|event| {
            let Actor::Reviewer(who) = &event.actor else { return event.actor.to_string() };
            let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
            let reason = detail["why"].as_str().unwrap_or_default().parse::<OriginalReason>();
            let mut why = reason.map_or_else(|_| String::new(), |reason| page.t(&format!("why-{}", reason.as_str())));
            if let Some(words) = detail["words"].as_str().filter(|words| !words.is_empty()) {
                why = format!("{why} – \u{2068}{words}\u{2069}");
            }
            page.with("original-seen-by", &[("who", who), ("day", &event.day.to_string()), ("why", &why)])
        });
        let nothing = matches!(message.state, MessageState::Withdrawn | MessageState::Stored);
        Self {
            open: !nothing,
            reasons: OriginalReason::ALL.map(|r| (r.as_str(), page.t(&format!("why-{}", r.as_str())))).into(),
            seen: asked.collect(),
        }
    }
}

/// One line of a list.
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: Said,
}

impl QueuePage<'_> {
    pub(crate) fn item(app: &App, page: &Page<'_>, message: &Message, chosen: Option<&Message>) -> Item {
        let parts = message.parts.as_ref();
        let note = parts.map_or_else(
            || page.t(&format!("state-{}", message.state)),
            |parts| {
                let what = page.t(if parts.shown { "shown" } else { "card" });
                format!("{} · {what}", seconds(page, parts))
            },
        );
        Item {
            id: message.id.to_string(),
            here: chosen.is_some_and(|c| c.id == message.id),
            poster: parts.is_some(),
            place: parts.map_or_else(|| page.own(message.id.to_string()[..8].to_owned()), |p| place(app, page, p)),
            language: parts.map(|p| p.choices.lang.own_name().to_owned()).unwrap_or_default(),
            note,
        }
    }

    pub(crate) fn detail(app: &App, page: &Page<'_>, message: &Message) -> Detail {
        Detail {
            id: message.id.to_string(),
            playable: message.parts.is_some(),
            card: message.parts.as_ref().is_some_and(|p| !p.shown),
            state_label: page.t(&format!("state-{}", message.state)),
            reason: message.reason.clone().unwrap_or_default(),
            withdrawn: message.state == MessageState::Withdrawn,
            facts: facts(app, page, message),
            decidable: matches!(message.state, MessageState::Prepared | MessageState::Held),
            holdable: message.state == MessageState::Prepared,
        }
    }

    pub(crate) fn codes(page: &Page<'_>) -> Vec<(&'static str, String)> {
        RejectCode::ALL.iter().map(|code| (code.as_str(), page.t(&format!("code-{code}")))).collect()
    }
}

fn facts(app: &App, page: &Page<'_>, message: &Message) -> Vec<Fact> {
    let fact = |label: &str, value: Said| Fact { label: page.t(label), value };
    let word = |text: String| page.own(text);
    let mut facts = vec![fact("label-state", word(page.t(&format!("state-{}", message.state))))];
    if let Some(parts) = &message.parts {
        let choices = &parts.choices;
        facts.push(fact("label-uses", word(uses(page, parts))));
        facts.push(fact("label-place", place(app, page, parts)));
        let name = choices.pseudonym.as_deref();
        facts.push(fact("label-name", name.map_or_else(|| word(page.t("no-name")), |n| Said::of(n, choices.lang))));
        facts.push(fact("label-language", Said::of(choices.lang.own_name(), choices.lang)));
        facts.push(fact("label-picture", word(page.t(picture(parts)))));
        facts.push(fact("label-voice", word(page.t(voice(parts)))));
    }
    facts.push(fact("label-received", Said { dir: Direction::Ltr.as_str(), ..word(message.day.to_string()) }));
    if let Some(code) = message.code.as_deref().and_then(|c| c.parse::<RejectCode>().ok()) {
        facts.push(fact("label-reason", word(page.t(&format!("code-{code}")))));
    }
    facts
}

const fn picture(parts: &Parts) -> &'static str {
    match parts.choices.picture {
        hamseda_core::Picture::Hide => "picture-hide",
        hamseda_core::Picture::Mask => "picture-mask",
        hamseda_core::Picture::Show => "picture-show",
    }
}

const fn voice(parts: &Parts) -> &'static str {
    match parts.choices.voice {
        hamseda_core::Voice::Mute => "voice-mute",
        hamseda_core::Voice::Alter => "voice-alter",
        hamseda_core::Voice::Keep => "voice-keep",
    }
}

fn uses(page: &Page<'_>, parts: &Parts) -> String {
    let uses = parts.choices.uses;
    let all = [
        (uses.film, "use-film"),
        (uses.wall, "use-wall"),
        (uses.count, "use-count"),
        (uses.testimony, "use-testimony"),
    ];
    let words: Vec<_> = all.iter().filter(|(on, _)| *on).map(|(_, id)| page.t(id)).collect();
    let comma = if page.dir() == "rtl" { "، " } else { ", " };
    if words.is_empty() { page.t("use-none") } else { words.join(comma) }
}

fn place(app: &App, page: &Page<'_>, parts: &Parts) -> Said {
    let name = parts.choices.place.as_ref().and_then(|id| app.config.campaign.places.get(id)?.name.best(page.lang));
    name.map_or_else(|| page.own(page.t("no-place")), |(lang, text)| Said::of(text, lang))
}

fn seconds(page: &Page<'_>, parts: &Parts) -> String {
    page.with("seconds", &[("n", &page.number(lattice::millis(parts.units).div_ceil(1000)))])
}
