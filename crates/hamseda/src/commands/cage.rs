//! `hamseda cage test`: what a decoder that a clip took over could reach on this machine, tried. Decodes nothing.

use std::process::ExitCode;

use hamseda_cage::{Attempt, Cage, CageOptions, Trial};
use hamseda_core::Exit;
use serde::Serialize;

use crate::cli::cage;
use crate::failure::Failure;
use crate::output::Output;

/// Arguments that make this program the stand-in.
const ROLE: [&str; 2] = ["cage", "stand-in"];

#[derive(Debug, Serialize)]
struct Report<'a> {
    ok: bool,
    walls: &'static str,
    stopped: usize,
    attempts: &'a [Attempt],
    known: &'a [&'static str],
}

pub(crate) fn run(args: &cage::Cage, out: Output) -> Result<(), Failure> {
    match args {
        cage::Cage::Test(test) => try_walls(test, out),
        // `main` answers it before anything else is started.
        cage::Cage::StandIn => Ok(()),
    }
}

/// Plays the stand-in: nothing of the program is started around it, since a decoder has no more either.
pub(crate) fn stand_in() -> ExitCode {
    if hamseda_cage::play() { Exit::Ok.into() } else { Exit::Refused.into() }
}

fn try_walls(args: &cage::Test, out: Output) -> Result<(), Failure> {
    let options = args.walls.map_or_else(CageOptions::default, |walls| CageOptions { kinds: vec![walls.into()] });
    let trial = Cage::with(&options)?.trial(&ROLE.map(str::to_owned))?;
    let stopped = trial.attempts.iter().filter(|attempt| attempt.stopped).count();
    let walls = trial.walls.as_str();
    let report = Report { ok: trial.held(), walls, stopped, attempts: &trial.attempts, known: trial.known };
    out.result(&report, || table(&trial, stopped));
    match trial.attempts.len() - stopped {
        0 => Ok(()),
        n => Err(Failure::refused(
            "cage-test",
            format!("{n} attempts got through ({walls}); take no clips here until each line marked ✗ is stopped"),
        )),
    }
}

fn table(trial: &Trial, stopped: usize) -> String {
    let width = trial.attempts.iter().map(|attempt| attempt.what.chars().count()).max().unwrap_or(0);
    let mut lines = vec![format!("  {:<9}  {:<width$}  what stopped it", "area", "attempt")];
    for Attempt { area, what, stopped, by } in &trial.attempts {
        let (mark, by) = if *stopped { ("✓", by.clone()) } else { ("✗", format!("NOTHING: {by}")) };
        lines.push(format!("{mark} {area:<9}  {what:<width$}  {by}"));
    }
    lines.push(format!("{} of {} attempts stopped by {}", stopped, trial.attempts.len(), trial.walls.as_str()));
    lines.extend(trial.known.iter().map(|known| format!("known: {known}")));
    lines.join("\n")
}
