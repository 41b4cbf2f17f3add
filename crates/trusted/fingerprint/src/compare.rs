//! The second look: whether two clips that look or sound alike are one message, or two of one person in one room.
//!
//! Their motion is laid over one another in time, and their sound bit by bit. What can't be told is said to be unclear.

use crate::align::{Fit, Pair, Place, Turn};
use crate::motion::Motion;
use crate::pdq::BITS;
use crate::print::{Fingerprint, MIRRORED, Span};

/// What one sense says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// The same.
    Same,
    /// Something else.
    Other,
    /// It can't be told: nothing moves, nothing is heard, or it is too short.
    Unclear,
}

/// What both senses say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One message, most probably.
    Same,
    /// It can't be told: a person should look.
    Unsure,
    /// Two messages.
    Different,
}

/// What came out of a second look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opinion {
    /// Of the picture.
    pub picture: Sense,
    /// Of the sound.
    pub sound: Sense,
    /// Of both.
    pub verdict: Verdict,
    /// Correlation of the motion, −1 to 1.
    pub motion: f32,
    /// Share of the sound's bits that differ; a half means that nothing agrees.
    pub bits: f32,
}

/// Motion weaker than this is the camera's noise, 1/256 luma levels.
const LEAST_STRENGTH: u16 = 40;
/// Correlation from which two clips show the same motion.
const SAME_MOTION: f32 = 0.72;
/// The same where their sound is the same: both would have to agree by chance.
const SAME_MOTION_AND_SOUND: f32 = 0.35;
/// And where their sound is another: somebody else's words need a strong reason to be called a copy.
const SAME_MOTION_OTHER_SOUND: f32 = 0.8;
/// Up to this, or the least above, they show another.
const OTHER_MOTION: f32 = 0.45;
/// What agrees less at first is not looked at more closely.
const HOPELESS: f32 = 0.25;
/// Share of bits up to which sounds are the same (0.35 in the paper).
const SAME_SOUND: f32 = 0.28;
/// And from which they are not.
const OTHER_SOUND: f32 = 0.35;
/// Sounds that both must have at an offset: 2.5 s. A slogan that many say lasts less.
const LEAST_SOUNDS: u32 = 52;
/// And this share of what is heard in the shorter one, in eighths.
const LEAST_EIGHTHS: u32 = 5;
/// Pictures that differ in fewer bits look alike.
const ALIKE: u32 = 72;
/// Speeds that are tried: ±5 % and between.
const SPEEDS: [f32; 5] = [1.0, 0.952, 0.976, 1.024, 1.053];

/// Looks at two fingerprints.
#[must_use]
pub fn compare(one: &Fingerprint, two: &Fingerprint) -> Opinion {
    let (sound, bits) = hear(&one.sounds, &two.sounds);
    let wanted = match sound {
        Sense::Same => SAME_MOTION_AND_SOUND,
        Sense::Unclear => SAME_MOTION,
        Sense::Other => SAME_MOTION_OTHER_SOUND,
    };
    let (picture, motion) = see(one, two, wanted);
    let verdict = match (picture, sound) {
        (Sense::Same, _) => Verdict::Same,
        (Sense::Unclear, Sense::Same) if alike(one, two) => Verdict::Same,
        (_, Sense::Same) | (Sense::Unclear, Sense::Unclear) => Verdict::Unsure,
        (Sense::Other, _) | (Sense::Unclear, Sense::Other) => Verdict::Different,
    };
    Opinion { picture, sound, verdict, motion, bits }
}

fn see(one: &Fingerprint, two: &Fingerprint, wanted: f32) -> (Sense, f32) {
    let weak = |motion: &Motion| motion.strength < LEAST_STRENGTH;
    if weak(&one.motion) || weak(&two.motion) {
        return (Sense::Unclear, 0.0);
    }
    let Some(fit) = fit(one, two) else { return (Sense::Unclear, 0.0) };
    let sense = match fit.score {
        score if score >= wanted => Sense::Same,
        score if score <= OTHER_MOTION => Sense::Other,
        _ => Sense::Unclear,
    };
    (sense, fit.score)
}

/// The best fit of two clips' motion.
fn fit(one: &Fingerprint, two: &Fingerprint) -> Option<Fit> {
    let pair = Pair::new(&one.motion, &two.motion);
    let mut best: Option<Fit> = None;
    let mut try_all = |places: &[Place], speeds: &[f32]| {
        for (&place, &speed) in places.iter().flat_map(|place| speeds.iter().map(move |speed| (place, speed))) {
            let fit = pair.scan(place, speed);
            best = [best, fit].into_iter().flatten().max_by(|a, b| a.score.total_cmp(&b.score));
        }
        best
    };
    let turns = Turn::ALL.map(Place::turned);
    let first = try_all(&turns[..2], &SPEEDS);
    if first.is_none_or(|fit| fit.score < SAME_MOTION) {
        try_all(&turns[2..], &SPEEDS[..1]);
        try_all(&places(one, two), &SPEEDS[..1]);
    }
    best.map(|fit| if fit.score < HOPELESS { fit } else { refined(&pair, fit) })
}

