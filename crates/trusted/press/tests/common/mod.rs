//! A small campaign with drawn pictures, as plain values: no vault, no film, nothing random.

#![expect(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use hamseda_core::{Campaign, Day, Lang, Local, Picture, Secret, Voice};
use hamseda_press::{Clip, Film, KeySetFile, Log, PageId, SiteData, SiteReport, Supporter, Wall, write_site};
use hamseda_tally::batch::close;
use hamseda_tally::note::Note;
use hamseda_tally::{BatchFile, Checkpoint, Leaf, LeafKind, LogKey, Pending, Policy, Tree, derive, merkle, sha256};
use jpeg_encoder::{ColorType, Encoder};

pub(crate) const CAMPAIGN: &str = include_str!("campaign.toml");
pub(crate) const DAY: Day = Day(20_544);

pub(crate) fn key() -> LogKey {
    LogKey::from_seed("orvana.example/we-can", Secret::new([7; 32])).unwrap()
}

pub(crate) fn write(data: &SiteData, out: &Path) -> SiteReport {
    let sign = |text: &str| Note::sign(text, &key()).map(|note| note.encode()).map_err(|e| e.to_string());
    write_site(data, DAY, &sign, out, &mut |_, _| {}).unwrap()
}

fn keyset(epoch: u32) -> KeySetFile {
    KeySetFile { epoch, expires: Day(20_600 + 100 * epoch as i32), json: format!("{{\"epoch\":{epoch}}}") }
}

/// A site with this many published messages, its sources below `dir`.
pub(crate) fn data(dir: &Path, messages: usize) -> SiteData {
    let campaign = Campaign::parse(CAMPAIGN).unwrap();
    let mut data = SiteData {
        campaign,
        clips: Vec::new(),
        supporters: Vec::new(),
        log: None,
        claim: None,
        film: None,
        wall: None,
        keysets: [1, 2].map(keyset).into(),
    };
    if messages > 0 {
        fill(&mut data, dir, messages);
    }
    data
}

