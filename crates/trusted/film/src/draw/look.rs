//! Every card in several languages: nothing may leave the title-safe area, whatever the names are. With `HAMSEDA_LOOK` set
//! to a folder, the cards are written there as JPEG, to be looked at.

use hamseda_core::{Campaign, Lang, SupporterId};
use hamseda_programme::{Caption, Quote, Text};
use hamseda_tally::Claim;

use crate::draw::cards::{Card, Desk};
use crate::draw::closing::Closing;
use crate::draw::lower_third;
use crate::draw::page::Palette;
use crate::draw::text::{Fonts, Typesetter};
use crate::picture::{Picture, Rgb};
use crate::words::Phrases;

pub(crate) const CAMPAIGN: &str = r##"
origin = "orvana.example/we-can"
slogan = { en = "We can and we must", fa = "می‌توانیم و باید", ar = "نستطيع ويجب علينا" }
line = { en = "Voices from Orvana, spring 2026", fa = "صداهایی از اوروانا، بهار ۱۴۰۵" }
country = { en = "Orvana", fa = "اوروانا", ar = "أورفانا" }
languages = ["fa", "en", "ar"]
[call]
text = {}
questions = []
seconds = 60
opens = "2026-03-01"
closes = "2026-04-01"
[floors]
batch = 1
k = 1
"##;

fn text(lang: Lang, text: &str) -> Text {
    Text { lang, text: text.into() }
}

fn render(card: &Card, frame: u32) -> Picture {
    let mut picture = Picture::film(card.ground);
    card.layers.iter().for_each(|l| l.blend(&mut picture, frame));
    picture
}

/// Fails when anything but the ground is within 5 % of an edge; saves the picture if asked.
fn safe(name: &str, picture: &Picture) {
    if let Some(folder) = std::env::var_os("HAMSEDA_LOOK") {
        let path = std::path::Path::new(&folder).join(format!("{name}.jpg"));
        let encoder = jpeg_encoder::Encoder::new_file(path, 92).unwrap();
        encoder.encode(&picture.rgb(), 1280, 720, jpeg_encoder::ColorType::Rgb).unwrap();
    }
    let luma = picture.planes()[0];
    let ground = luma[0];
    for (i, &y) in luma.iter().enumerate() {
        let (x, line) = (i % 1280, i / 1280);
        let edge = !(64..1216).contains(&x) || !(36..684).contains(&line);
        assert!(!edge || y == ground, "{name}: something is drawn at {x},{line}");
    }
}

fn captions() -> Vec<(&'static str, Caption)> {
    let name = |lang, s: &str| Some(text(lang, s));
    let place = |lang, place: &str, spoken: Lang| vec![text(lang, place), text(spoken, spoken.own_name())];
    vec![
        ("plain", Caption { name: name(Lang::Fa, "نرگس"), detail: place(Lang::Fa, "میراوان", Lang::Fa) }),
        ("mixed", Caption { name: name(Lang::En, "Nadia (نادیا)"), detail: place(Lang::En, "Port Ardal", Lang::Ar) }),
        ("place", Caption { name: None, detail: place(Lang::En, "Telva valley", Lang::Ku) }),
        (
            "long",
            Caption {
                name: name(Lang::En, "Maria-Magdalena of the Upper and the Lower Telva Valley, grandmother of eleven"),
                detail: place(Lang::Ar, &"وادي تلفا الأعلى والأسفل ".repeat(6), Lang::Fa),
            },
        ),
    ]
}

fn each_language(mut check: impl FnMut(Lang, &mut Desk, &Campaign)) {
    let campaign = Campaign::parse(CAMPAIGN).unwrap();
    let fonts = Fonts::load();
    for lang in [Lang::En, Lang::Fa, Lang::Ar] {
        let mut setter = Typesetter::new(&fonts, lang);
        check(lang, &mut Desk { setter: &mut setter, palette: Palette::of(&campaign), lang }, &campaign);
    }
}

