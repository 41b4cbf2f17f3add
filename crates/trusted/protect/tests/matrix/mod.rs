//! Clips as any phone may film them, drawn here so that everything about them is known, and a look at what became of them
//! with tools that are not ours.
//!
//! Knows nothing of Hamseda and needs nothing but `std`: tests of this crate and `cargo xtask bench matrix`, which shows
//! other programs the same clips, both take it in.

mod card;
mod cases;
mod colour;
mod look;
mod make;
mod sound;

pub(crate) use cases::{CASES, Case, Expect};
pub(crate) use look::{PROPERTIES, look};
pub(crate) use make::make;

/// A value, or a sentence of what went wrong with a tool.
type Res<T> = Result<T, String>;

/// Length of every picture, milliseconds.
const MILLIS: u32 = 3_000;
/// When the picture flashes and the sound beeps, milliseconds.
const FLASHES: [u32; 2] = [1_000, 2_000];
/// How long.
const FLASH_MILLIS: u32 = 100;

/// Seconds.
fn seconds(millis: u32) -> f64 {
    f64::from(millis) / 1000.0
}

/// Whether it flashes at this time (seconds into the picture).
fn flashes(time: f64) -> bool {
    // Half a millisecond: times of frames are rounded by the files that hold them.
    FLASHES.iter().any(|&start| (-0.000_5..seconds(FLASH_MILLIS) - 0.000_5).contains(&(time - seconds(start))))
}

/// Runs a program and gives what it printed to standard output and to standard error.
fn run(program: &str, arguments: &[&str]) -> Res<(Vec<u8>, String)> {
    #[expect(clippy::disallowed_methods, reason = "clips are drawn and looked at with the usual tools")]
    let output = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|e| format!("{program}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok((output.stdout, said)) } else { Err(format!("{program} {arguments:?}: {said}")) }
}
