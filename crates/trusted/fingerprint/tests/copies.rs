//! A drawn speaker and copies of them: what the index proposes, and what a second look makes of it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use hamseda_fingerprint::{Area, Fingerprint, Index, Maker, Sense, Verdict, compare};

const WIDTH: usize = 96;
const HEIGHT: usize = 54;
const FPS: usize = 30;

/// How a clip is changed before it is sent again.
#[derive(Clone, Copy)]
struct Change {
    mirror: bool,
    /// Share of the sides that stays.
    crop: f32,
    gain: f32,
    /// Frames cut off at the start.
    trim: usize,
    speed: f32,
    /// Empty columns at either side, as a share of the width.
    border: f32,
}

const AS_IT_IS: Change = Change { mirror: false, crop: 1.0, gain: 1.0, trim: 0, speed: 1.0, border: 0.0 };

/// Brightness at a point (shares of the sides) of a room with somebody in it, `t` seconds after `take` began.
fn scene(room: u32, take: u32, x: f32, y: f32, t: f32) -> f32 {
    let k = take as f32;
    // Shelves, frames, curtains: patches of any brightness.
    let patch = ((x * 17.0) as u32 * 31 + (y * 11.0) as u32 * 57 + room * 101).wrapping_mul(2_654_435_761) >> 25;
    let wall = 50.0 + patch as f32;
    // Two hands and a head go where this take takes them.
    let go = |n: f32, fast: f32| {
        let wave = |a: f32| ((a * fast * t) + k * (1.3 + n) + (k * 2.7 + n).sin() * t).sin();
        (0.5 + 0.22 * (n - 1.0) + 0.1 * wave(1.9), 0.55 + 0.15 * wave(1.3) - 0.1 * n * (2.0 - n))
    };
    let body = [(0.0, 2.2, 0.05), (1.0, 0.9, 0.08), (2.0, 1.8, 0.05)].into_iter().map(|(n, fast, size)| {
        let (cx, cy) = go(n, fast);
        let d = ((x - cx).powi(2) + (y - cy).powi(2)).sqrt() / size;
        70.0 * (1.0 - d).clamp(0.0, 1.0)
    });
    wall + body.fold(0.0, f32::max)
}

fn print(room: u32, take: u32, change: Change, samples: &[f32]) -> Fingerprint {
    let mut maker = Maker::new(Area { x: 0, y: 0, width: WIDTH, height: HEIGHT }, WIDTH).unwrap();
    let frames = (3.6 * FPS as f32 / change.speed) as usize - change.trim;
    for frame in 0..frames {
        let t = (frame + change.trim) as f32 * change.speed / FPS as f32;
        let pixel = |i: usize| {
            let place = |v: usize, length: usize| (v as f32 + 0.5) / length as f32;
            let (x, y) = (place(i % WIDTH, WIDTH), place(i / WIDTH, HEIGHT));
            let x = (x - change.border) / (1.0 - 2.0 * change.border);
            if !(0.0..1.0).contains(&x) {
                return 16;
            }
            let x = if change.mirror { 1.0 - x } else { x };
            let inside = |v: f32| 0.5 + (v - 0.5) * change.crop;
            (16.0 + (scene(room, take, inside(x), inside(y), t) - 16.0) * change.gain).clamp(0.0, 255.0) as u8
        };
        maker.frame(&(0..WIDTH * HEIGHT).map(pixel).collect::<Vec<_>>());
    }
    maker.finish(samples)
}

/// Tones that nobody else utters, stereo at 48 kHz.
fn voice(seed: u32, seconds: f32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    let (mut tones, mut phases) = ([0.0; 4], [0.0f32; 4]);
    let mut samples = Vec::new();
    for i in 0..(seconds * 48_000.0) as usize {
        if i % 4_000 == 0 {
            tones = std::array::from_fn(|_| 300.0 + 2_400.0 * next());
        }
        for (phase, tone) in phases.iter_mut().zip(tones) {
            *phase = (*phase + std::f32::consts::TAU * tone / 48_000.0) % std::f32::consts::TAU;
        }
        let sample = phases.iter().map(|p| p.sin()).sum::<f32>() * 0.1 + next() * 0.01;
        samples.extend([sample; 2]);
    }
    samples
}

/// Messages of other people, so that the index is not empty.
fn crowd() -> Index<u32> {
    let mut index = Index::default();
    for room in 0..6 {
        index.add(100 + room, &print(room + 7, 40 + room, AS_IT_IS, &[]));
    }
    index
}

