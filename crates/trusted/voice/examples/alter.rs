//! For `cargo xtask bench voice`: reads lines `IN<tab>OUT` and speaks each file (one channel, 48 kHz, 32-bit floats) in
//! another voice, drawn anew each time. Prints seconds of sound and seconds of work.

use std::io::BufRead as _;
use std::time::Instant;

use hamseda_core::OsRandom;

#[expect(clippy::print_stdout, reason = "an example's result")]
fn main() -> std::io::Result<()> {
    let (mut sound, mut work) = (0.0, 0.0);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((from, to)) = line.split_once('\t') else { return Err(std::io::Error::other("IN<tab>OUT")) };
        let bytes = std::fs::read(from)?;
        let mono = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let stereo: Vec<f32> = mono.flat_map(|s| [s, s]).collect();
        let start = Instant::now();
        let altered = hamseda_voice::alter(&stereo, &mut OsRandom);
        work += start.elapsed().as_secs_f64();
        sound += stereo.len() as f64 / 96_000.0;
        let left: Vec<u8> = altered.samples.chunks_exact(2).flat_map(|pair| pair[0].to_le_bytes()).collect();
        std::fs::write(to, left)?;
    }
    println!("{sound} {work}");
    Ok(())
}
