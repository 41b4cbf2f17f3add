//! Watches raw frames and prints what it would cover: for benchmarks and for looking at.
//!
//! `cover WIDTH HEIGHT [--frames]` reads planar YUV 4:2:0 from standard input and writes, for each frame, its mask (one byte
//! a pixel, nought where the frame stays) or with `--frames` the covered frame. The last line on standard error is JSON: the
//! findings, and the seconds that watching and covering took.

use std::io::{Read as _, Write as _};
use std::time::Instant;

use hamseda_faces::{CenterFace, Size, Watcher};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [width, height] = [0, 1].map(|i| words.get(i).and_then(|word| word.parse().ok()));
    let (Some(width), Some(height)) = (width, height) else { return Err("cover WIDTH HEIGHT [--frames]".into()) };
    let size = Size { width, height };
    let mut clip = Vec::new();
    std::io::stdin().read_to_end(&mut clip)?;
    let small = Watcher::<CenterFace>::size_for(size);
    let began = Instant::now();
    let mut watcher = Watcher::new(CenterFace::new(), small);
    clip.chunks_exact(size.bytes()).for_each(|frame| watcher.watch(&shrunk(frame, size, small)));
    let plan = watcher.finish();
    let watching = began.elapsed().as_secs_f64();
    let frames = words.iter().any(|word| word == "--frames");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut covering = 0.0;
    for (number, frame) in (0..).zip(clip.chunks_exact_mut(size.bytes())) {
        if !frames {
            frame.fill(0);
        }
        let began = Instant::now();
        plan.cover(number, frame, size);
        covering += began.elapsed().as_secs_f64();
        out.write_all(if frames { frame } else { &frame[..width * height] })?;
    }
    let findings = serde_json::to_string(plan.findings())?;
    let line = format!("{{\"watching\":{watching},\"covering\":{covering},\"findings\":{findings}}}\n");
    std::io::stderr().write_all(line.as_bytes())?;
    Ok(())
}

/// A frame at a smaller size: in the program the decoder does it.
fn shrunk(frame: &[u8], from: Size, to: Size) -> Vec<u8> {
    if from == to {
        return frame.to_vec();
    }
    let (luma, chroma) = frame.split_at(from.width * from.height);
    let (cb, cr) = chroma.split_at(chroma.len() / 2);
    let plane = |data: &[u8], from: (usize, usize), to: (usize, usize)| {
        let span = |i: usize, from: usize, to: usize| i * from / to..((i + 1) * from / to).max(i * from / to + 1);
        let mut small = Vec::with_capacity(to.0 * to.1);
        for y in 0..to.1 {
            for x in 0..to.0 {
                let columns = span(x, from.0, to.0);
                let (mut sum, mut count) = (0, 0);
                for row in span(y, from.1, to.1) {
                    sum += data[row * from.0..][columns.clone()].iter().map(|&v| u32::from(v)).sum::<u32>();
                    count += columns.len() as u32;
                }
                small.push((sum / count) as u8);
            }
        }
        small
    };
    let half = |size: Size| (size.width / 2, size.height / 2);
    let mut out = plane(luma, (from.width, from.height), (to.width, to.height));
    [cb, cr].into_iter().for_each(|data| out.extend(plane(data, half(from), half(to))));
    out
}
