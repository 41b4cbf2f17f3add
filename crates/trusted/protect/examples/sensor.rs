//! Treats raw frames as those of hidden senders are: 1280 x 720 YUV 4:2:0 from standard input to standard output. The last line
//! of standard error says what a frame cost. `cargo xtask bench sensor` attacks what comes out.

#![expect(clippy::print_stderr, reason = "an instrument prints what it measured")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use hamseda_core::{OsRandom, Random};
use hamseda_protect::SensorVeil;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

fn main() -> std::io::Result<()> {
    let random: &mut dyn Random = &mut OsRandom;
    let mut veil = SensorVeil::new(&random.bytes(), WIDTH, HEIGHT);
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut frame = vec![0; WIDTH * HEIGHT * 3 / 2];
    let (mut spent, mut frames) = (Duration::ZERO, 0_u32);
    loop {
        match input.read_exact(&mut frame) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            other => other?,
        }
        let start = Instant::now();
        veil.frame(&mut frame);
        spent += start.elapsed();
        frames += 1;
        output.write_all(&frame)?;
    }
    eprintln!("{frames} frames, {:.3} ms each", spent.as_secs_f64() * 1000.0 / f64::from(frames.max(1)));
    Ok(())
}
