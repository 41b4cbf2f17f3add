//! A film and a wall of real clips: run it to look at them and to see what they cost.
//!
//! Skipped unless `HAMSEDA_CORPUS` names a folder with `faces/*.mkv`. With `HAMSEDA_LOOK` set, results stay in that folder.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests; ffmpeg makes the masters")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{MASTER, campaign, claim, tiles};
use hamseda_cage::Cage;
use hamseda_core::{ArtefactId, Choices, Lang, Local, MessageId, MessageState, Picture, SupporterId, Uses, Voice};
use hamseda_film::{Artefacts, FilmInputs, Folder, WallInputs, WallTile, build_film, build_wall};
use hamseda_programme::{Candidate, Programme, SupporterCandidate, choose};

const MESSAGES: u8 = 24;
const UNITS: u32 = 11;

fn clips() -> Option<Vec<PathBuf>> {
    let folder = PathBuf::from(std::env::var_os("HAMSEDA_CORPUS")?).join("faces");
    let mut list: Vec<_> = std::fs::read_dir(folder).ok()?.filter_map(|e| Some(e.ok()?.path())).collect();
    list.retain(|p| p.extension().is_some_and(|e| e == "mkv"));
    list.sort();
    (!list.is_empty()).then_some(list)
}

/// A master as preparing makes it: the clip on a fill of itself, a voice-like sound.
fn prepare(store: &Folder, clip: &Path, n: u8) -> ArtefactId {
    let (id, path) = (ArtefactId::from_bytes([n; 32]), store.scratch(MASTER).unwrap().with_extension("mp4"));
    let shape = if n.is_multiple_of(3) { "crop=ih*9/16:ih," } else { "" };
    let filter = format!(
        "[0:v]fps=30,{shape}split[a][b];[a]scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,boxblur=30,eq=brightness=-0.2[f];\
         [b]scale=1280:720:force_original_aspect_ratio=decrease:force_divisible_by=2[s];[f][s]overlay=(W-w)/2:(H-h)/2,format=yuv420p[v]"
    );
    let sound = format!("aevalsrc=0.3*sin(2*PI*{}*t)*sin(3*t)*sin(11*t):s=48000", 140 + u32::from(n) * 5);
    let frames = (UNITS * 16).to_string();
    let status = Command::new("ffmpeg")
        .args(["-y", "-v", "error", "-stream_loop", "-1", "-i", clip.to_str().unwrap(), "-f", "lavfi", "-i", &sound])
        .args(["-filter_complex", &filter, "-map", "[v]", "-map", "1:a", "-frames:v", &frames])
        .args([
            "-t",
            &format!("{:.6}", f64::from(UNITS) * 16.0 / 30.0),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-bf",
            "0",
        ])
        .args(["-c:a", "aac", "-ac", "2", path.to_str().unwrap()])
        .status()
        .unwrap();
    assert!(status.success());
    store.keep(id, MASTER, &path).unwrap();
    id
}

fn candidates(store: &Folder, clips: &[PathBuf]) -> Vec<(Candidate, WallTile)> {
    let names = ["نرگس", "Nadia", "ليلى", "Dilan", "", "آرش از درهٔ تلوا", "Samir K.", "گلناز"];
    let places = ["miravan", "teshkel", "port-ardal", "telva"];
    let langs = [Lang::Fa, Lang::En, Lang::Ar, Lang::Ku];
    let make = |n: u8| {
        let master = store.find(ArtefactId::from_bytes([n; 32])).unwrap();
        let master = master.map_or_else(
            || prepare(store, &clips[usize::from(n) % clips.len()], n),
            |_| ArtefactId::from_bytes([n; 32]),
        );
        let (name, at) = (names[usize::from(n) % names.len()], usize::from(n) % 4);
        let choices = Choices {
            picture: Picture::Show,
            voice: Voice::Keep,
            lang: langs[at],
            place: Some(places[at].parse().unwrap()),
            pseudonym: Some(name.to_owned()).filter(|s| !s.is_empty()),
            uses: Uses::PUBLIC,
        };
        let (message, shown) = (MessageId::from_bytes([n.wrapping_mul(37); 16]), n % 6 != 5);
        let tile = WallTile { message, master, tiles: tiles(store, n, master), units: UNITS, shown };
        let state = MessageState::Released;
        (Candidate { id: message, state, choices, master, units: UNITS, shown, sound: true }, tile)
    };
    (1..=MESSAGES).map(make).collect()
}

