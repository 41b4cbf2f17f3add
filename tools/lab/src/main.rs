//! Instruments that the repository's chores use: `hamseda-lab faults|load|flood|serve`.
//!
//! - `faults` sends messages to a server on a disk that forgets, over lines that break, by seeded schedules, and keeps a
//!   record of every promise the server made.
//! - `load` sends many at once and measures.
//! - `flood` sends thousands of hostile ones and looks at an invited sender among them.
//! - `serve` is our intake alone, for both; `sink` a server that keeps nothing.
//!
//! All of it treats our server and others' alike. Refuses: any other address than one on loopback that it started itself.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an instrument starts servers, waits for what others' servers do in their own time, and talks to a person"
)]

mod disk;
mod faults;
mod flood;
mod line;
mod load;
mod options;
mod random;
mod sealed;
mod serve;
mod server;
mod sink;

use std::path::PathBuf;
use std::process::ExitCode;

use options::Options;

/// As in the program itself, so that its cost is measured: freed memory holds nothing of a request.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

const USAGE: &str = "\
hamseda-lab faults [--schedules N] [--first K] [--seed S] [--mib CLASS] [--server NAME]… [--json] [--verbose]
hamseda-lab load   [--server NAME]… [--uploads N] [--at-once N] [--mib CLASS] [--rate BYTES/S] [--dir DIR] [--json]
hamseda-lab flood  [--uploads N] [--rounds N] [--mib CLASS] [--quarantine-mib N] [--dir DIR] [--json]
hamseda-lab serve  --dir DIR [--listen 127.0.0.1:PORT] [--quarantine-mib N]
hamseda-lab sink
servers: ours, tus-node, tus-node-fsync, rustus, rustus-fsync, sink (keeps nothing)
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rest = words.get(1..).unwrap_or_default();
    let result = match words.first().map(String::as_str) {
        Some("faults") => faults::main(rest),
        Some("load") => load::main(rest),
        Some("flood") => flood::main(rest),
        Some("serve") => serve(rest),
        Some("sink") => sink::main(std::net::SocketAddr::from(([127, 0, 0, 1], 0))),
        _ => {
            print!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hamseda-lab: {why}");
            ExitCode::FAILURE
        }
    }
}

fn serve(words: &[String]) -> Result<(), String> {
    let options = Options::read(words, &["dir", "listen", "quarantine-mib"], &[])?;
    let dir = PathBuf::from(options.get("dir").ok_or("serve needs --dir")?);
    let listen = options.get("listen").unwrap_or("127.0.0.1:0").parse().map_err(|e| format!("--listen: {e}"))?;
    serve::main(&dir, listen, options.number("quarantine-mib")?)
}