#[test]
fn titles_and_sections_stay_in_the_safe_area() {
    each_language(|lang, desk, campaign| {
        let slogan = Text::of(&campaign.slogan, lang).unwrap();
        let line = Text::of(&campaign.line, lang);
        safe(&format!("title-{lang}"), &render(&desk.title(&slogan, line.as_ref()), 60));
        let long = text(lang, &format!("{} ", slogan.text).repeat(6));
        safe(&format!("title-long-{lang}"), &render(&desk.title(&long, Some(&long)), 60));
        let heading = if lang == Lang::En { "From the coast" } else { "از کرانه‌های جنوب" };
        safe(&format!("section-{lang}"), &render(&desk.section(&text(lang, heading)), 60));
    });
}

#[test]
fn lower_thirds_stay_in_the_safe_area_on_light_and_dark() {
    each_language(|lang, desk, _| {
        for (name, caption) in captions() {
            for (ground, colour) in [("light", Rgb(225, 222, 214)), ("dark", Rgb(30, 34, 44))] {
                let layer = desk.lower_third(&caption, lower_third::ramp(0, 200)).unwrap();
                let card = Card { ground: colour, layers: vec![layer] };
                safe(&format!("lower-{name}-{ground}-{lang}"), &render(&card, 80));
            }
        }
        assert!(desk.lower_third(&Caption::default(), lower_third::ramp(0, 200)).is_none());
    });
}

#[test]
fn quotes_stay_in_the_safe_area() {
    each_language(|lang, desk, _| {
        let words = match lang {
            Lang::En => {
                "I have watched a hundred of these messages. Nobody can watch them and call this country silent."
            }
            _ => "صد تا از این پیام‌ها را دیده‌ام. هیچ‌کس نمی‌تواند ببیند و این کشور را خاموش بنامد.",
        };
        let caption = Caption {
            name: Some(text(Lang::En, "Ana Kovarič")),
            detail: vec![
                text(lang, if lang == Lang::En { "Member of Parliament" } else { "نمایندهٔ مجلس" }),
                text(Lang::En, "Lurania"),
            ],
        };
        let mut portrait = tiny_skia::Pixmap::new(320, 320).unwrap();
        portrait.fill(tiny_skia::Color::from_rgba8(120, 140, 150, 255));
        for (name, words) in [("quote", words.to_owned()), ("quote-long", words.repeat(6))] {
            let quote = Quote {
                supporter: SupporterId::from_bytes([1; 16]),
                text: text(lang, &words),
                caption: caption.clone(),
                portrait: None,
            };
            safe(&format!("{name}-{lang}"), &render(&desk.quote(&quote, Some(&portrait)), 60));
            safe(&format!("{name}-bare-{lang}"), &render(&desk.quote(&quote, None), 60));
        }
    });
}

#[test]
fn hidden_and_closing_cards_stay_in_the_safe_area() {
    each_language(|lang, desk, campaign| {
        let phrases = Phrases::load(lang).unwrap();
        let country = Text::of(&campaign.country, lang).unwrap();
        let levels: Vec<f32> = (0..96).map(|i| (i as f32 * 0.7).sin().abs() * (i as f32 * 0.11).cos().abs()).collect();
        for (name, caption) in captions().into_iter().chain([("nothing", Caption::default())]) {
            let card = desk.hidden(&caption, &country, (lang, &phrases.get("hidden-picture")), &levels, 160);
            safe(&format!("hidden-{name}-{lang}"), &render(&card, 70));
        }
        let silent = desk.hidden(&captions()[0].1, &country, (lang, &phrases.get("hidden-both")), &[0.0; 96], 160);
        safe(&format!("hidden-silent-{lang}"), &render(&silent, 70));
        let leaf = |i| hamseda_tally::Leaf {
            kind: hamseda_tally::LeafKind::Accepted,
            batch: 1,
            tag: [i; 16],
            commitment: [0; 32],
        };
        let claim = Claim::logged(&hamseda_tally::count(&(0..24).map(leaf).collect::<Vec<_>>()));
        let closing = Closing { campaign, claim: &claim, policy_sha256: [0xa7; 32], line: None };
        safe(&format!("closing-{lang}"), &render(&desk.closing(&phrases, &closing), 120));
        let thanks = text(
            lang,
            if lang == Lang::En {
                "To everyone who dared to speak."
            } else {
                "به همهٔ آنان که گفتند."
            },
        );
        let closing = Closing { line: Some(&thanks), ..closing };
        safe(&format!("closing-line-{lang}"), &render(&desk.closing(&phrases, &closing), 120));
    });
}
