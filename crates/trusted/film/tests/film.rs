//! A film of real segments, judged by ffmpeg and ffprobe.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{MASTER, brightness, campaign, claim, clip, frame_hashes, master, plan, run, samples, text};
use hamseda_cage::Cage;
use hamseda_core::{ArtefactId, Lang, SupporterId};
use hamseda_film::{Artefacts, FilmInputs, FilmReport, Folder, build_film};
use hamseda_programme::{Caption, Kind, Plan, Quote};

const TONE: &str = "sine=frequency=330:sample_rate=48000";

fn build(store: &Folder, plan: &Plan, out: &Path) -> FilmReport {
    let (campaign, claim, cage) = (campaign(), claim(24), Cage::new().unwrap());
    let inputs = FilmInputs { campaign: &campaign, plan, claim: &claim, policy_sha256: [0xa7; 32] };
    build_film(store, &cage, &inputs, out, &|_, _, _| {}).unwrap()
}

fn files(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect()
}

fn portrait(store: &Folder) -> ArtefactId {
    let (id, path) = (ArtefactId::from_bytes([8; 32]), store.scratch(MASTER).unwrap().with_extension("jpg"));
    let picture = "testsrc2=s=320x320:r=30";
    run(
        "ffmpeg",
        &["-y", "-f", "lavfi", "-i", picture, "-frames:v", "1", "-pix_fmt", "yuvj420p", path.to_str().unwrap()],
    );
    store.keep(id, MASTER, &path).unwrap();
    id
}

fn every_kind(store: &Folder) -> Plan {
    let one = master(store, 1, 4, "testsrc2=s=1280x720:r=30", TONE);
    let two = master(store, 2, 3, "color=c=0x304050:s=1280x720:r=30", "aevalsrc=0.4*sin(2*PI*220*t):s=48000");
    let three = master(store, 3, 5, "color=c=0xe0d8d0:s=1280x720:r=30", TONE);
    let mut hidden = clip(3, three, 5, "لیلا");
    hidden.shown = false;
    let quote = Quote {
        supporter: SupporterId::from_bytes([9; 16]),
        text: text(Lang::En, "Nobody can watch them and call this country silent."),
        caption: Caption { name: Some(text(Lang::En, "Ana Kovarič")), detail: vec![text(Lang::En, "Lurania")] },
        portrait: Some(portrait(store)),
    };
    let mut plan = plan(vec![
        Kind::Title { slogan: text(Lang::En, "We can"), line: None, voice: Some(clip(1, one, 4, "Nadia")) },
        Kind::Section { heading: text(Lang::En, "From the coast") },
        Kind::Clip(clip(2, two, 3, "نرگس")),
        Kind::Clip(hidden),
        Kind::Quote(quote),
        Kind::Closing { line: None },
    ]);
    plan.segments[0].dip_out = true;
    plan.segments[1].dip_in = true;
    plan
}

#[test]
fn a_film_is_exact_plays_to_its_end_and_is_not_made_twice() {
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("kept");
    let store = Folder::new(&kept).unwrap();
    let plan = every_kind(&store);
    let out = dir.path().join("film.mp4");
    let first = build(&store, &plan, &out);
    assert_eq!((first.clips_encoded, first.clips_reused, first.film_units), (6, 0, plan.units()));
    let film = out.to_str().unwrap();

    // Every frame is there, each 1/30 s after the one before; sound ends with picture.
    let show = |stream: &str, entry: &str| {
        let list = run("ffprobe", &["-select_streams", stream, "-show_entries", entry, "-of", "csv=p=0", film]);
        list.lines().map(|l| l.trim_end_matches(',').parse::<i64>().unwrap()).collect::<Vec<_>>()
    };
    let pictures = show("v", "packet=pts");
    assert_eq!(pictures, (0..i64::from(plan.units()) * 16).map(|i| i * 512).collect::<Vec<_>>());
    let sounds = show("a", "packet=pts");
    assert_eq!(sounds, (0..i64::from(plan.units()) * 25).map(|i| i * 1024).collect::<Vec<_>>());
    assert_eq!(show("v", "packet=dts"), pictures);
    // The whole film decodes without a word of complaint, and each segment's frames are those of its own artefact.
    let hashes = frame_hashes(&out, "mp4");
    assert_eq!(hashes.len(), pictures.len());
    assert_eq!(samples(&out).len(), sounds.len() * 1024 * 2);
    let mut found = 0;
    for path in files(&kept) {
        if std::fs::read(&path).unwrap().starts_with(&[0, 0, 0, 1, 0x67]) {
            let own = frame_hashes(&path, "h264");
            assert!(hashes.windows(own.len()).any(|w| w == own), "{} is not in the film", path.display());
            found += 1;
        }
    }
    assert_eq!(found, 6);
    // No text of a tool, no time.
    let bytes = std::fs::read(&out).unwrap();
    for word in ["x264", "Lavf", "Lavc", "ffmpeg"] {
        assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word} is in the film");
    }

    // The same plan again: nothing is encoded, and the film is the same to the byte.
    let before = files(&kept);
    let again = build(&store, &plan, &out);
    assert_eq!((again.clips_encoded, again.clips_reused), (0, 6));
    assert_eq!(files(&kept), before);
    assert_eq!(std::fs::read(&out).unwrap(), bytes);

    // One name changes: one segment is encoded, and its sound is not.
    let mut changed = plan.clone();
    if let Kind::Clip(clip) = &mut changed.segments[2].kind {
        clip.caption.name = Some(text(Lang::Fa, "نرگس م."));
    }
    let third = build(&store, &changed, &out);
    assert_eq!((third.clips_encoded, third.clips_reused), (1, 5));
    assert_eq!(files(&kept).len(), before.len() + 1);
    // Frames of all other segments are untouched, whatever stands beside them.
    let now = frame_hashes(&out, "mp4");
    let changed = now.iter().zip(&hashes).filter(|(a, b)| a != b).count();
    assert!((1..=48).contains(&changed), "{changed} frames changed");
}

