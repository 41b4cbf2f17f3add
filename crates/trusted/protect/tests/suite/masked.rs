//! A sender who asked for a mask is covered, in every frame and in everything that is made of frames.

use hamseda_core::{Picture, Voice};
use hamseda_faces::Why;

use crate::common::{Made, clip, corpus, make};

/// The mask's colour as it comes out of the encoder.
fn is_mask(y: u8, cb: u8, cr: u8) -> bool {
    y.abs_diff(58) <= 6 && cb.abs_diff(131) <= 4 && cr.abs_diff(126) <= 4
}

/// Share of a box of the canvas (left, top, right, bottom) that is covered.
fn covered(frame: &[u8], [left, top, right, bottom]: [usize; 4]) -> f64 {
    let (luma, chroma) = frame.split_at(1280 * 720);
    let (cb, cr) = chroma.split_at(640 * 360);
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let hidden = places.filter(|(x, y)| {
        let at = y / 2 * 640 + x / 2;
        is_mask(luma[y * 1280 + x], cb[at], cr[at])
    });
    hidden.count() as f64 / ((bottom - top) * (right - left)) as f64
}

fn masked(source: &[u8]) -> Made {
    make(source, Picture::Mask, Voice::Keep).unwrap()
}

#[test]
fn rule_4_a_masked_head_is_in_no_frame() {
    let Some(source) = corpus("faces/asl-book.mkv") else { return };
    let made = masked(&source);
    let (frames, _) = made.decode();
    let findings = made.prepared.report.faces.as_ref().unwrap();
    assert_eq!((findings.frames, findings.whole_frames), (109, 0));
    assert!(findings.tracks > 0);
    // 640 x 480 stands at 1.5 times its size, 160 to the right. The face, as it was drawn by hand.
    for (number, frame) in frames.iter().enumerate() {
        assert!(covered(frame, [572, 147, 674, 276]) > 0.995, "frame {number}");
        assert!(covered(frame, [900, 400, 1100, 700]) < 0.1, "frame {number}: no more than the head is covered");
    }
    assert!(made.prepared.shown);
}

#[test]
fn rule_4_a_clip_in_which_nobody_is_found_is_covered_as_a_whole() {
    let source =
        clip("mp4", "-f lavfi -i testsrc2=s=320x568:r=30:d=2 -f lavfi -i sine=f=300:d=2 -c:v libx264 -c:a aac");
    let made = masked(&source);
    let findings = made.prepared.report.faces.as_ref().unwrap();
    assert_eq!(findings.uncertain.iter().map(|m| m.why).collect::<Vec<_>>(), [Why::NobodyFound]);
    assert_eq!(findings.whole_frames, findings.frames);
    let (frames, sound) = made.decode();
    assert!(frames.iter().all(|frame| covered(frame, [440, 10, 840, 710]) > 0.999));
    assert!(made.prepared.sound && sound.samples.iter().any(|s| s.abs() > 0.05), "its sender chose to be heard");
}

#[test]
fn the_fill_beside_a_masked_clip_looks_like_that_of_one_that_is_shown() {
    // A scene without a face gives a plain covered picture; its fill is compared with the cage's for the same colour.
    let shape = "s=320x568:r=30:d=1 -c:v libx264 -pix_fmt yuv420p -colorspace bt709 -color_range tv";
    let scene = clip("mp4", &format!("-f lavfi -i testsrc2={shape}"));
    // The mask's colour in RGB.
    let plain = clip("mp4", &format!("-f lavfi -i color=0x2f3137:{shape}"));
    let (one, two) = (masked(&scene), make(&plain, Picture::Show, Voice::Keep).unwrap());
    for (a, b) in one.decode().0[3].iter().zip(&two.decode().0[3]) {
        assert!(a.abs_diff(*b) <= 5, "{a} {b}");
    }
}
