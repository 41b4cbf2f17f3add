//! The first pass: which frames are looked at, how closely, and which way up.

use std::collections::{BTreeMap, VecDeque};
use std::f32::consts::{FRAC_PI_2, PI};

use crate::detector::{Detector, Face, MOST_FACES, distinct};
use crate::picture::{Frame, Lens, Size, Thumb};
use crate::plan::{Plan, Watched};
use crate::track::{LEAST, SURE};

/// Every so many frames are looked at: 7 to 8 times a second.
const STEP: u64 = 4;
/// Every so many looks see all that a frame shows: about once a second.
const FAR_LOOKS: u32 = 8;
/// The longest side of watched frames: smaller faces than this shows are not recognisable in a master either.
const LONGEST: usize = 640;
/// In a near look the smallest face that is known is at least this high, pixels.
const NEAR_FACE: f32 = 18.0;
/// A near look is never smaller than this, longest side.
const NEAR_LONGEST: f32 = 240.0;
/// Side of a close look, pixels, and how many faces would stand side by side in it.
const CLOSE: usize = 160;
const CLOSE_FACES: f32 = 3.2;
/// Heads lean and people lie: close looks are turned by this, radians (35 degrees, a quarter, a half).
const LEANS: [f32; 6] = [0.0, -0.61, 0.61, FRAC_PI_2, -FRAC_PI_2, PI];
/// A head that doesn't stand upright is covered as if it were larger by this: its hair may be on any side.
const LYING: f32 = 1.25;
/// Most faces that are looked at closely after one look: a clip made of faces must not cost a worker its day. The rest are
/// lost, and so covered with everything else.
const MOST_CLOSE: usize = 12;
/// Frames between two shots, at least.
const SHORTEST_SHOT: u64 = 8;
/// Mean difference of two coarse frames above which a new shot begins, of 255.
const CUT: f32 = 22.0;
/// A face further from its place than this, in sizes, is another one.
const AWAY: f32 = 0.6;
/// Where no face is surer than this, the frame may stand on its side.
const UPRIGHT: f32 = 0.5;
/// A head that moves further than this between looks, in sizes, is looked at in between.
const QUICK: f32 = 0.35;

/// Watches small frames and makes a [`Plan`] of how to cover large ones.
#[derive(Debug)]
pub struct Watcher<D> {
    detector: D,
    size: Size,
    frames: u64,
    /// The last frames, for looking back.
    recent: VecDeque<Vec<u8>>,
    thumb: Option<Thumb>,
    shots: Vec<u64>,
    looks: BTreeMap<u64, Vec<Face>>,
    pictures: u64,
    /// The last frame that was looked at, in this shot.
    looked: Option<u64>,
    since_far: u32,
    /// Pixels of a frame for each pixel of a near look.
    near: f32,
    /// Quarter turns that stand this clip's people upright.
    quarters: u8,
    /// Looks in which nobody was found, in a row.
    empty: u32,
    /// Looks in which nobody was clearly seen.
    unclear: u32,
    /// From and to which frame there were too many faces to follow.
    crowds: Vec<(u64, u64)>,
}

impl<D: Detector> Watcher<D> {
    /// For frames of `size`, as [`Watcher::size_for`] gives it.
    #[must_use]
    pub fn new(detector: D, size: Size) -> Self {
        Self {
            detector,
            size,
            frames: 0,
            recent: VecDeque::new(),
            thumb: None,
            shots: vec![0],
            looks: BTreeMap::new(),
            pictures: 0,
            looked: None,
            since_far: FAR_LOOKS,
            near: 1.0,
            quarters: 0,
            empty: 0,
            unclear: 0,
            crowds: Vec::new(),
        }
    }

    /// The size at which frames are watched that will be covered at `size`: the same shape, never larger.
    #[must_use]
    pub fn size_for(size: Size) -> Size {
        let longest = size.width.max(size.height);
        if longest <= LONGEST {
            return size;
        }
        let side = |side: usize| ((side * LONGEST + longest / 2) / longest).next_multiple_of(2);
        Size { width: side(size.width), height: side(size.height) }
    }

