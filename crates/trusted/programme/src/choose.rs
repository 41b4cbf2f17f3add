//! Choosing: who is in the film, in which order, until the target length is reached.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hamseda_core::{
    ArtefactId, Campaign, Choices, Lang, Local, MessageId, MessageState, PlaceId, PlaceTable, SupporterId, lattice,
};

use crate::plan::{Caption, Clip, ClipSource, Kind, Plan, Quote, Segment, Text};
use crate::{CLOSING_UNITS, Order, Programme, Rule, SILENT_UNITS, Section};

/// A message that might be in the film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Id.
    pub id: MessageId,
    /// Where it stands; only `Released` is taken.
    pub state: MessageState,
    /// What its sender allowed and wants shown.
    pub choices: Choices,
    /// Protected master.
    pub master: ArtefactId,
    /// Length of the master in lattice units; 0 is never taken.
    pub units: u32,
    /// Whether the master shows a picture.
    pub shown: bool,
    /// Whether the master has sound.
    pub sound: bool,
}

impl Candidate {
    /// Whether the film may use it at all.
    fn allowed(&self) -> bool {
        let uses = self.choices.uses;
        self.state == MessageState::Released && uses.film && !uses.testimony && self.units > 0
    }

    /// Length in the film: a card without sound has nothing to wait for.
    fn film_units(&self) -> u32 {
        if self.shown || self.sound { self.units } else { self.units.min(SILENT_UNITS) }
    }
}

/// A supporter who might be in the film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupporterCandidate {
    /// Id.
    pub id: SupporterId,
    /// Place in the list; lowest first.
    pub position: i64,
    /// Name.
    pub name: Local,
    /// Role.
    pub role: Local,
    /// Country.
    pub country: Local,
    /// Their words; used where there is no clip.
    pub quote: Local,
    /// Language they speak or wrote in.
    pub lang: Lang,
    /// Portrait, a square JPEG.
    pub portrait: Option<ArtefactId>,
    /// Normalised clip.
    pub master: Option<ArtefactId>,
    /// Its length in lattice units.
    pub units: u32,
    /// Whether the clip has sound.
    pub sound: bool,
}

/// Makes the plan.
///
/// Pinned messages are always in. Rules then fill the sections in turns, one message at a time, so that a short target
/// shortens every section alike. A message is in the film at most once; a pin anywhere goes before any rule.
#[must_use]
pub fn choose(
    programme: &Programme,
    campaign: &Campaign,
    candidates: &[Candidate],
    supporters: &[SupporterCandidate],
) -> Plan {
    let lang = programme.language;
    let cast = Cast::new(programme, campaign, candidates);
    let people = supporter_segments(programme, supporters);
    let opening = Kind::Title {
        slogan: Text::of(&programme.title, lang)
            .or_else(|| Text::of(&campaign.slogan, lang))
            .unwrap_or(Text { lang, text: campaign.origin.clone() }),
        line: Text::of(&programme.line, lang).or_else(|| Text::of(&campaign.line, lang)),
        voice: None,
    };
    let cards: u32 = programme.sections.iter().filter_map(|s| card(&s.heading, lang)).map(|k| k.units()).sum();
    let fixed = opening.units() + cards + people.iter().map(Kind::units).sum::<u32>() + CLOSING_UNITS;
    let (chosen, missing, left_out) = cast.fill(fixed);

    let mut groups = vec![vec![opening]];
    for (section, messages) in programme.sections.iter().zip(chosen) {
        let clips = messages.iter().map(|c| Kind::Clip(message_clip(c, campaign, lang)));
        if !messages.is_empty() {
            groups.push(card(&section.heading, lang).into_iter().chain(clips).collect());
        }
    }
    groups.push(people);
    groups.push(vec![Kind::Closing { line: Text::of(&programme.closing.line, lang) }]);
    Plan { lang, segments: join(groups), missing, left_out }
}

fn card(heading: &Local, lang: Lang) -> Option<Kind> {
    Text::of(heading, lang).map(|heading| Kind::Section { heading })
}

