//! What is covered in which frame: made when all frames were seen, looking forward and backward.

use crate::findings::{DetectorFacts, Findings, Moment, Why};
use crate::picture::Size;
use crate::shape::{Mask, paint_all, share};
use crate::track::{Looks, MOST_TRACKS, Seen, Track, tracks};

/// Frames a second of every frame that is seen here.
const FPS: u64 = 30;
/// Between sightings that are closer, a head goes straight; a mask grows by a part of the way.
const STRAIGHT: u64 = 8;
/// A mask is held this long, and grows, where a head was lost or appeared: half a second.
const HOLD: u64 = 15;
/// How far a head that isn't seen may go in a frame, in its own sizes: 3 a second, a quick step aside.
const REACH: f32 = 0.1;
/// A mask is always larger than the head by this, in sizes.
const MARGIN: f32 = 0.05;
/// And by this part of the way between two sightings.
const MARGIN_OF_WAY: f32 = 0.3;
/// Sightings that miss the end of a shot by less than this reach it.
const NEAR: u64 = 5;

/// What is covered in each frame.
#[derive(Debug, Clone)]
pub struct Plan {
    seen: Size,
    frames: Vec<Cover>,
    findings: Findings,
}

/// What is covered in one frame.
#[derive(Debug, Clone, Default, PartialEq)]
struct Cover {
    whole: bool,
    masks: Vec<Mask>,
}

/// What a watcher saw.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) size: Size,
    pub(crate) frames: u64,
    /// Frames with which a new shot begins, the first one included.
    pub(crate) shots: Vec<u64>,
    pub(crate) looks: Looks,
    /// From and to which frame there were too many faces to follow.
    pub(crate) crowds: Vec<(u64, u64)>,
    pub(crate) pictures: u64,
    pub(crate) detector: DetectorFacts,
}

impl Plan {
    /// What was found, for the report.
    #[must_use]
    pub const fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Covers frame `number` of the clip (planar YUV 4:2:0, of any even size and the shape that was watched). A frame that
    /// was never watched is covered as a whole.
    ///
    /// # Panics
    /// When `data` is no frame of this size.
    pub fn cover(&self, number: u64, data: &mut [u8], size: Size) {
        assert_eq!(data.len(), size.bytes(), "a frame of another size");
        match usize::try_from(number).ok().and_then(|number| self.frames.get(number)) {
            Some(cover) if !cover.whole => {
                let scale = (size.width as f32 / self.seen.width as f32, size.height as f32 / self.seen.height as f32);
                cover.masks.iter().for_each(|mask| mask.scaled(scale.0, scale.1).paint(data, size));
            }
            _ => paint_all(data, size),
        }
    }

    pub(crate) fn of(watched: Watched) -> Self {
        let tracks = tracks(&watched.looks);
        let mut draft =
            Draft { size: watched.size, frames: vec![Cover::default(); watched.frames as usize], moments: Vec::new() };
        if tracks.len() > MOST_TRACKS {
            draft.note(0, watched.frames, Why::Crowd);
        } else {
            tracks.iter().for_each(|track| draft.between(track));
            let ends = watched.shots.iter().skip(1).copied().chain([watched.frames]);
            watched.shots.iter().zip(ends).for_each(|(&start, end)| draft.shot(start, end, &tracks));
        }
        for (from, to) in watched.crowds {
            draft.note(from, to.min(watched.frames), Why::Crowd);
        }
        let frames = draft.frames.len() as u64;
        let whole_frames = draft.frames.iter().filter(|cover| cover.whole).count() as u64;
        let covered: f64 = draft.frames.iter().map(|c| if c.whole { 1.0 } else { share(&c.masks, watched.size) }).sum();
        let findings = Findings {
            detector: watched.detector,
            frames,
            looks: watched.pictures,
            faces: watched.looks.values().map(|faces| faces.len() as u64).sum(),
            tracks: tracks.len() as u64,
            whole_frames,
            covered_share: (covered / frames.max(1) as f64 * 1e4).round() / 1e4,
            uncertain: moments(draft.moments),
        };
        Self { seen: watched.size, frames: draft.frames, findings }
    }
}