fn fill(data: &mut SiteData, dir: &Path, messages: usize) {
    let file = |name: String, bytes: &[u8]| {
        let path = dir.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let names: Vec<_> = data.campaign.places.iter().map(|place| place.id.clone()).collect();
    let (log, leaves) = log(&data.campaign, messages);
    for (i, (leaf, tag, salt)) in leaves.into_iter().enumerate() {
        let bytes = clip_bytes(i);
        let picture = [Picture::Mask, Picture::Show, Picture::Hide][i % 3];
        data.clips.push(Clip {
            page: PageId::of(&tag),
            lang: [Lang::Fa, Lang::Fa, Lang::Ar, Lang::En][i % 4],
            place: (i % 5 != 0).then(|| names[i * 7 % names.len()].clone()),
            pseudonym: [None, Some("مهتاب"), None, None, Some("Nour")][i % 5].map(Into::into),
            picture,
            voice: [Voice::Alter, Voice::Keep, Voice::Mute][i % 3],
            millis: 9_000 + (i as u64 * 7_919) % 60_000,
            leaf,
            salt,
            sha256: sha256(&bytes),
            file: file(format!("{i}.mp4"), &bytes),
            poster: file(format!("{i}.jpg"), &poster(i, picture)),
        });
    }
    data.log = Some(log);
    data.film = Some(Film {
        file: file("film.mp4".into(), &[7; 40_000]),
        poster: Some(file("film.jpg".into(), &poster(1, Picture::Show))),
        seconds: 421,
    });
    data.wall = Some(Wall {
        still: file("wall.jpg".into(), &wall(messages)),
        video: Some(file("wall.mp4".into(), &[8; 40_000])),
    });
    data.supporters = supporters(file("portrait.jpg".into(), &square(11)));
}

fn clip_bytes(i: usize) -> Vec<u8> {
    format!("clip {i} ").repeat(2_000).into_bytes()
}

/// Position, tag and salt of a clip's P leaf.
type Published = (u64, [u8; 16], [u8; 32]);

/// A log of two batches: the messages, then their clips.
fn log(campaign: &Campaign, messages: usize) -> (Log, Vec<Published>) {
    let policy = Policy::unwitnessed(key().verifier().clone(), campaign.floors);
    let (mut batches, mut leaves): (Vec<BatchFile>, Vec<Leaf>) = (Vec::new(), Vec::new());
    let mut close_with = |pending: &[Pending], leaves: &mut Vec<Leaf>| {
        let file = BatchFile {
            batch: batches.len() as u32 + 1,
            closing: true,
            custody_head: [1; 32],
            floors: campaign.floors,
            policy_sha256: policy.sha256(),
            received: messages as u64,
            rejected: [].into(),
            token_root: [3; 32],
            unreadable: 0,
        };
        leaves.extend(close(pending, &file).unwrap());
        batches.push(file);
    };
    let hash = |what: &str, i: usize| sha256(format!("{what} {i}").as_bytes());
    let accepted: Vec<_> = (0..messages)
        .map(|i| Pending {
            kind: LeafKind::Accepted,
            tag: derive::tag(&hash("r", i)),
            commitment: hash("field root", i),
        })
        .collect();
    close_with(&accepted, &mut leaves);
    let clips: Vec<_> = (0..messages)
        .map(|i| (derive::publish_nullifier(&hash("seed", i), 0), hash("salt", i), sha256(&clip_bytes(i))))
        .collect();
    let published: Vec<_> = clips
        .iter()
        .map(|(tag, salt, file)| Pending {
            kind: LeafKind::Published,
            tag: *tag,
            commitment: derive::publish_commitment(salt, file),
        })
        .collect();
    close_with(&published, &mut leaves);
    let tree: Tree = leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
    let head = Checkpoint { origin: campaign.origin.clone(), size: tree.size(), root: tree.root() };
    let checkpoint = head.sign(&key()).unwrap();
    let at = |tag: &[u8; 16]| leaves.iter().position(|leaf| leaf.tag == *tag).unwrap() as u64;
    let places = clips.iter().map(|(tag, salt, _)| (at(tag), *tag, *salt)).collect();
    (Log { leaves, checkpoint, policy, batches, taken_down: Vec::new() }, places)
}

fn supporters(portrait: PathBuf) -> Vec<Supporter> {
    let one = |id: &str, name: &str, role: &str, country: &str, quote: Local, portrait| Supporter {
        id: id.into(),
        name: Local::from([(Lang::En, name)]),
        role: Local::from([(Lang::En, role)]),
        country: Local::from([(Lang::En, country)]),
        quote,
        portrait,
        file: None,
    };
    vec![
        one(
            "0000000000000001",
            "Ana Kovarič",
            "Member of Parliament",
            "Lurania",
            Local::from([
                (Lang::En, "Nobody can watch them and call this country silent."),
                (Lang::Fa, "هیچ‌کس نمی‌تواند آن‌ها را ببیند و بگوید این کشور خاموش است."),
            ]),
            Some(portrait),
        ),
        one(
            "0000000000000002",
            "Prof. Daniel Osei",
            "Human-rights lawyer",
            "Port Hollis",
            Local::from([(Lang::En, "The least we owe them is to listen, and to count honestly.")]),
            None,
        ),
        one(
            "0000000000000003",
            "Ingrid Solheim",
            "Former minister",
            "Sølmark",
            Local::from([(
                Lang::En,
                "Every tile on that wall is somebody who decided not to be afraid for one minute.",
            )]),
            None,
        ),
    ]
}

/// Head and shoulders in flat tones; a card of bars where the picture is hidden.
fn poster(i: usize, picture: Picture) -> Vec<u8> {
    let tones = tones(i);
    jpeg(640, 360, |x, y| match picture {
        Picture::Hide => {
            let bar = (x / 20 * 37 + i as i32) % 90;
            if x % 20 < 12 && (y - 180).abs() < 20 + bar { [185, 58, 10] } else { [247, 230, 222] }
        }
        _ => person(&tones, f64::from(x - 320) / 180.0, f64::from(y - 180) / 180.0),
    })
}

/// A drawn poster.
pub(crate) fn write_poster(i: usize) -> Vec<u8> {
    poster(i, Picture::Show)
}

fn square(i: usize) -> Vec<u8> {
    let tones = tones(i);
    jpeg(320, 320, |x, y| person(&tones, f64::from(x - 160) / 160.0, f64::from(y - 160) / 160.0))
}

fn wall(messages: usize) -> Vec<u8> {
    let side = if messages < 50 { 160 } else { 64 };
    let tones: Vec<_> = (0..messages).map(tones).collect();
    jpeg(1280, 720, |x, y| {
        let i = (y / side) as usize * 31 + (x / side) as usize * 7;
        let at = |v: i32| f64::from(v % side) / f64::from(side) * 2.0 - 1.0;
        person(&tones[i % messages], at(x), at(y))
    })
}

/// Ground, face and shoulders.
type Tones = [[u8; 3]; 3];

fn tones(i: usize) -> Tones {
    let tone = |turn: f64| {
        let wave = |k: f64| ((i as f64 * 0.9 + turn + k).sin() * 0.5 + 0.5) * 110.0 + 40.0;
        [wave(0.0) as u8, wave(2.1) as u8, wave(4.2) as u8]
    };
    [tone(0.0).map(|c| c / 2 + 20), tone(0.6).map(|c| c.saturating_add(70)), tone(1.4)]
}

fn person([ground, face, shoulders]: &Tones, x: f64, y: f64) -> [u8; 3] {
    if (x / 0.34).powi(2) + ((y + 0.2) / 0.45).powi(2) < 1.0 {
        *face
    } else if (x / 0.75).powi(2) + ((y - 1.1) / 0.75).powi(2) < 1.0 {
        *shoulders
    } else {
        *ground
    }
}

fn jpeg(width: u16, height: u16, pixel: impl Fn(i32, i32) -> [u8; 3]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..i32::from(height) {
        for x in 0..i32::from(width) {
            rgb.extend(pixel(x, y));
        }
    }
    let mut out = Vec::new();
    Encoder::new(&mut out, 80).encode(&rgb, width, height, ColorType::Rgb).unwrap();
    out
}