fn supporters() -> Vec<SupporterCandidate> {
    let one = |n: u8, name: &str, role: &str, quote: &str| SupporterCandidate {
        id: SupporterId::from_bytes([n; 16]),
        position: i64::from(n),
        name: Local::from([(Lang::En, name)]),
        role: Local::from([(Lang::En, role), (Lang::Fa, "نمایندهٔ مجلس")]),
        country: Local::from([(Lang::En, "Lurania"), (Lang::Fa, "لورانیا")]),
        quote: Local::from([(Lang::En, quote), (Lang::Fa, "هیچ‌کس نمی‌تواند این‌ها را ببیند و این کشور را خاموش بنامد.")]),
        lang: Lang::En,
        portrait: None,
        master: None,
        units: 0,
        sound: false,
    };
    vec![
        one(1, "Ana Kovarič", "Member of Parliament", "Nobody can watch them and call this country silent."),
        one(
            2,
            "Prof. Daniel Osei",
            "Human-rights lawyer",
            "The least we owe them is to listen, and to count honestly.",
        ),
    ]
}

#[test]
fn a_film_and_a_wall_of_real_clips() {
    let Some(clips) = clips() else {
        println!("skipped: HAMSEDA_CORPUS names no folder with faces/*.mkv");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("HAMSEDA_LOOK").map_or_else(|| dir.path().to_owned(), PathBuf::from);
    let store = Folder::new(&folder.join("kept")).unwrap();
    let (messages, tiles): (Vec<_>, Vec<_>) = candidates(&store, &clips).into_iter().unzip();
    let place = |id: &str, en: &str, fa: &str| {
        format!("[[places]]\nid = \"{id}\"\nlevel = \"province\"\nname = {{ en = \"{en}\", fa = \"{fa}\" }}\n")
    };
    let places = [
        ("miravan", "Miravan", "میراوان"),
        ("teshkel", "Teshkel", "تشکل"),
        ("port-ardal", "Port Ardal", "بندر اردال"),
        ("telva", "Telva valley", "درهٔ تلوا"),
    ];
    let places: String = places.iter().map(|(id, en, fa)| place(id, en, fa)).collect();
    let mut campaign = campaign();
    campaign.places = toml_places(&places);
    let (claim, cage) = (claim(MESSAGES), Cage::new().unwrap());
    for lang in [Lang::En, Lang::Fa] {
        let file = format!(
            "language = \"{lang}\"\n[[section]]\nrule = {{ max = 12 }}\n[[section]]\nheading = {{ en = \"From the coast\", fa = \"از کرانه\" }}\n\
             rule = {{}}\n[supporters]\nheading = {{ en = \"They stand with them\", fa = \"کنارشان ایستاده‌اند\" }}\n"
        );
        let plan = choose(&Programme::parse(&file).unwrap(), &campaign, &messages, &supporters());
        let inputs = FilmInputs { campaign: &campaign, plan: &plan, claim: &claim, policy_sha256: [0xa7; 32] };
        let film = build_film(&store, &cage, &inputs, &folder.join(format!("film-{lang}.mp4")), &|_, _, _| {}).unwrap();
        let inputs = WallInputs { campaign: &campaign, tiles: &tiles, claim: &claim, lang };
        let wall = build_wall(&store, &cage, &inputs, &folder.join(format!("wall-{lang}")), &|_, _, _| {}).unwrap();
        println!("{lang}: {film:?}\n{lang}: {wall:?}");
    }
}

#[test]
#[ignore = "minutes on two cores; run it with --ignored"]
fn a_wall_of_five_thousand() {
    let Some(clips) = clips() else {
        println!("skipped: HAMSEDA_CORPUS names no folder with faces/*.mkv");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("HAMSEDA_LOOK").map_or_else(|| dir.path().to_owned(), PathBuf::from);
    let store = Folder::new(&folder.join("kept")).unwrap();
    let few: Vec<_> = candidates(&store, &clips).into_iter().map(|(_, tile)| tile).collect();
    let many = |n: u16| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&n.wrapping_mul(40_503).to_be_bytes());
        WallTile { message: MessageId::from_bytes(id), ..few[usize::from(n) % few.len()].clone() }
    };
    let tiles: Vec<_> = (0..5000).map(many).collect();
    let (campaign, claim, cage) = (campaign(), claim(MESSAGES), Cage::new().unwrap());
    let inputs = WallInputs { campaign: &campaign, tiles: &tiles, claim: &claim, lang: Lang::Fa };
    let wall = build_wall(&store, &cage, &inputs, &folder.join("wall-5000"), &|_, _, _| {}).unwrap();
    println!("{wall:?}");
    assert_eq!(wall.tiles, 5000);
}

fn toml_places(places: &str) -> hamseda_core::PlaceTable {
    #[derive(serde::Deserialize)]
    struct File {
        places: hamseda_core::PlaceTable,
    }
    toml::from_str::<File>(places).unwrap().places
}