    /// Takes the next frame: planar YUV 4:2:0, upright, 30 a second.
    ///
    /// # Panics
    /// When `data` is no frame of the watcher's size.
    pub fn watch(&mut self, data: &[u8]) {
        let number = self.frames;
        let thumb = {
            let frame = Frame::new(data, self.size);
            assert!(frame.is_some(), "a frame of another size");
            frame.map(|frame| frame.thumb())
        };
        let shot = self.shots.last().copied().unwrap_or_default();
        let cut = number >= shot + SHORTEST_SHOT
            && matches!((&thumb, &self.thumb), (Some(new), Some(old)) if new.difference(old) > CUT);
        if cut {
            // The shot that ends is looked at to its last frame.
            self.look_if_new(number - 1);
            self.shots.push(number);
            (self.looked, self.since_far) = (None, FAR_LOOKS);
        }
        self.thumb = thumb;
        self.keep(data);
        self.frames += 1;
        if cut || self.looked.is_none_or(|looked| number >= looked + STEP) {
            self.look(number);
        }
    }

    /// What to cover.
    #[must_use]
    pub fn finish(mut self) -> Plan {
        if let Some(last) = self.frames.checked_sub(1) {
            self.look_if_new(last);
        }
        Plan::of(Watched {
            size: self.size,
            frames: self.frames,
            shots: self.shots,
            looks: self.looks,
            crowds: self.crowds,
            pictures: self.pictures,
            detector: self.detector.facts(),
        })
    }

    fn keep(&mut self, data: &[u8]) {
        let mut buffer =
            if self.recent.len() > STEP as usize { self.recent.pop_front() } else { None }.unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(data);
        self.recent.push_back(buffer);
    }

    fn look_if_new(&mut self, number: u64) {
        if self.looked != Some(number) {
            self.look(number);
        }
    }

    /// Looks at a frame, and again wherever what is seen doesn't fit what was seen before.
    fn look(&mut self, number: u64) {
        let far = self.since_far >= FAR_LOOKS || self.empty > 0;
        let mut faces = self.seek(number, far);
        if !far && best(&faces) < SURE {
            faces = self.seek(number, true);
        }
        if self.looks.is_empty() || best(&faces) < UPRIGHT {
            self.turn(number, &mut faces);
        }
        if let Some(before) = self.looked {
            self.compare(before, number, &mut faces);
        }
        let faces = distinct(faces);
        if faces.len() == MOST_FACES {
            self.crowds.push((self.looked.unwrap_or(number), number + STEP));
        }
        self.looks.insert(number, faces);
        self.looked = Some(number);
    }

    /// Looks at all of a frame.
    fn seek(&mut self, number: u64, far: bool) -> Vec<Face> {
        // Frames that are smaller than need be are looked at enlarged.
        let longest = self.size.width.max(self.size.height) as f32;
        let closest = (longest / LONGEST as f32).min(1.0);
        let scale = if far { closest } else { self.near };
        let faces = self.through(number, |gain, size, quarters| Lens::whole(size, scale, quarters, gain));
        self.since_far += 1;
        if far {
            self.since_far = 1;
            let sure = faces.iter().filter(|face| face.score >= SURE);
            let smallest = sure.map(Face::size).fold(f32::MAX, f32::min);
            let near = if smallest < f32::MAX { smallest / NEAR_FACE } else { closest };
            self.near = near.min(longest / NEAR_LONGEST).max(closest);
        }
        faces
    }

    /// At a clip's start, and when nobody is clearly seen: looks at the frame in its other turns too, takes all that is
    /// found, and stays with the turn in which people stand upright.
    fn turn(&mut self, number: u64, faces: &mut Vec<Face>) {
        // At first in every look, later now and then: a clip may really show nobody.
        self.empty = if best(faces) < SURE { self.empty + 1 } else { 0 };
        self.unclear += 1;
        if self.unclear > 4 && !self.unclear.is_multiple_of(8) {
            return;
        }
        let before = self.quarters;
        let mut upright = (evidence(faces), before, self.near);
        for quarters in (0..4).filter(|&quarters| quarters != before) {
            self.quarters = quarters;
            let found = self.seek(number, true);
            if evidence(&found) > upright.0 {
                upright = (evidence(&found), quarters, self.near);
            }
            // One head, seen in two turns, is taken as it is seen best.
            for face in found.into_iter().filter(|face| face.score >= SURE) {
                match faces.iter_mut().find(|known| known.distance(&face) <= AWAY * known.size()) {
                    Some(known) if known.score < face.score => *known = face,
                    Some(_) => {}
                    None => faces.push(face),
                }
            }
        }
        (_, self.quarters, self.near) = upright;
        self.empty = if best(faces) < SURE { self.empty } else { 0 };
    }

