//! Properties of choosing, over any set of messages.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;

use hamseda_core::{
    ArtefactId, Campaign, Choices, Lang, Local, MessageId, MessageState, Picture, SupporterId, Uses, Voice,
};
use hamseda_programme::{Candidate, ClipSource, Kind, Plan, Programme, SupporterCandidate, choose};
use proptest::prelude::*;

const CAMPAIGN: &str = r#"
origin = "orvana.example/we-can"
slogan = { en = "We can and we must", fa = "می‌توانیم و باید" }
line = { en = "Orvana, 2026" }
country = { en = "Orvana" }
languages = ["fa", "en"]
[call]
text = {}
questions = []
seconds = 60
opens = "2026-03-01"
closes = "2026-04-01"
[[places]]
id = "coast"
name = { en = "The coast" }
level = "province"
[[places]]
id = "port-ardal"
name = { en = "Port Ardal", fa = "بندر اردال" }
level = "town"
within = "coast"
[[places]]
id = "hills"
name = { en = "The hills" }
level = "province"
[[places]]
id = "teshkel"
name = { en = "Teshkel" }
level = "town"
within = "hills"
"#;

fn campaign() -> Campaign {
    Campaign::parse(CAMPAIGN).unwrap()
}

fn message(n: u8, units: u32, place: Option<&str>, lang: Lang) -> Candidate {
    Candidate {
        id: MessageId::from_bytes([n; 16]),
        state: MessageState::Released,
        choices: Choices {
            picture: Picture::Show,
            voice: Voice::Keep,
            lang,
            place: place.map(|p| p.parse().unwrap()),
            pseudonym: None,
            uses: Uses::PUBLIC,
        },
        master: ArtefactId::from_bytes([n; 32]),
        units,
        shown: true,
        sound: true,
    }
}

fn supporter(n: u8, master: bool) -> SupporterCandidate {
    SupporterCandidate {
        id: SupporterId::from_bytes([n; 16]),
        position: i64::from(n),
        name: Local::from([(Lang::En, "Ana Kovarič")]),
        role: Local::from([(Lang::En, "Member of Parliament")]),
        country: Local::from([(Lang::En, "Lurania")]),
        quote: Local::from([(Lang::En, "Nobody can watch them and call this country silent.")]),
        lang: Lang::En,
        portrait: None,
        master: master.then(|| ArtefactId::from_bytes([n; 32])),
        units: 10,
        sound: true,
    }
}

fn programme(sections: &str) -> Programme {
    Programme::parse(&format!("language = \"fa\"\n{sections}")).unwrap()
}

fn messages_of(plan: &Plan) -> Vec<u8> {
    plan.clips()
        .filter_map(|c| match c.source {
            ClipSource::Message(id) => Some(id.as_bytes()[0]),
            ClipSource::Supporter(_) => None,
        })
        .collect()
}

#[test]
fn the_first_voice_begins_under_the_title_and_sections_meet_in_a_dip() {
    let file = "[[section]]\nrule = { place = \"coast\" }\n[[section]]\nheading = { fa = \"تپه‌ها\" }\nrule = {}\n";
    let all = [message(1, 12, Some("port-ardal"), Lang::Fa), message(2, 10, Some("teshkel"), Lang::Ar)];
    let plan = choose(&programme(file), &campaign(), &all, &[supporter(1, false)]);
    let kinds: Vec<_> = plan.segments.iter().map(|s| (&s.kind, s.dip_in, s.dip_out)).collect();
    assert!(matches!(kinds[0], (Kind::Title { voice: Some(_), .. }, false, true)), "{kinds:?}");
    assert!(matches!(kinds[1], (Kind::Section { .. }, true, false)), "{kinds:?}");
    assert!(matches!(kinds[2], (Kind::Clip(_), false, true)), "{kinds:?}");
    assert!(matches!(kinds[3], (Kind::Quote(_), true, true)), "{kinds:?}");
    assert!(matches!(kinds[4], (Kind::Closing { .. }, true, false)), "{kinds:?}");
    // 6 + 12 - 1 for the opening, then card, clip, quote, closing.
    assert_eq!(plan.units(), 17 + 4 + 10 + plan.segments[3].kind.units() + 15);
}

#[test]
fn towns_take_turns() {
    let coast = (1..=3).map(|n| message(n, 5, Some("port-ardal"), Lang::Fa));
    let hills = (4..=6).map(|n| message(n, 5, Some("teshkel"), Lang::Fa));
    let all: Vec<_> = coast.chain(hills).collect();
    let plan = choose(&programme("[[section]]\nrule = {}\n"), &campaign(), &all, &[]);
    assert_eq!(messages_of(&plan), [1, 4, 2, 5, 3, 6]);
}

