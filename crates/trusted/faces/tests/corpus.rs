//! Real clips against boxes that were drawn by hand: every face is covered in every frame, and little else is.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use hamseda_faces::{CenterFace, Findings, Size, Watcher};

/// Left, top, right, bottom.
type Box4 = [f32; 4];

/// A clip's frames, planar YUV 4:2:0, in source frames whatever its rate; `None` where the corpus is not here.
#[expect(clippy::print_stdout, reason = "says what was not tested")]
fn frames(name: &str, filter: &str, size: Size) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("HAMSEDA_CORPUS").map(PathBuf::from) else {
        println!("skipped: HAMSEDA_CORPUS is not set");
        return None;
    };
    #[expect(clippy::disallowed_methods, reason = "the test's clips are decoded with the usual tool; they are trusted")]
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-i"]).arg(folder.join("faces").join(name));
    ffmpeg.args(["-vf", &format!("{filter}scale={}:{}", size.width, size.height), "-fps_mode", "passthrough"]);
    let output = ffmpeg.args(["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// The faces of a clip, frame by frame: `vectors/faces/boxes.tsv`.
fn drawn(name: &str, frames: usize) -> Vec<Vec<Box4>> {
    let text = include_str!("../../../../vectors/faces/boxes.tsv");
    let mut people: Vec<(String, Vec<(usize, Box4)>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split('\t').collect();
        if words[0] != name {
            continue;
        }
        let corners = [3, 4, 5, 6].map(|i| words[i].parse().unwrap());
        match people.last_mut() {
            Some((who, boxes)) if who == words[1] => boxes.push((words[2].parse().unwrap(), corners)),
            _ => people.push((words[1].into(), vec![(words[2].parse().unwrap(), corners)])),
        }
    }
    assert!(!people.is_empty(), "nobody was drawn in {name}");
    (0..frames).map(|frame| people.iter().map(|(_, boxes)| between(boxes, frame)).collect()).collect()
}

fn between(boxes: &[(usize, Box4)], frame: usize) -> Box4 {
    let after = boxes.iter().position(|(at, _)| *at >= frame).unwrap_or(boxes.len() - 1);
    let ((a, from), (b, to)) = (boxes[after.saturating_sub(1)], boxes[after]);
    let part = if a == b { 1.0 } else { (frame - a) as f32 / (b - a) as f32 };
    [0, 1, 2, 3].map(|i| from[i] + (to[i] - from[i]) * part)
}

/// Watches a clip and returns which pixels of each frame are covered.
fn masks(clip: &[u8], size: Size) -> (Vec<Vec<bool>>, Findings) {
    let mut watcher = Watcher::new(CenterFace::new(), size);
    clip.chunks_exact(size.bytes()).for_each(|frame| watcher.watch(frame));
    let plan = watcher.finish();
    let mask = |number| {
        let mut blank = vec![0; size.bytes()];
        plan.cover(number, &mut blank, size);
        blank[..size.width * size.height].iter().map(|&v| v != 0).collect()
    };
    ((0..plan.findings().frames).map(mask).collect(), plan.findings().clone())
}

/// Share of the ellipse in a box that is covered.
fn covered(mask: &[bool], size: Size, [left, top, right, bottom]: Box4) -> f64 {
    let (x0, y0, rx, ry) = ((left + right) / 2.0, (top + bottom) / 2.0, (right - left) / 2.0, (bottom - top) / 2.0);
    let inside = |x: usize, y: usize| {
        let (dx, dy) = ((x as f32 + 0.5 - x0) / rx, (y as f32 + 0.5 - y0) / ry);
        dx * dx + dy * dy <= 1.0
    };
    let (mut all, mut hidden) = (0, 0);
    for y in top.max(0.0) as usize..(bottom as usize + 1).min(size.height) {
        for x in (left.max(0.0) as usize..(right as usize + 1).min(size.width)).filter(|&x| inside(x, y)) {
            all += 1;
            hidden += usize::from(mask[y * size.width + x]);
        }
    }
    f64::from(hidden as u32) / f64::from(all.max(1) as u32)
}

fn check(name: &str, clip: &[u8], size: Size, faces: &[Vec<Box4>], most_share: f64) {
    let (masks, findings) = masks(clip, size);
    assert_eq!(masks.len(), faces.len(), "{name}");
    for (number, (mask, faces)) in masks.iter().zip(faces).enumerate() {
        for face in faces {
            let share = covered(mask, size, *face);
            assert!(share >= 0.95, "{name}, frame {number}: {:.0} % of a face is covered", share * 100.0);
        }
    }
    assert!(findings.covered_share <= most_share, "{name}: {} of the picture is covered", findings.covered_share);
}

const LARGE: Size = Size { width: 640, height: 480 };
const SMALL: Size = Size { width: 480, height: 270 };

#[test]
fn rule_4_a_face_that_a_hand_hides_and_another_at_the_edge_are_covered() {
    let Some(clip) = frames("asl-bird.mkv", "", LARGE) else { return };
    check("asl-bird.mkv", &clip, LARGE, &drawn("asl-bird.mkv", 63), 0.25);
}

#[test]
fn rule_4_four_small_faces_are_covered() {
    let name = "classroom.gif";
    let Some(clip) = frames(name, "", SMALL) else { return };
    check(name, &clip, SMALL, &drawn(name, 45), 0.08);
}

#[test]
fn rule_4_a_clip_that_lies_on_its_side_is_covered() {
    let name = "head-pose-face-detection-female-and-male.gif";
    let on_side = Size { width: SMALL.height, height: SMALL.width };
    let Some(clip) = frames(name, "transpose=clock,", on_side) else { return };
    let turned = |[left, top, right, bottom]: Box4| [270.0 - bottom, left, 270.0 - top, right];
    let faces: Vec<Vec<Box4>> =
        drawn(name, 56).into_iter().map(|faces| faces.into_iter().map(turned).collect()).collect();
    // Heads that lie are covered larger: their hair may be on any side.
    check(name, &clip, on_side, &faces, 0.62);
}

#[test]
fn rule_4_a_clip_without_anybody_is_covered_as_a_whole() {
    let size = Size { width: 320, height: 180 };
    let frame: Vec<u8> =
        (0..size.bytes()).map(|i| if i < 320 * 180 { (i / 320 + i % 320 / 4) as u8 } else { 128 }).collect();
    let clip = frame.repeat(20);
    let (masks, findings) = masks(&clip, size);
    assert!(masks.iter().all(|mask| mask.iter().all(|&covered| covered)));
    assert_eq!((findings.whole_frames, findings.uncertain.len()), (20, 1));
    assert_eq!(serde_json::to_value(findings.uncertain[0].why).unwrap(), "nobody-found");
}
