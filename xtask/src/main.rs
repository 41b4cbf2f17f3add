//! Repository chores: `cargo xtask CHORE`. Needs nothing but the compiler, so that a fresh clone starts at once.
//!
//! Refuses: rules of the product. What Hamseda does is decided in `crates/`; this only builds, drives and checks it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores start programs and talk to a person; no hostile byte and no secret passes through here"
)]

mod arrows;
mod bench;
mod clips;
mod conformance;
mod demo;
mod json;
mod licences;
mod metadata;
mod options;
mod public;
mod random;
mod say;
mod setup;
mod shell;
mod soak;
mod stamp;
mod tables;
mod test;
mod tree;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask CHORE

  setup [--tests]   install what the project needs (Debian packages, npm packages, pages); says what and why first
  demo              run a whole campaign of a fictional country and serve the result on loopback
    --dir DIR         folder of the campaign                                  [demo]
    --from CLIPS      use the clips of this folder instead of drawn ones
    --messages N      how many messages                                       [24, or all of CLIPS]
    --face show|hide  how people of CLIPS are shown                           [hide]
    --no-serve        end when everything is verified
    --debug           use the unoptimised build
  clips DIR [N]     only draw and film the demo's people
  test [PART ...]   every test, or only: rust (with format vectors), web, e2e
  arrows            check that dependencies between crates walk one way
  public            build the public machine's program and check that nothing linked into it opens a message
  licences          check licences, sources and banned crates against deny.toml
  tus-conformance   serve the upload layer for foreign test suites: real but for the shape check of what is sent
    --listen ADDR     where                                                   [127.0.0.1:1080]
    --folder DIR      keep what comes there                                   [a temporary folder]
    --debug           use the unoptimised build
  bench [NAME]      run a benchmark; without a name: list them
  soak [NAME]       run a test that takes minutes; without a name: list them
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rest = words.get(1..).unwrap_or_default();
    let result = match words.first().map(String::as_str) {
        Some("setup") => setup::main(rest),
        Some("demo") => demo::main(rest),
        Some("clips") => clips::main(rest),
        Some("test") => test::main(rest),
        Some("arrows") => arrows::main(),
        Some("licences") => licences::main(),
        Some("bench") => bench::main(rest),
        Some("soak") => soak::main(rest),
        Some("public") => public::main(),
        Some("tus-conformance") => conformance::main(rest),
        Some("help" | "--help" | "-h") | None => {
            print!("{USAGE}");
            return if words.is_empty() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
        Some(other) => Err(format!("no chore is called {other:?}; see cargo xtask help")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}