#[test]
fn cards_stand_apart_and_silent_ones_are_short() {
    let card = |n| Candidate { shown: false, sound: false, ..message(n, 12, None, Lang::Fa) };
    let all: Vec<_> = (1..=3).map(card).chain((4..=9).map(|n| message(n, 12, None, Lang::Fa))).collect();
    let plan = choose(&programme("[[section]]\nrule = {}\n"), &campaign(), &all, &[]);
    assert_eq!(messages_of(&plan), [4, 1, 5, 6, 2, 7, 8, 3, 9]);
    assert!(plan.clips().all(|c| c.units == if c.shown { 12 } else { 7 }));
}

#[test]
fn texts_take_the_films_language_and_keep_their_own_where_it_lacks_one() {
    let mut one = message(1, 5, Some("port-ardal"), Lang::Ar);
    one.choices.pseudonym = Some("  ليلى ".into());
    let plan = choose(&programme("[[section]]\nrule = {}\n"), &campaign(), &[one], &[supporter(9, true)]);
    let captions: Vec<_> = plan.clips().map(|c| &c.caption).collect();
    assert_eq!(captions[0].name.as_ref().map(|t| (t.lang, t.text.as_str())), Some((Lang::Ar, "ليلى")));
    assert_eq!(captions[0].detail[0].text, "بندر اردال");
    assert_eq!(captions[0].detail[1].text, "العربية");
    assert_eq!((captions[1].detail[1].lang, captions[1].detail[1].text.as_str()), (Lang::En, "Lurania"));
}

#[test]
fn a_pin_that_may_not_be_shown_is_named() {
    let id = MessageId::from_bytes([7; 16]);
    let file = format!("[[section]]\npin = [\"{id}\"]\n");
    let mut withdrawn = message(7, 5, None, Lang::Fa);
    withdrawn.state = MessageState::Withdrawn;
    let plan = choose(&programme(&file), &campaign(), &[withdrawn], &[]);
    assert_eq!(plan.missing, [id]);
    assert_eq!(plan.clips().count(), 0);
}

prop_compose! {
    fn candidates()(rows in proptest::collection::vec((1u32..40, 0usize..4, 0usize..9, any::<bool>(), any::<bool>()), 0..30))
        -> Vec<Candidate> {
        rows.into_iter().zip(1u8..).map(|((units, place, state, film, testimony), n)| {
            let place = [None, Some("coast"), Some("port-ardal"), Some("teshkel")][place];
            let mut one = message(n, units, place, if n % 2 == 0 { Lang::Fa } else { Lang::Ar });
            // Mostly released, so that rules have something to choose from.
            one.state = if state < 5 { MessageState::Released } else { MessageState::ALL[state] };
            one.choices.uses.film = film;
            one.choices.uses.testimony = testimony && n % 3 == 0;
            one
        }).collect()
    }
}

proptest! {
    #[test]
    fn only_allowed_messages_are_chosen_once_and_within_the_target(all in candidates(), target in 0u32..400) {
        let file = format!(
            "target_seconds = {target}\n[[section]]\nheading = {{ fa = \"الف\" }}\nrule = {{ place = \"coast\", max = 3 }}\n\
             [[section]]\nheading = {{ fa = \"ب\" }}\nrule = {{ language = \"fa\", order = \"long\" }}\n\
             [[section]]\nrule = {{ order = \"place\" }}\n"
        );
        let programme = programme(&file);
        let plan = choose(&programme, &campaign(), &all, &[]);
        let chosen = messages_of(&plan);
        prop_assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), chosen.len());
        for n in &chosen {
            let one = all.iter().find(|c| c.id.as_bytes()[0] == *n).unwrap();
            prop_assert!(one.state == MessageState::Released && one.choices.uses.film && !one.choices.uses.testimony);
        }
        if target > 0 && !chosen.is_empty() {
            prop_assert!(plan.units() * 16 <= (target * 30).next_multiple_of(16));
        }
        // Whatever had no room is told, and nothing else is lost: the last rule takes all.
        let allowed = all.iter().filter(|c| c.state == MessageState::Released && c.choices.uses.film && !c.choices.uses.testimony);
        prop_assert_eq!(chosen.len() + plan.left_out, allowed.count());
    }

    #[test]
    fn the_plan_does_not_depend_on_the_order_of_rows(all in candidates(), seed in any::<usize>()) {
        let programme = programme("target_seconds = 60\n[[section]]\nrule = {}\n");
        let mut turned = all.clone();
        if !turned.is_empty() {
            let by = seed % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(choose(&programme, &campaign(), &all, &[]), choose(&programme, &campaign(), &turned, &[]));
    }
}
