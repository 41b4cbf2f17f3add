//! What a plan promises, whatever the detector sees: tried with made-up looks.

use proptest::prelude::*;

use crate::detector::Face;
use crate::findings::{DetectorFacts, Why};
use crate::picture::Size;
use crate::plan::{Plan, Watched};
use crate::track::Looks;

const SIZE: Size = Size { width: 640, height: 360 };

fn face(x: f32, y: f32) -> Face {
    Face { x, y, width: 36.0, height: 48.0, score: 0.9 }
}

fn plan(looks: Looks, frames: u64, shots: &[u64]) -> Plan {
    let detector = DetectorFacts { name: "made up".into(), runtime: "none".into() };
    Plan::of(Watched { size: SIZE, frames, shots: shots.to_vec(), looks, crowds: Vec::new(), pictures: 0, detector })
}

/// A head that goes at most a tenth of its size a frame and turns where it likes, inside the picture.
fn walk(steps: &[(f32, f32)]) -> Vec<Face> {
    let (mut x, mut y) = (320.0, 180.0);
    let mut way = Vec::new();
    for &(dx, dy) in steps {
        for _ in 0..8 {
            (x, y) = ((x + dx * 0.5).clamp(40.0, 600.0), (y + dy * 0.5).clamp(40.0, 320.0));
            way.push(face(x, y));
        }
    }
    way
}

fn whys(plan: &Plan) -> Vec<Why> {
    plan.findings().uncertain.iter().map(|moment| moment.why).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Looks every four frames, some of which see nothing: no frame in between flashes.
    #[test]
    fn rule_4_a_head_that_is_missed_now_and_then_never_flashes(
        steps in proptest::collection::vec((-6f32..6.0, -6f32..6.0), 6..14),
        missed in proptest::collection::vec(proptest::bool::weighted(0.35), 30),
    ) {
        let way = walk(&steps);
        let last = way.len() - 1;
        let seen = |i: usize| i == 0 || i == last || (i.is_multiple_of(4) && !missed[i / 4 % missed.len()]);
        let mut looks = Looks::new();
        for i in (0..way.len()).filter(|i| i.is_multiple_of(4) || *i == last) {
            looks.insert(i as u64, if seen(i) { vec![way[i]] } else { Vec::new() });
        }
        let plan = plan(looks, way.len() as u64, &[0]);
        for (number, face) in way.iter().enumerate() {
            prop_assert!(plan.holds(number, face), "frame {number}: {face:?}");
        }
    }

    /// Seen from frame `from` to `to` in the middle of the picture: whatever it does before and after, it is covered.
    #[test]
    fn rule_4_a_head_that_is_lost_where_it_may_still_be_is_covered(
        steps in proptest::collection::vec((-6f32..6.0, -6f32..6.0), 14),
        from in 0usize..40,
        length in 12usize..40,
    ) {
        let way = walk(&steps);
        let mut looks = Looks::new();
        for i in (0..way.len()).filter(|i| i.is_multiple_of(4)) {
            looks.insert(i as u64, if (from..from + length).contains(&i) { vec![way[i]] } else { Vec::new() });
        }
        let plan = plan(looks, way.len() as u64, &[0]);
        // One that is seen to go towards an edge at speed counts as having left.
        prop_assume!(!whys(&plan).contains(&Why::Left));
        for (number, face) in way.iter().enumerate() {
            prop_assert!(plan.holds(number, face), "frame {number}: {face:?}");
        }
    }
}

#[test]
fn rule_4_nobody_in_a_shot_covers_the_shot() {
    let looks: Looks = (0..15).map(|i| (i * 4, if i < 8 { vec![face(300.0, 150.0)] } else { Vec::new() })).collect();
    let plan = plan(looks, 60, &[0, 32]);
    assert_eq!(whys(&plan), [Why::NobodyFound]);
    assert_eq!(plan.findings().whole_frames, 28);
    assert!(plan.holds(45, &face(20.0, 20.0)));
    assert!(!plan.holds(20, &face(20.0, 20.0)), "where the head is seen, the rest is shown");
}

#[test]
fn rule_4_lost_and_appeared_cover_everything_and_say_when() {
    let seen = |i: u64| (8..16).contains(&i);
    let looks: Looks = (0..30).map(|i| (i * 4, if seen(i) { vec![face(300.0, 150.0)] } else { Vec::new() })).collect();
    let plan = plan(looks, 120, &[0]);
    assert_eq!(whys(&plan), [Why::Appeared, Why::Lost]);
    let moments = &plan.findings().uncertain;
    // Seen from frame 32 to 60; half a second before and after, the mask alone grows.
    assert_eq!((moments[0].from_ms, moments[0].to_ms), (0, 17 * 1000 / 30));
    assert_eq!((moments[1].from_ms, moments[1].to_ms), (76 * 1000 / 30, 4000));
}

#[test]
fn a_head_that_walks_out_is_not_covered_for_ever() {
    let looks: Looks = (0..40u64)
        .map(|i| {
            let x = 300.0 + i as f32 * 20.0;
            (i * 4, if x < 640.0 { vec![face(x, 150.0)] } else { Vec::new() })
        })
        .collect();
    let plan = plan(looks, 160, &[0]);
    assert_eq!(whys(&plan), [Why::Left]);
    assert_eq!(plan.findings().whole_frames, 0);
}

#[test]
fn rule_4_a_crowd_is_covered_as_a_whole() {
    let row = |i: u64| (0..90).map(|n| face(n as f32 * 7.0, (i * 97 % 331) as f32)).collect();
    let looks: Looks = (0..60).map(|i| (i * 61, row(i))).collect();
    let plan = plan(looks, 3660, &[0]);
    assert_eq!((whys(&plan), plan.findings().whole_frames), (vec![Why::Crowd], 3660));
}

#[test]
fn rule_4_a_frame_that_was_never_watched_is_covered_as_a_whole() {
    let plan = plan((0..5).map(|i| (i * 4, vec![face(300.0, 150.0)])).collect(), 20, &[0]);
    let mut frame = vec![200; SIZE.bytes()];
    plan.cover(20, &mut frame, SIZE);
    assert!(frame.iter().all(|&v| v != 200));
}

/// Two faces in the same box give the same bytes under the mask, at any size of the second pass.
#[test]
fn rule_4_another_face_in_the_same_box_gives_the_same_bytes() {
    let looks: Looks = (0..5).map(|i| (i * 4, vec![face(300.0 + i as f32 * 3.0, 150.0)])).collect();
    let plan = plan(looks, 20, &[0]);
    for size in [SIZE, Size { width: 1280, height: 720 }] {
        let scale = size.width / 640;
        for number in 0..20 {
            // A picture that differs only inside the face's box, in all planes.
            let covered = |seed: usize| {
                let mut data = vec![90; size.bytes()];
                let at = 300 + number as usize * 3 / 4;
                for (plane, half) in [(0, 1), (size.width * size.height, 2), (size.width * size.height * 5 / 4, 2)] {
                    for y in 126 * scale / half..174 * scale / half {
                        for x in (at - 18) * scale / half..(at + 18) * scale / half {
                            data[plane + y * (size.width / half) + x] = (x * y * seed + x + seed * 40) as u8;
                        }
                    }
                }
                plan.cover(number, &mut data, size);
                data
            };
            assert_eq!(covered(1), covered(5), "frame {number}");
        }
    }
}