/// Cuts and insets that are tried: the middle of either, and where both move.
fn places(one: &Fingerprint, two: &Fingerprint) -> Vec<Place> {
    let square = |share: f32| Place { turn: Turn::None, x: 0.5, y: 0.5, width: share, height: share };
    let (a, b) = (one.active.rect(), two.active.rect());
    // The rectangle in which the first moves lies over that of the second.
    let (width, height) = ((a.right - a.left) / (b.right - b.left), (a.bottom - a.top) / (b.bottom - b.top));
    let x = (a.left + a.right) / 2.0 - width * ((b.left + b.right) / 2.0 - 0.5);
    let y = (a.top + a.bottom) / 2.0 - height * ((b.top + b.bottom) / 2.0 - 0.5);
    let mut places = vec![square(0.8), square(1.25), Place { turn: Turn::None, x, y, width, height }];
    if one.inset != Span::ALL {
        let inset = one.inset.rect();
        let (width, height) = (inset.right - inset.left, inset.bottom - inset.top);
        places.push(Place {
            turn: Turn::None,
            x: inset.left + width / 2.0,
            y: inset.top + height / 2.0,
            width,
            height,
        });
    }
    if two.inset != Span::ALL {
        let inset = two.inset.rect();
        let (width, height) = (1.0 / (inset.right - inset.left), 1.0 / (inset.bottom - inset.top));
        let (x, y) = ((0.5 - inset.left) * width, (0.5 - inset.top) * height);
        places.push(Place { turn: Turn::None, x, y, width, height });
    }
    places
}

/// Climbs from a fit to the best one beside it.
fn refined(pair: &Pair, start: Fit) -> Fit {
    let mut best = start;
    for size in [1.0f32, 0.5, 0.25] {
        for _ in 0..3 {
            let before = best.score;
            for (what, step) in [(0, 0.5), (1, 0.012), (2, 0.06), (3, 0.06), (4, 0.08), (5, 0.08), (6, 0.08)] {
                for step in [step * size, -step * size] {
                    let (mut place, mut speed, mut offset) = (best.place, best.speed, best.offset);
                    match what {
                        0 => offset += step,
                        1 => speed += step,
                        2 => place.x += step,
                        3 => place.y += step,
                        4 => place.width += step,
                        5 => place.height += step,
                        _ => (place.width, place.height) = (place.width * (1.0 + step), place.height * (1.0 + step)),
                    }
                    let fit = pair.at(place, speed, offset).filter(|fit| fit.score > best.score);
                    best = fit.unwrap_or(best);
                }
            }
            if best.score - before < 0.002 {
                break;
            }
        }
    }
    best
}

/// Whether any two moments look alike, straight or in a mirror.
fn alike(one: &Fingerprint, two: &Fingerprint) -> bool {
    let pairs = || one.moments.iter().flat_map(|a| two.moments.iter().map(move |b| (a, b)));
    let straight = pairs().flat_map(|(a, b)| b.views[..MIRRORED].iter().map(|view| a.views[0].distance(*view)));
    let back = pairs().flat_map(|(a, b)| a.views[..MIRRORED].iter().map(|view| b.views[0].distance(*view)));
    let mirrored = pairs().map(|(a, b)| a.views[MIRRORED].distance(b.views[0]));
    straight.chain(back).chain(mirrored).min().unwrap_or(BITS) <= ALIKE
}

/// Shifts of the sound's bands that are tried: a copy that runs 5 % faster sounds nearly a band higher.
const SHIFTS: [i32; 3] = [0, 1, -1];

fn hear(one: &[u32], two: &[u32]) -> (Sense, f32) {
    let mut least: Option<f32> = None;
    for (&speed, &shift) in SPEEDS.iter().flat_map(|speed| SHIFTS.iter().map(move |shift| (speed, shift))) {
        let here = scan(one, two, speed, shift);
        least = [least, here].into_iter().flatten().min_by(f32::total_cmp);
        if least.is_some_and(|bits| bits < SAME_SOUND / 2.0) {
            break;
        }
    }
    let Some(bits) = least else { return (Sense::Unclear, 0.5) };
    let sense = match bits {
        bits if bits <= SAME_SOUND => Sense::Same,
        bits if bits >= OTHER_SOUND => Sense::Other,
        _ => Sense::Unclear,
    };
    (sense, bits)
}

/// The least share of differing bits over all offsets.
fn scan(one: &[u32], two: &[u32], speed: f32, shift: i32) -> Option<f32> {
    let heard = |sounds: &[u32]| sounds.iter().filter(|s| **s != 0).count() as u32;
    let wanted = LEAST_SOUNDS.max(heard(one).min(heard(two)) * LEAST_EIGHTHS / 8);
    let one: Vec<u32> = (0..).map(|t| (t as f32 * speed).round() as usize).map_while(|t| one.get(t).copied()).collect();
    let (mask, width) = if shift == 0 { (u32::MAX, 32.0) } else { (u32::MAX >> 1, 31.0) };
    let mut least: Option<f32> = None;
    for offset in -(two.len() as isize)..one.len() as isize {
        let a = &one[offset.max(0) as usize..];
        let b = &two[(-offset).max(0) as usize..];
        let (mut bits, mut count) = (0, 0);
        for (&a, &b) in a.iter().zip(b) {
            if a != 0 && b != 0 {
                let (a, b) = if shift > 0 {
                    (a >> 1, b & mask)
                } else if shift < 0 {
                    (a & mask, b >> 1)
                } else {
                    (a, b)
                };
                bits += (a ^ b).count_ones();
                count += 1;
            }
        }
        if count >= wanted {
            let share = bits as f32 / (count as f32 * width);
            least = Some(least.map_or(share, |least| least.min(share)));
        }
    }
    least
}