/// A plan in the making.
struct Draft {
    size: Size,
    frames: Vec<Cover>,
    /// From, to, why.
    moments: Vec<(u64, u64, Why)>,
}

impl Draft {
    fn mask(&mut self, frame: u64, mask: Mask) {
        if let Some(cover) = self.frames.get_mut(frame as usize) {
            cover.masks.push(mask);
        }
    }

    fn note(&mut self, from: u64, to: u64, why: Why) {
        if from >= to {
            return;
        }
        if why.covers_all() {
            self.frames[from as usize..to as usize].iter_mut().for_each(|cover| cover.whole = true);
        }
        self.moments.push((from, to, why));
    }

    /// Masks from a track's first sighting to its last.
    fn between(&mut self, track: &Track) {
        let sizes = steady(&track.seen);
        self.mask(track.first().frame, head(&track.first(), sizes[0]).grown(MARGIN * sizes[0]));
        for (pair, sizes) in track.seen.windows(2).zip(sizes.windows(2)) {
            let (a, b) = (pair[0], pair[1]);
            for frame in a.frame + 1..=b.frame {
                self.mask(frame, on_the_way(&a, &b, [sizes[0], sizes[1]], frame));
            }
            if b.frame - a.frame > HOLD {
                self.note(a.frame + 1, b.frame, Why::LostAndFound);
            }
        }
    }

    /// What is before and after the tracks of a shot, from `start` to before `end`.
    fn shot(&mut self, start: u64, end: u64, tracks: &[Track]) {
        let inside: Vec<&Track> = tracks.iter().filter(|t| t.first().frame < end && t.last().frame >= start).collect();
        if inside.is_empty() {
            self.note(start, end, Why::NobodyFound);
            return;
        }
        let mut explained = vec![false; inside.len()];
        for track in &inside {
            let last = track.last();
            if last.frame >= end {
                continue;
            }
            for frame in last.frame + 1..end.min(last.frame + HOLD + 1) {
                self.mask(frame, beyond(track, &last, true, frame - last.frame));
            }
            if last.frame + NEAR < end && track.is_person() && !self.leaves(track, true) {
                let next = inside.iter().position(|next| follows(track, next));
                let until = next.map_or(end, |next| {
                    explained[next] = true;
                    inside[next].first().frame.saturating_sub(HOLD)
                });
                self.note(last.frame + HOLD + 1, until, Why::Lost);
            }
        }
        for (track, explained) in inside.iter().zip(explained) {
            let first = track.first();
            if first.frame < start {
                continue;
            }
            for frame in start.max(first.frame.saturating_sub(HOLD))..first.frame {
                self.mask(frame, beyond(track, &first, false, first.frame - frame));
            }
            if first.frame > start + NEAR && track.is_person() && !explained && !self.leaves(track, false) {
                self.note(start, first.frame.saturating_sub(HOLD), Why::Appeared);
            }
        }
        self.bare(start, end, &inside);
    }

    /// Frames of a shot in which no head is: they are shown only where those before them were seen to leave and those after
    /// them to come.
    fn bare(&mut self, start: u64, end: u64, tracks: &[&Track]) {
        let bare = |draft: &Self, frame: u64| {
            let cover = &draft.frames[frame as usize];
            !cover.whole && cover.masks.is_empty()
        };
        let mut from = start;
        while from < end {
            let to = (from..end).find(|&frame| !bare(self, frame)).unwrap_or(end);
            let before = tracks.iter().filter(|t| t.last().frame < from).max_by_key(|t| t.last().frame);
            let after = tracks.iter().filter(|t| t.first().frame >= to).min_by_key(|t| t.first().frame);
            let why = match (before, after) {
                (Some(before), _) if !self.leaves(before, true) => Why::Lost,
                (_, Some(after)) if !self.leaves(after, false) => Why::Appeared,
                _ => Why::Left,
            };
            self.note(from, to, why);
            from = (to..end).find(|&frame| bare(self, frame)).unwrap_or(end);
        }
    }