/// Lays groups one after another: the title runs into the first voice, later groups meet in a dip.
fn join(groups: Vec<Vec<Kind>>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (group, kinds) in groups.into_iter().filter(|g| !g.is_empty()).enumerate() {
        for (i, kind) in kinds.into_iter().enumerate() {
            if let (Some(Segment { kind: Kind::Title { voice, .. }, .. }), Kind::Clip(clip)) =
                (segments.last_mut(), &kind)
                && voice.is_none()
                && clip.sound
                && clip.units > 1
            {
                *voice = Some(clip.clone());
                continue;
            }
            // The title cuts into the first section; every later section begins with a dip.
            let dip = i == 0 && group > 1;
            if let (true, Some(last)) = (dip, segments.last_mut()) {
                last.dip_out = true;
            }
            segments.push(Segment { kind, dip_in: dip, dip_out: false });
        }
    }
    segments
}

fn message_clip(message: &Candidate, campaign: &Campaign, lang: Lang) -> Clip {
    let choices = &message.choices;
    let name = choices.pseudonym.as_deref().map(str::trim).filter(|n| !n.is_empty());
    let place = choices.place.as_ref().and_then(|p| campaign.places.get(p)).and_then(|p| Text::of(&p.name, lang));
    // The language alone would label a person without telling anything: it stands only beside a name or a place.
    let spoken = Text { lang: choices.lang, text: choices.lang.own_name().to_owned() };
    let spoken = (name.is_some() || place.is_some()).then_some(spoken);
    Clip {
        source: ClipSource::Message(message.id),
        master: message.master,
        units: message.film_units(),
        shown: message.shown,
        sound: message.sound,
        lang: choices.lang,
        caption: Caption {
            name: name.map(|text| Text { lang: choices.lang, text: text.to_owned() }),
            detail: place.into_iter().chain(spoken).collect(),
        },
    }
}

fn supporter_segments(programme: &Programme, supporters: &[SupporterCandidate]) -> Vec<Kind> {
    let lang = programme.language;
    if !programme.supporters.show {
        return Vec::new();
    }
    let mut sorted: Vec<_> = supporters.iter().collect();
    sorted.sort_by_key(|s| (s.position, s.id));
    let max = programme.supporters.max.map_or(usize::MAX, |m| m as usize);
    let people: Vec<_> = sorted.into_iter().filter_map(|s| supporter_kind(s, lang)).take(max).collect();
    if people.is_empty() {
        return people;
    }
    card(&programme.supporters.heading, lang).into_iter().chain(people).collect()
}

fn supporter_kind(supporter: &SupporterCandidate, lang: Lang) -> Option<Kind> {
    let detail = [&supporter.role, &supporter.country].into_iter().filter_map(|l| Text::of(l, lang)).collect();
    let caption = Caption { name: Text::of(&supporter.name, lang), detail };
    if let (Some(master), true) = (supporter.master, supporter.units > 0) {
        return Some(Kind::Clip(Clip {
            source: ClipSource::Supporter(supporter.id),
            master,
            units: supporter.units,
            shown: true,
            sound: supporter.sound,
            lang: supporter.lang,
            caption,
        }));
    }
    let text = Text::of(&supporter.quote, lang)?;
    Some(Kind::Quote(Quote { supporter: supporter.id, text, caption, portrait: supporter.portrait }))
}

/// Messages of each section: those pinned, and those its rule would take, in order.
struct Cast<'a> {
    pinned: Vec<Vec<&'a Candidate>>,
    queues: Vec<VecDeque<&'a Candidate>>,
    missing: Vec<MessageId>,
    target: Option<u32>,
}

impl<'a> Cast<'a> {
    fn new(programme: &Programme, campaign: &Campaign, candidates: &'a [Candidate]) -> Self {
        let allowed: BTreeMap<_, _> = candidates.iter().filter(|c| c.allowed()).map(|c| (c.id, c)).collect();
        let pins = |s: &Section| s.pin.iter().map(|p| *p.get_ref()).collect::<Vec<_>>();
        let every_pin: BTreeSet<_> = programme.sections.iter().flat_map(pins).collect();
        let free: Vec<_> = allowed.values().copied().filter(|c| !every_pin.contains(&c.id)).collect();
        let queue = |s: &Section| s.rule.as_ref().map_or_else(VecDeque::new, |r| by_rule(r, &free, &campaign.places));
        let target = u64::from(programme.target_seconds) * u64::from(lattice::FPS);
        Self {
            pinned: programme
                .sections
                .iter()
                .map(|s| pins(s).iter().filter_map(|id| allowed.get(id).copied()).collect())
                .collect(),
            queues: programme.sections.iter().map(queue).collect(),
            missing: every_pin.iter().copied().filter(|id| !allowed.contains_key(id)).collect(),
            target: (target > 0).then(|| lattice::units_for_frames(target)),
        }
    }

