//! One page a published message. It changes only when the message, its place's cell or its neighbours do: the log's head
//! is not on it, and the proof is under the head of the batch that its P leaf came with.
//!
//! Refuses: the A leaf, its tag and its batch. A receipt must not lead to a face.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hamseda_core::number;
use hamseda_core::{Lang, Picture, Voice};
use hamseda_tally::rules;

use super::{PageFile, Site, render};
use crate::chrome::{Chrome, Room};
use crate::words::{Said, duration, size, spoken};
use crate::{Clip, PressError};

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    c: Chrome<'a>,
    page: String,
    file: String,
    heading: String,
    spoken_code: &'static str,
    spoken_dir: &'static str,
    spoken_name: &'static str,
    place: Said,
    picture: &'static str,
    voice: &'static str,
    length: String,
    download: String,
    leaf: String,
    salt: String,
    sha256: String,
    proof: Option<Proof>,
    previous: Option<String>,
    next: Option<String>,
}

struct Proof {
    line: String,
    root: String,
    path: String,
}

pub(super) fn pages(site: &Site<'_>, lang: Lang) -> Result<Vec<PageFile>, PressError> {
    (0..site.clips.len()).map(|i| one(site, lang, i)).collect()
}

fn one(site: &Site<'_>, lang: Lang, i: usize) -> Result<PageFile, PressError> {
    let clip = site.clips[i];
    let neighbour = |i: Option<usize>| i.and_then(|i| site.clips.get(i)).map(|clip| clip.page.to_string());
    let place = site.place_of(lang, clip);
    let mut c = site.room(lang, Room::Messages, "messages-title");
    let heading = match &clip.pseudonym {
        Some(name) => c.with("message-title-by", &[("name", name), ("place", &place.text)]),
        None => c.with("message-title", &[("place", &place.text)]),
    };
    c.title = format!("{heading} – {}", site.data.campaign.slogan.get(lang));
    c.path = format!("m/{}.html", clip.page);
    c.image = Some(format!("img/{}-640.jpg", clip.page));
    c.root_hash = None;
    let bytes = (site.length)(&clip.path()).unwrap_or(0);
    let page = MessagePage {
        page: clip.page.to_string(),
        file: clip.path(),
        heading,
        spoken_code: clip.lang.code(),
        spoken_dir: clip.lang.direction().as_str(),
        spoken_name: clip.lang.own_name(),
        place,
        picture: picture(clip.picture),
        voice: voice(clip.voice),
        length: duration(spoken(lang), clip.millis),
        download: c.with("message-download", &[("size", &size(spoken(lang), bytes))]),
        leaf: number(spoken(lang), clip.leaf),
        salt: hex::encode(clip.salt),
        sha256: hex::encode(clip.sha256),
        proof: proof(site, &c, clip),
        previous: neighbour(i.checked_sub(1)),
        next: neighbour(i.checked_add(1)),
        c,
    };
    render(&page.c, &page)
}

const fn picture(picture: Picture) -> &'static str {
    match picture {
        Picture::Hide => "picture-hide",
        Picture::Mask => "picture-mask",
        Picture::Show => "picture-show",
    }
}

const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::Mute => "voice-mute",
        Voice::Alter => "voice-alter",
        Voice::Keep => "voice-keep",
    }
}

/// The proof under the head of the leaf's own batch, which later batches leave as it is.
fn proof(site: &Site<'_>, c: &Chrome<'_>, clip: &Clip) -> Option<Proof> {
    let (tree, log) = (site.tree.as_ref()?, site.data.log.as_ref()?);
    let spans = rules::batches(&log.leaves);
    let size = spans.iter().map(|span| span.close + 1).find(|&size| size > clip.leaf)?;
    let path = tree.inclusion(clip.leaf, size)?;
    let lines: Vec<String> = path.iter().map(|hash| STANDARD.encode(hash)).collect();
    Some(Proof {
        line: c.with("message-proof-line", &[("leaf", &c.n(clip.leaf)), ("size", &c.n(size))]),
        root: hex::encode(tree.root_at(size)?),
        path: lines.join("\n"),
    })
}