    /// Looks closely for faces that were there before and are not now, and the other way round; and between two looks
    /// where something moved quickly, came or went.
    fn compare(&mut self, before: u64, number: u64, faces: &mut Vec<Face>) {
        let known = self.looks.get(&before).cloned().unwrap_or_default();
        let mut earlier = known.clone();
        let mut unsteady = Vec::new();
        for face in known.iter().filter(|face| face.score >= SURE).take(MOST_CLOSE) {
            let here = nearest(faces, face).copied();
            let found = here.or_else(|| self.close(number, face));
            if here.is_none() {
                faces.extend(found);
            }
            if found.is_none_or(|found| found.distance(face) > QUICK * face.size()) {
                unsteady.push((*face, found.unwrap_or(*face)));
            }
        }
        for face in faces.clone().iter().filter(|face| face.score >= SURE).take(MOST_CLOSE) {
            if nearest(&known, face).is_none() {
                let found = self.close(before, face);
                earlier.extend(found);
                unsteady.push((found.unwrap_or(*face), *face));
            }
        }
        self.looks.insert(before, distinct(earlier));
        unsteady.truncate(MOST_CLOSE);
        for middle in before + 1..number {
            let part = (middle - before) as f32 / (number - before) as f32;
            let found: Vec<Face> =
                unsteady.iter().filter_map(|(a, b)| self.close(middle, &on_the_way(a, b, part))).collect();
            if !found.is_empty() {
                self.looks.insert(middle, distinct(found));
            }
        }
    }

    /// Looks closely at where a face should be, also as a head that leans.
    fn close(&mut self, number: u64, face: &Face) -> Option<Face> {
        let scale = face.size() * CLOSE_FACES / CLOSE as f32;
        for lean in LEANS {
            let found = self.through(number, |gain, _, quarters| Lens {
                middle: (face.x, face.y),
                scale,
                turn: lean + f32::from(quarters) * FRAC_PI_2,
                size: (CLOSE, CLOSE),
                gain,
            });
            if let Some(found) = nearest(&found, face) {
                return Some(*found);
            }
        }
        None
    }

    /// What the detector finds in a recent frame through a lens, in pixels of the frame.
    fn through(&mut self, number: u64, lens: impl FnOnce(f32, Size, u8) -> Lens) -> Vec<Face> {
        let first = self.frames - self.recent.len() as u64;
        let data = number.checked_sub(first).and_then(|at| self.recent.get(at as usize));
        let Some(frame) = data.and_then(|data| Frame::new(data, self.size)) else { return Vec::new() };
        let gain = self.thumb.map_or(1.0, |thumb| thumb.gain());
        let lens = lens(gain, self.size, self.quarters);
        self.pictures += 1;
        let found = self.detector.look(&lens.see(&frame), LEAST);
        let place = |face: Face| {
            let (x, y) = lens.place(face.x, face.y);
            let leaning = lens.turn != 0.0;
            let size = face.size() * lens.scale * LYING;
            let (width, height) =
                if leaning { (size, size) } else { (face.width * lens.scale, face.height * lens.scale) };
            Face { x, y, width, height, score: face.score }
        };
        found.into_iter().map(place).collect()
    }
}

fn best(faces: &[Face]) -> f32 {
    faces.iter().map(|face| face.score).fold(0.0, f32::max)
}

/// How much speaks for people standing upright.
fn evidence(faces: &[Face]) -> f32 {
    faces.iter().map(|face| face.score).filter(|&score| score >= SURE).sum()
}

/// A face on its way from `a` to `b`.
fn on_the_way(a: &Face, b: &Face, part: f32) -> Face {
    let mix = |a: f32, b: f32| a + (b - a) * part;
    let (width, height) = (mix(a.width, b.width), mix(a.height, b.height));
    Face { x: mix(a.x, b.x), y: mix(a.y, b.y), width, height, score: mix(a.score, b.score) }
}

/// The face that is where `face` should be.
fn nearest<'a>(faces: &'a [Face], face: &Face) -> Option<&'a Face> {
    let near = faces.iter().filter(|other| other.distance(face) <= AWAY * face.size());
    near.min_by(|a, b| a.distance(face).total_cmp(&b.distance(face)))
}
