//! `hamseda doctor`: what this machine lacks, and the command that mends it. Looks only; changes nothing.

mod keyset;
mod onion;
#[cfg(feature = "trusted")]
mod swap;
mod torrc;

use hamseda_core::{Clock, Day, SystemClock, tiles};
use serde::Serialize;

use crate::cli;
use crate::failure::Failure;
use crate::output::Output;

/// Disk to allow for one message of a minute on the trusted machine, bytes: a sealed file of the 24 MiB class, a protected
/// master at 3 Mbit/s and its published copy, the film's segment at half of that. Drawn clips take a tenth of it; noisy
/// phone clips come close.
const MESSAGE_BYTES: u64 = (24 + 22 + 22 + 11) * 1024 * 1024;

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Debug, Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_bytes: Option<u64>,
}

pub(crate) fn run(args: &cli::Doctor, out: Output) -> Result<(), Failure> {
    let mut checks = vec![clock()];
    #[cfg(feature = "trusted")]
    checks.extend(trusted::checks());
    let folder = args.dir.clone().unwrap_or_else(|| ".".into());
    let plan = args.plan.map(plan_bytes);
    checks.push(disk(&folder, plan));
    checks.extend(keyset::check(&folder));
    checks.extend(args.torrc.iter().flat_map(|torrc| onion::checks(torrc)));
    let report = Report { ok: checks.iter().all(|c| c.ok), checks, plan_bytes: plan };
    out.result(&report, || text(&report, args.plan));
    let lacking = report.checks.iter().filter(|c| !c.ok).count();
    match lacking {
        0 => Ok(()),
        n => Err(Failure::refused(
            "doctor",
            format!("{n} of {} checks failed; see the lines marked ✗", report.checks.len()),
        )),
    }
}

fn text(report: &Report, messages: Option<u64>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for check in &report.checks {
        let sign = match (check.ok, &check.mend) {
            (false, _) => "✗",
            (true, Some(_)) => "!",
            (true, None) => "✓",
        };
        lines.push(format!("{sign} {:<12} {}", check.name, check.found));
        if let Some(mend) = &check.mend {
            lines.push(format!("  {:<12} mend: {mend}", ""));
        }
    }
    if let (Some(bytes), Some(messages)) = (report.plan_bytes, messages) {
        lines.push(format!("  {:<12} {messages} messages of a minute need about {}", "plan", gib(bytes)));
    }
    lines.join("\n")
}

/// A clock in the past would seal to expired keys and expire nothing.
fn clock() -> Check {
    let today = SystemClock.today();
    let ok = today >= Day::from_civil(2026, 1, 1);
    let mend = (!ok).then(|| "timedatectl set-ntp true".to_owned());
    Check { name: "clock", ok, found: format!("{today} UTC"), mend }
}

fn plan_bytes(messages: u64) -> u64 {
    let tiles: u64 = tiles::STRIPS.iter().map(|&(side, n)| tiles::frame_bytes(side) as u64 * u64::from(n)).sum();
    messages.saturating_mul(MESSAGE_BYTES + tiles)
}

fn disk(folder: &std::path::Path, plan: Option<u64>) -> Check {
    const LEAST: u64 = 2 * 1024 * 1024 * 1024;
    let wanted = plan.unwrap_or(LEAST).max(LEAST);
    match rustix::fs::statvfs(folder) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let mend = (free < wanted)
                .then(|| format!("free {} on the file system of {}", gib(wanted - free), folder.display()));
            Check { name: "disk", ok: free >= wanted, found: format!("{} free", gib(free)), mend }
        }
        Err(e) => {
            let mend = Some("name a folder that exists with --dir".into());
            Check { name: "disk", ok: false, found: format!("{}: {e}", folder.display()), mend }
        }
    }
}

fn gib(bytes: u64) -> String {
    let tenths = bytes / (1024 * 1024 * 1024 / 10);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

#[cfg(feature = "trusted")]
mod trusted {
    use hamseda_cage::facts;

    use super::Check;

    pub(super) fn checks() -> Vec<Check> {
        let facts = facts();
        let install = |package: &str| Some(format!("apt-get install -y {package}"));
        let mut lacking = facts.missing_decoders.clone();
        lacking.extend(&facts.missing_encoders);
        lacking.extend(&facts.missing_filters);
        let codecs_ok = facts.ffmpeg.is_some() && lacking.is_empty();
        let sandbox_ok = !facts.cages.is_empty();
        let cages: Vec<_> = facts.cages.iter().map(|kind| kind.as_str()).collect();
        vec![
            Check {
                name: "ffmpeg",
                ok: facts.ffmpeg.is_some(),
                mend: facts.ffmpeg.is_none().then(|| install("ffmpeg")).flatten(),
                found: facts.ffmpeg.unwrap_or_else(|| "missing".into()),
            },
            Check {
                name: "codecs",
                ok: codecs_ok,
                found: if codecs_ok {
                    "all that are needed".into()
                } else {
                    format!("missing: {}", lacking.join(", "))
                },
                mend: (!codecs_ok).then(|| install("ffmpeg")).flatten(),
            },
            Check {
                name: "bubblewrap",
                ok: facts.bubblewrap.is_some(),
                mend: facts.bubblewrap.is_none().then(|| install("bubblewrap")).flatten(),
                found: facts.bubblewrap.unwrap_or_else(|| "missing".into()),
            },
            Check {
                name: "cage",
                ok: sandbox_ok,
                found: if sandbox_ok { cages.join(", ") } else { facts.why_not.join("; ") },
                mend: (!sandbox_ok)
                    .then(|| "apt-get install -y bubblewrap; sysctl -w user.max_user_namespaces=15000".into()),
            },
            machine_voice(),
            fonts(),
            super::swap::check(),
        ]
    }

    /// Only for messages that a machine reads aloud: without it the others go on.
    fn machine_voice() -> Check {
        let found = hamseda_cage::machine_voice();
        let mend = found.is_none().then(|| "apt-get install -y espeak-ng (if a machine is to read transcripts)".into());
        Check { name: "voice", ok: true, found: found.unwrap_or_else(|| "no machine voice".into()), mend }
    }

    /// The film's fonts are inside the program; what can be missing is a build without them.
    fn fonts() -> Check {
        let names: Vec<_> = hamseda_assets::DRAWING_FONTS.iter().map(|font| font.name).collect();
        let ok = hamseda_assets::DRAWING_FONTS.iter().all(|font| font.bytes.len() > 1024);
        let mend = (!ok).then(|| "cargo xtask setup && cargo build --release -p hamseda".into());
        Check { name: "fonts", ok, found: names.join(", "), mend }
    }
}