#[test]
fn silent_copies_are_proposed_and_found_to_be_the_same() {
    let mut index = crowd();
    let message = print(1, 1, AS_IT_IS, &[]);
    index.add(1, &message);
    let changes = [
        ("darker", Change { gain: 0.6, ..AS_IT_IS }),
        ("mirrored", Change { mirror: true, ..AS_IT_IS }),
        ("cropped", Change { crop: 0.9, ..AS_IT_IS }),
        ("cropped more", Change { crop: 0.8, ..AS_IT_IS }),
        ("trimmed", Change { trim: 20, ..AS_IT_IS }),
        ("faster", Change { speed: 1.05, ..AS_IT_IS }),
        ("slower", Change { speed: 0.95, ..AS_IT_IS }),
        ("with a border", Change { border: 0.2, ..AS_IT_IS }),
        ("many things at once", Change { mirror: true, gain: 0.8, trim: 9, border: 0.1, ..AS_IT_IS }),
    ];
    for (name, change) in changes {
        let copy = print(1, 1, change, &[]);
        let first = index.propose(&copy, 3).first().copied().unwrap_or_else(|| panic!("{name}: nothing is proposed"));
        assert_eq!(first.name, 1, "{name}: {first:?}");
        // Eight cells laid over six and a half agree less: a person is asked all the same.
        let wanted = |verdict| verdict == Verdict::Same || (change.crop < 0.85 && verdict == Verdict::Unsure);
        for opinion in [compare(&message, &copy), compare(&copy, &message)] {
            assert!(wanted(opinion.verdict), "{name}: {opinion:?}");
        }
    }
}

#[test]
fn another_message_of_one_person_in_one_room_is_proposed_and_found_to_be_another() {
    let mut index = crowd();
    index.add(1, &print(1, 1, AS_IT_IS, &[]));
    for take in 2..8 {
        let other = print(1, take, AS_IT_IS, &[]);
        assert_eq!(index.propose(&other, 3).first().map(|p| p.name), Some(1), "hashes see the room");
        let opinion = compare(&print(1, 1, AS_IT_IS, &[]), &other);
        assert_eq!(opinion.verdict, Verdict::Different, "take {take}: {opinion:?}");
    }
}

#[test]
fn a_still_picture_is_judged_by_its_sound() {
    let still = |samples: &[f32]| {
        let mut maker = Maker::new(Area { x: 0, y: 0, width: WIDTH, height: HEIGHT }, WIDTH).unwrap();
        let picture: Vec<u8> = (0..WIDTH * HEIGHT).map(|i| ((i % WIDTH) * 3 / 2 + (i / WIDTH) % 7 * 4) as u8).collect();
        (0..120).for_each(|_| maker.frame(&picture));
        maker.finish(samples)
    };
    let (words, others) = (voice(1, 5.0), voice(2, 5.0));
    let quiet: Vec<f32> = words[20_000..].iter().map(|s| s * 0.3).collect();
    let mut index = Index::default();
    index.add("first", &still(&words));
    let copy = still(&quiet);
    let proposal = index.propose(&copy, 3)[0];
    assert!(proposal.sounds > 5, "{proposal:?}");
    let opinion = compare(&still(&words), &copy);
    assert_eq!((opinion.picture, opinion.sound, opinion.verdict), (Sense::Unclear, Sense::Same, Verdict::Same));
    assert_eq!(compare(&still(&words), &still(&others)).verdict, Verdict::Different);
    assert_eq!(compare(&still(&words), &still(&[])).verdict, Verdict::Unsure);
}

#[test]
fn another_voice_over_the_same_picture_is_said_to_be_one() {
    let opinion = compare(&print(1, 1, AS_IT_IS, &voice(1, 4.0)), &print(1, 1, AS_IT_IS, &voice(2, 4.0)));
    assert_eq!((opinion.picture, opinion.sound, opinion.verdict), (Sense::Same, Sense::Other, Verdict::Same));
}

#[test]
fn what_is_taken_out_is_proposed_no_more() {
    let mut index = crowd();
    let message = print(1, 1, AS_IT_IS, &voice(1, 4.0));
    index.add(1, &message);
    index.add(1, &message);
    assert_eq!((index.len(), index.propose(&message, 9)[0].name), (7, 1));
    index.remove(&1);
    assert!(!index.holds(&1) && index.propose(&message, 9).iter().all(|p| p.name != 1));
    assert_eq!(index.len(), 6);
}

#[test]
fn empty_clips_and_senseless_areas_are_no_harm() {
    assert!(Maker::new(Area { x: 9, y: 0, width: 8, height: 8 }, 16).is_none());
    assert!(Maker::new(Area { x: 0, y: 0, width: 0, height: 8 }, 16).is_none());
    let mut maker = Maker::new(Area { x: 0, y: 0, width: 16, height: 16 }, 16).unwrap();
    maker.frame(&[0; 9]);
    let empty = maker.finish(&[]);
    let mut index = crowd();
    index.add(1, &empty);
    assert!(index.propose(&empty, 9).is_empty());
    assert_eq!(compare(&empty, &empty).verdict, Verdict::Unsure);
}
