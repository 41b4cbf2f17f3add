//! `hamseda-lab faults`: the same schedules of misfortune for each server, side by side.

mod schedule;
mod slow;
mod upload;
mod world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::options::Options;
use crate::sealed::Messages;
use crate::server::Kind as ServerKind;
use schedule::Schedule;
use upload::{Outcome, Upload};
use world::World;

/// Schedules between two lines of progress.
const TOLD_EVERY: u64 = 50;

/// What was asked for.
struct Wanted {
    schedules: u64,
    first: u64,
    seed: u64,
    mib: Option<u64>,
    verbose: bool,
}

/// What a server did with all schedules.
#[derive(Default)]
struct Sum {
    run: u64,
    kept: u64,
    identical: u64,
    fell_back: u64,
    worst_fall: u64,
    lost: u64,
    over_a_chunk: u64,
    most_resent: u64,
    stuck: u64,
    bytes: u64,
    injected_seconds: u64,
    faults: BTreeMap<schedule::Kind, u64>,
    took: Duration,
}

/// Fails when ours broke a promise; what others do is told, not judged.
pub(crate) fn main(words: &[String]) -> Result<(), String> {
    let options = Options::read(words, &["schedules", "first", "seed", "mib", "server"], &["json", "verbose"])?;
    let wanted = Wanted {
        schedules: options.number("schedules")?.unwrap_or(100),
        first: options.number("first")?.unwrap_or(0),
        seed: options.number("seed")?.unwrap_or(1),
        mib: options.number("mib")?,
        verbose: options.has("verbose"),
    };
    let mut messages = Messages::default();
    let mut sums = Vec::new();
    for kind in options.servers()? {
        match kind.missing() {
            Some(why) => eprintln!("{} is left out: {why}", kind.name()),
            None => sums.push((kind, all(kind, &wanted, &mut messages)?)),
        }
    }
    if options.has("json") {
        println!("{}", json!({ "seed": wanted.seed, "servers": sums.iter().map(in_json).collect::<Vec<_>>() }));
    } else {
        table(&sums);
    }
    let broken = sums.iter().find(|(kind, sum)| *kind == ServerKind::Ours && sum.kept < sum.run);
    broken.map_or(Ok(()), |(_, sum)| Err(format!("ours broke a promise in {} schedules", sum.run - sum.kept)))
}

fn all(kind: ServerKind, wanted: &Wanted, messages: &mut Messages) -> Result<Sum, String> {
    let mut world = World::new(kind)?;
    let (mut sum, began) = (Sum::default(), Instant::now());
    for number in wanted.first..wanted.first + wanted.schedules {
        let schedule = Schedule::new(wanted.seed, number, wanted.mib);
        let message = messages.of(schedule.mib)?;
        let what = format!(
            "{} schedule {number}: {} MiB in chunks of {} KiB, {:?}, end {:?}",
            kind.name(),
            schedule.mib,
            schedule.chunk / 1024,
            schedule.faults,
            schedule.end
        );
        let outcome = Upload::run(&mut world, message.clone(), schedule).map_err(|why| format!("{what}: {why}"))?;
        if wanted.verbose || (kind == ServerKind::Ours && !outcome.kept()) {
            eprintln!("{what}\n  → {outcome:?}");
        }
        sum.add(&outcome, message.len() as u64);
        if sum.run.is_multiple_of(TOLD_EVERY) {
            eprintln!("{}: {} of {} schedules, {} kept", kind.name(), sum.run, wanted.schedules, sum.kept);
        }
    }
    sum.took = began.elapsed();
    Ok(sum)
}

impl Sum {
    fn add(&mut self, outcome: &Outcome, bytes: u64) {
        self.run += 1;
        self.kept += u64::from(outcome.kept());
        self.identical += u64::from(outcome.identical);
        self.fell_back += u64::from(outcome.fell_back > 0);
        self.worst_fall = self.worst_fall.max(outcome.fell_back);
        self.lost += u64::from(outcome.lost > 0);
        self.over_a_chunk += u64::from(outcome.over_a_chunk);
        self.most_resent = self.most_resent.max(outcome.resent);
        self.stuck += u64::from(outcome.stuck.is_some());
        self.bytes += bytes;
        self.injected_seconds += outcome.injected_seconds;
        for (&kind, &times) in &outcome.faults {
            *self.faults.entry(kind).or_default() += u64::from(times);
        }
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
        vec![
            ("schedules", self.run.to_string()),
            ("every promise kept", self.kept.to_string()),
            ("byte-identical", self.identical.to_string()),
            ("offset fell below an acknowledged one", self.fell_back.to_string()),
            ("  by at most", mib(self.worst_fall)),
            ("upload gone", self.lost.to_string()),
            ("more than a chunk sent again after a cut", self.over_a_chunk.to_string()),
            ("  most sent again", mib(self.most_resent)),
            ("never finished", self.stuck.to_string()),
            ("faults", self.faults.values().sum::<u64>().to_string()),
            ("line time reckoned", format!("{} s", self.injected_seconds)),
            ("took", format!("{} s", self.took.as_secs())),
        ]
    }
}

fn in_json((kind, sum): &(ServerKind, Sum)) -> serde_json::Value {
    let faults: BTreeMap<_, _> = sum.faults.iter().map(|(kind, times)| (kind.name(), times)).collect();
    json!({
        "server": kind.name(), "schedules": sum.run, "kept": sum.kept, "identical": sum.identical,
        "fell_back": sum.fell_back, "worst_fall_bytes": sum.worst_fall, "lost": sum.lost,
        "over_a_chunk": sum.over_a_chunk, "most_resent_bytes": sum.most_resent, "stuck": sum.stuck,
        "bytes": sum.bytes, "injected_seconds": sum.injected_seconds, "faults": faults,
        "seconds": sum.took.as_secs_f64(),
    })
}

fn table(sums: &[(ServerKind, Sum)]) {
    let names: String = sums.iter().map(|(kind, _)| format!(" {:>15}", kind.name())).collect();
    println!("{:<42}{names}", "");
    let columns: Vec<_> = sums.iter().map(|(_, sum)| sum.rows()).collect();
    let Some(first) = columns.first() else { return };
    for (at, (what, _)) in first.iter().enumerate() {
        let values: String = columns.iter().map(|rows| format!(" {:>15}", rows[at].1)).collect();
        println!("{what:<42}{values}");
    }
}