#[test]
fn sound_and_picture_stay_together_over_many_joins() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    // White from frame 24 on, and a tone from the same moment: sample 38,400 of each clip.
    let flash = "color=c=black:s=1280x720:r=30,geq=lum='if(gte(N,24),235,16)':cb=128:cr=128";
    let tone = "aevalsrc=if(gte(t\\,0.8)\\,0.5*cos(2*PI*1000*t)\\,0):s=48000";
    let id = master(&store, 1, 3, flash, tone);
    let mut one = clip(1, id, 3, "");
    one.caption = Caption::default();
    let title = Kind::Title { slogan: text(Lang::En, "We can"), line: None, voice: Some(one.clone()) };
    let kinds = std::iter::once(title).chain((0..6).map(|_| Kind::Clip(one.clone()))).collect();
    let out = dir.path().join("film.mp4");
    let report = build(&store, &plan(kinds), &out);
    assert_eq!(report.clips_encoded, 2, "six equal clips are encoded once");

    let white = brightness(&out);
    let flashes: Vec<_> = (1..white.len()).filter(|&i| white[i] > 180.0 && white[i - 1] < 100.0).collect();
    let sound = samples(&out);
    let loud = |at: usize| sound[at * 2].abs() > 0.25;
    let quiet = |at: usize| sound[at.saturating_sub(4800) * 2..at * 2].iter().all(|s| s.abs() < 0.25);
    let tones: Vec<_> = (4800..sound.len() / 2).filter(|&i| loud(i) && quiet(i)).collect();
    assert_eq!((flashes.len(), tones.len()), (7, 7), "{flashes:?} {tones:?}");
    for (frame, sample) in flashes.iter().zip(&tones) {
        let offset = *sample as i64 - *frame as i64 * 1600;
        assert!(offset.abs() <= 240, "flash {frame}, tone {sample}: {offset} samples apart");
    }
}

#[test]
fn a_missing_master_is_named_and_nothing_is_put_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    let (campaign, claim, cage) = (campaign(), claim(1), Cage::new().unwrap());
    let lost = ArtefactId::from_bytes([0xee; 32]);
    let plan = plan(vec![Kind::Clip(clip(1, lost, 3, "Nadia"))]);
    let inputs = FilmInputs { campaign: &campaign, plan: &plan, claim: &claim, policy_sha256: [0; 32] };
    let out = dir.path().join("film.mp4");
    let error = build_film(&store, &cage, &inputs, &out, &|_, _, _| {}).unwrap_err();
    assert!(error.to_string().contains(&lost.to_string()), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_master_shorter_than_planned_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    let id = master(&store, 5, 1, "color=c=black:s=1280x720:r=30", TONE);
    let (campaign, claim, cage) = (campaign(), claim(1), Cage::new().unwrap());
    let plan = plan(vec![Kind::Clip(clip(5, id, 2, "Nadia"))]);
    let inputs = FilmInputs { campaign: &campaign, plan: &plan, claim: &claim, policy_sha256: [0; 32] };
    let error = build_film(&store, &cage, &inputs, &dir.path().join("film.mp4"), &|_, _, _| {}).unwrap_err();
    assert!(error.to_string().contains("16 frames of 32"), "{error}");
}
