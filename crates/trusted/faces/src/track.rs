//! Which faces of different frames are one head.

use std::collections::BTreeMap;

use crate::detector::Face;

/// Faces by frame: of the frames that were looked at.
pub(crate) type Looks = BTreeMap<u64, Vec<Face>>;

/// A face that was seen in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    pub(crate) frame: u64,
    pub(crate) face: Face,
}

/// One head, from when it was first seen to when it was last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Track {
    pub(crate) seen: Vec<Seen>,
}

/// Less sure faces are never asked for.
pub(crate) const LEAST: f32 = 0.1;
/// A face that is surer begins a track.
const BEGINS: f32 = 0.2;
/// A face that is surer is a head even when it is seen once.
pub(crate) const SURE: f32 = 0.35;
/// A track with such a face is a person who doesn't vanish.
const CERTAIN: f32 = 0.5;
/// Sightings that make a head of less sure faces, and a person of sure ones.
const SIGHTINGS: usize = 3;
/// A head that isn't seen for longer is another one when it is found again: 2 s.
const MEMORY: u64 = 60;
/// Shadows that look like a face further apart than this, in frames, are not one thing: half a second.
const SHADOW: u64 = 15;
/// With more tracks than this a clip is a crowd.
pub(crate) const MOST_TRACKS: usize = 2000;
/// Frames from which the speed of a head is taken.
const SPEED_FRAMES: u64 = 12;

impl Track {
    pub(crate) fn first(&self) -> Seen {
        self.seen[0]
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen[self.seen.len() - 1]
    }

    fn best(&self) -> f32 {
        self.seen.iter().map(|s| s.face.score).fold(0.0, f32::max)
    }

    /// Whether it is more than a shadow that once looked like a face.
    fn is_head(&self) -> bool {
        self.best() >= SURE || self.seen.len() >= SIGHTINGS
    }

    /// Whether it is a person of whom it must be known where they went.
    pub(crate) fn is_person(&self) -> bool {
        self.best() >= CERTAIN && self.seen.len() >= SIGHTINGS
    }

    /// A person is followed through gaps; what is seen now and then and looks like a face is as many things as it was seen.
    fn unless_a_person_apart(self) -> Vec<Self> {
        if self.is_person() {
            return vec![self];
        }
        let parts = self.seen.chunk_by(|a, b| b.frame - a.frame <= SHADOW);
        parts.map(|part| Self { seen: part.to_vec() }).collect()
    }

    /// Pixels a frame, at the end (or, backward in time, at the start).
    pub(crate) fn speed(&self, at_end: bool) -> (f32, f32) {
        let end = if at_end { self.last() } else { self.first() };
        let near = |seen: &&Seen| seen.frame.abs_diff(end.frame) <= SPEED_FRAMES && seen.frame != end.frame;
        let other = if at_end { self.seen.iter().find(near) } else { self.seen.iter().rev().find(near) };
        let Some(other) = other else { return (0.0, 0.0) };
        let frames = end.frame.abs_diff(other.frame) as f32;
        ((end.face.x - other.face.x) / frames, (end.face.y - other.face.y) / frames)
    }

    /// How far `face` lies from where the head should be in `frame`, in sizes, if it may be the same.
    fn fits(&self, frame: u64, face: &Face) -> Option<f32> {
        let last = self.last();
        let gap = frame.checked_sub(last.frame).filter(|gap| (1..=MEMORY).contains(gap))? as f32;
        let (vx, vy) = self.speed(true);
        // A head doesn't keep its speed for long.
        let ahead = gap.min(SPEED_FRAMES as f32);
        let size = last.face.size().max(face.size());
        let from = |x: f32, y: f32| (face.x - x).hypot(face.y - y) / size;
        let far = from(last.face.x + vx * ahead, last.face.y + vy * ahead).min(from(last.face.x, last.face.y));
        let change = last.face.size().min(face.size()) / size;
        let fits = far <= (0.5 + 0.05 * gap).min(2.0) && change >= (0.6 - 0.01 * gap).max(0.3);
        fits.then_some(far + (1.0 - change))
    }
}

/// Heads, in the order in which they were first seen; of a crowd, at least one more than [`MOST_TRACKS`].
pub(crate) fn tracks(looks: &Looks) -> Vec<Track> {
    let mut tracks: Vec<Track> = Vec::new();
    for (&frame, faces) in looks {
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        if tracks.len() > 2 * MOST_TRACKS {
            return tracks;
        }
        for (t, track) in tracks.iter().enumerate() {
            let fits = faces.iter().enumerate().filter_map(|(f, face)| Some((track.fits(frame, face)?, t, f)));
            pairs.extend(fits);
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut taken = vec![false; faces.len()];
        for (_, t, f) in pairs {
            if !taken[f] && tracks[t].last().frame < frame {
                taken[f] = true;
                tracks[t].seen.push(Seen { frame, face: faces[f] });
            }
        }
        let new = faces.iter().zip(taken).filter(|(face, taken)| !taken && face.score >= BEGINS);
        tracks.extend(new.map(|(&face, _)| Track { seen: vec![Seen { frame, face }] }));
    }
    let mut heads: Vec<Track> = tracks.into_iter().flat_map(Track::unless_a_person_apart).collect();
    heads.retain(Track::is_head);
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, y: f32, score: f32) -> Face {
        Face { x, y, width: 30.0, height: 40.0, score }
    }

    #[test]
    fn two_heads_that_pass_each_other_stay_two() {
        let looks: Looks = (0..20u64)
            .map(|i| (i * 4, vec![face(40.0 + i as f32 * 8.0, 60.0, 0.9), face(200.0 - i as f32 * 8.0, 100.0, 0.8)]))
            .collect();
        let found = tracks(&looks);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|track| track.seen.len() == 20 && track.is_person()));
    }

    #[test]
    fn one_doubtful_sighting_is_no_head_and_three_are() {
        let looks = |n: u64| (0..n).map(|i| (i * 4, vec![face(50.0, 50.0, 0.25)])).collect::<Looks>();
        assert_eq!(tracks(&looks(2)).len(), 0);
        assert_eq!(tracks(&looks(3)).len(), 1);
        assert_eq!(tracks(&Looks::from([(0, vec![face(50.0, 50.0, 0.4)])])).len(), 1);
    }

    #[test]
    fn a_faint_face_keeps_a_track_but_begins_none() {
        let mut looks: Looks = (0..10).map(|i| (i * 4, vec![face(50.0, 50.0, 0.9), face(200.0, 50.0, 0.15)])).collect();
        looks.insert(20, vec![face(52.0, 50.0, 0.12)]);
        let found = tracks(&looks);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].seen.len(), 10);
    }
}