    /// Whether a head goes out through the picture's edge (or, backward in time, came in through it).
    fn leaves(&self, track: &Track, at_end: bool) -> bool {
        let face = if at_end { track.last() } else { track.first() }.face;
        let (vx, vy) = track.speed(at_end);
        let out = |at: f32, speed: f32, half: f32, side: usize| {
            let (side, ahead) = (side as f32, at + speed * HOLD as f32);
            let touches = at - half < 0.1 * face.size() && speed < -0.01 * face.size()
                || at + half > side - 0.1 * face.size() && speed > 0.01 * face.size();
            touches || ahead < 0.0 || ahead > side
        };
        out(face.x, vx, face.width / 2.0, self.size.width) || out(face.y, vy, face.height / 2.0, self.size.height)
    }
}

/// Sizes without flicker: each is the largest of those seen within half a second. A face half of which a hand hides is
/// seen smaller than its head.
fn steady(seen: &[Seen]) -> Vec<f32> {
    let near = |a: &Seen, b: &Seen| a.frame.abs_diff(b.frame) <= HOLD;
    let largest = |at: &Seen| seen.iter().filter(|s| near(s, at)).map(|s| s.face.size()).fold(0.0, f32::max);
    seen.iter().map(largest).collect()
}

fn head(seen: &Seen, size: f32) -> Mask {
    Mask::head(seen.face.x, seen.face.y, size)
}

/// The mask of a head between two sightings.
fn on_the_way(a: &Seen, b: &Seen, sizes: [f32; 2], frame: u64) -> Mask {
    let part = (frame - a.frame) as f32 / (b.frame - a.frame) as f32;
    let mix = |a: f32, b: f32| a + (b - a) * part;
    let size = mix(sizes[0], sizes[1]);
    let way = a.face.distance(&b.face);
    let straight = Mask::head(mix(a.face.x, b.face.x), mix(a.face.y, b.face.y), size)
        .grown(MARGIN * size + MARGIN_OF_WAY * way.min(size));
    if b.frame - a.frame <= STRAIGHT {
        return straight;
    }
    // Where it can be: not further from either sighting than a head goes in the time between.
    let size = sizes[0].max(sizes[1]);
    let reach = |seen: &Seen| head(seen, size).grown(REACH * size * seen.frame.abs_diff(frame) as f32);
    let both = reach(a).shared(reach(b)).unwrap_or_else(|| head(a, size).and(head(b, size)));
    straight.and(both)
}

/// The mask of a head `away` frames before its first sighting or after its last.
fn beyond(track: &Track, end: &Seen, at_end: bool, away: u64) -> Mask {
    let size = end.face.size();
    let (vx, vy) = track.speed(at_end);
    let away = away as f32;
    let here = head(end, size);
    let ahead = Mask::head(end.face.x + vx * away, end.face.y + vy * away, size);
    here.and(ahead).grown(size * (MARGIN + REACH * away))
}

/// Whether `next` may be the head of `track`, found again.
fn follows(track: &Track, next: &Track) -> bool {
    let (a, b) = (track.last(), next.first());
    let Some(gap) = b.frame.checked_sub(a.frame).filter(|gap| *gap > 0) else { return false };
    a.face.distance(&b.face) <= a.face.size().max(b.face.size()) * (1.0 + 0.15 * gap as f32)
}

/// Joins what touches, in milliseconds.
fn moments(mut frames: Vec<(u64, u64, Why)>) -> Vec<Moment> {
    frames.sort_by_key(|&(from, to, why)| (why, from, to));
    let mut joined: Vec<(u64, u64, Why)> = Vec::new();
    for (from, to, why) in frames {
        match joined.last_mut() {
            Some(last) if last.2 == why && from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to, why)),
        }
    }
    joined.sort_by_key(|&(from, ..)| from);
    let ms = |frame: u64| frame * 1000 / FPS;
    joined.into_iter().map(|(from, to, why)| Moment { from_ms: ms(from), to_ms: ms(to), why }).collect()
}

#[cfg(test)]
use crate::detector::Face;

#[cfg(test)]
impl Plan {
    /// Whether a face of frame `number`, in the picture that was watched, is covered.
    pub(crate) fn holds(&self, number: usize, face: &Face) -> bool {
        let cover = &self.frames[number];
        cover.whole || cover.masks.iter().any(|mask| mask.holds(face))
    }
}