    /// Messages per section, pins that are missing, and how many had no room.
    fn fill(mut self, fixed: u32) -> (Vec<Vec<&'a Candidate>>, Vec<MessageId>, usize) {
        let mut length = fixed + self.pinned.iter().flatten().map(|c| c.film_units()).sum::<u32>();
        let mut used = BTreeSet::new();
        let mut skipped = BTreeSet::new();
        let mut chosen = self.pinned;
        while self.queues.iter().any(|q| !q.is_empty()) {
            for (queue, chosen) in self.queues.iter_mut().zip(&mut chosen) {
                // The first of the queue that no other section took meanwhile.
                let Some(next) = std::iter::from_fn(|| queue.pop_front()).find(|c| !used.contains(&c.id)) else {
                    continue;
                };
                if self.target.is_some_and(|target| length + next.film_units() > target) {
                    skipped.insert(next.id);
                } else {
                    used.insert(next.id);
                    length += next.film_units();
                    chosen.push(next);
                }
            }
        }
        let left_out = skipped.difference(&used).count();
        (chosen, self.missing, left_out)
    }
}

fn by_rule<'a>(rule: &Rule, free: &[&'a Candidate], places: &PlaceTable) -> VecDeque<&'a Candidate> {
    let fits = |c: &&&Candidate| {
        let place = rule.place.as_ref().is_none_or(|wanted| lies_in(c.choices.place.as_ref(), wanted, places));
        place && rule.language.is_none_or(|l| l == c.choices.lang)
    };
    let mut found: Vec<_> = free.iter().filter(fits).copied().collect();
    let rank: BTreeMap<_, _> = places.iter().enumerate().map(|(i, p)| (&p.id, i)).collect();
    let rank = |c: &Candidate| c.choices.place.as_ref().and_then(|p| rank.get(p).copied()).unwrap_or(usize::MAX);
    match rule.order {
        Order::Mixed => found = spread(take_turns(found, rank)),
        Order::Place => found.sort_by_key(|c| (rank(c), c.id)),
        Order::Short => found.sort_by_key(|c| (c.film_units(), c.id)),
        Order::Long => found.sort_by_key(|c| (std::cmp::Reverse(c.film_units()), c.id)),
    }
    found.truncate(rule.max.map_or(usize::MAX, |m| m as usize));
    found.into()
}

fn lies_in(place: Option<&PlaceId>, wanted: &PlaceId, places: &PlaceTable) -> bool {
    place.is_some_and(|p| p == wanted || places.get(p).is_some_and(|p| p.within.as_ref() == Some(wanted)))
}

/// One of each place, then a second of each, and so on; within a round by id, so the order of places varies too.
fn take_turns(mut found: Vec<&Candidate>, rank: impl Fn(&Candidate) -> usize) -> Vec<&Candidate> {
    found.sort_by_key(|c| c.id);
    let mut rounds: BTreeMap<usize, usize> = BTreeMap::new();
    let mut keyed: Vec<_> = found
        .into_iter()
        .map(|c| {
            let round = rounds.entry(rank(c)).or_default();
            *round += 1;
            ((*round, c.id), c)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, c)| c).collect()
}

/// Spreads the cards of hidden messages evenly among the faces, each kind in its order: three cards in a row would be a
/// pause, not three voices.
fn spread(found: Vec<&Candidate>) -> Vec<&Candidate> {
    let (shown, hidden): (Vec<_>, Vec<_>) = found.into_iter().partition(|c| c.shown);
    let place = |group: &[&Candidate]| {
        let total = group.len();
        // The middle of the nth of `total` equal parts, in a unit that both groups share.
        move |n: usize| (2 * n as u64 + 1) * (1 << 32) / total.max(1) as u64
    };
    let (face, card) = (place(&shown), place(&hidden));
    let faces = shown.into_iter().enumerate().map(|(n, c)| ((face(n), 0), c));
    let cards = hidden.into_iter().enumerate().map(|(n, c)| ((card(n), 1), c));
    let mut all: Vec<_> = faces.chain(cards).collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, c)| c).collect()
}
