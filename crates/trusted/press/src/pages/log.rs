//! "Count it yourself": the recount in the page, the receipt, the command, and what the log says of itself.

use askama::Template;
use hamseda_core::Lang;
use hamseda_core::number;
use hamseda_tally::{Checkpoint, ClaimText};

use super::call::in_groups;
use super::home::FOLDER;
use super::{PageFile, Site, render};
use crate::chrome::{Chrome, Room};
use crate::words::{date, spoken, texts};
use crate::{KeySetFile, Log, PressError};

/// Figures of a recount: name in the script, text.
const ROWS: [(&str, &str); 7] = [
    ("accepted", "verify-accepted"),
    ("uninvited", "verify-uninvited"),
    ("withdrawn", "verify-withdrawn"),
    ("duplicate", "verify-duplicate"),
    ("canary", "verify-canary"),
    ("net", "verify-net"),
    ("published", "verify-published"),
];

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage<'a> {
    c: Chrome<'a>,
    claim: Option<ClaimText>,
    facts: Option<Facts>,
    rows: [(&'static str, &'static str); 7],
    command_target: &'static str,
}

struct Facts {
    origin: String,
    size: String,
    root: String,
    key: String,
    policy: String,
    keysets: Vec<KeySetFact>,
    floor: String,
    k: String,
    witnesses: Vec<String>,
    shards: String,
}

/// A key set, as the page lists it: newest first.
struct KeySetFact {
    path: String,
    epoch: String,
    hash: String,
}

fn keyset(set: &KeySetFile, lang: Lang) -> KeySetFact {
    let spoken = spoken(lang);
    let (epoch, day) = (number(spoken, set.epoch.into()), date(spoken, set.expires));
    KeySetFact {
        path: set.path(),
        epoch: texts().with(lang, "verify-keyset-epoch", &[("epoch", &epoch), ("day", &day)]),
        hash: in_groups(&hex::encode(set.sha256())),
    }
}

pub(super) fn page(site: &Site<'_>, lang: Lang) -> Result<PageFile, PressError> {
    let page = VerifyPage {
        c: site.room(lang, Room::Verify, "verify-title"),
        claim: site.claim(lang),
        facts: site.data.log.as_ref().and_then(|log| facts(site, lang, log)),
        rows: ROWS,
        command_target: FOLDER,
    };
    render(&page.c, &page)
}

/// The root of the checkpoint, hex.
pub(super) fn root_hash(log: &Log) -> Option<String> {
    head(log).map(|head| hex::encode(head.root))
}

fn head(log: &Log) -> Option<Checkpoint> {
    Checkpoint::open(log.checkpoint.as_bytes(), &log.policy.log).ok().map(|(checkpoint, _)| checkpoint)
}

fn facts(site: &Site<'_>, lang: Lang, log: &Log) -> Option<Facts> {
    let head = head(log)?;
    let n = |value: u64| number(spoken(lang), value);
    let batch = n(log.policy.floors.batch.into());
    Some(Facts {
        origin: head.origin,
        size: n(head.size),
        root: hex::encode(head.root),
        key: log.policy.log.to_string(),
        policy: hex::encode(log.policy.sha256()),
        keysets: site.data.keysets.iter().rev().map(|set| keyset(set, lang)).collect(),
        floor: texts().with(lang, "verify-floor-value", &[("batch", &batch)]),
        k: n(log.policy.floors.k.into()),
        witnesses: log.policy.witnesses.iter().map(|w| w.key.to_string()).collect(),
        shards: site.shards.clone(),
    })
}
