//! `cargo xtask test`: every test there is. One part after the other, each to its end, then one line that sums up.

use std::path::PathBuf;
use std::process::Command;

use crate::demo::{self, Wanted};
use crate::say::seconds;
use crate::shell::{Res, shown, tool};
use crate::{setup, tree};

/// Messages in the campaign that browser tests look at: enough for every kind of choice.
const MESSAGES: usize = 8;

/// A name and what runs it.
type Part = (&'static str, fn(&mut Tally) -> Res);

const PARTS: &[Part] = &[("rust", rust), ("web", web), ("e2e", e2e)];

/// `cargo xtask test [PART …]`
pub(crate) fn main(words: &[String]) -> Res {
    if let Some(word) = words.iter().find(|w| !PARTS.iter().any(|(name, _)| name == w)) {
        return Err(format!("no part of the tests is called {word:?}; there are rust, web and e2e"));
    }
    setup::ready(setup::Need::Test)?;
    if std::env::var_os("HAMSEDA_CORPUS").is_none() {
        println!("HAMSEDA_CORPUS is not set: tests on real clips say so and are skipped");
    }
    let mut tally = Tally::default();
    let began = std::time::Instant::now();
    for (name, part) in PARTS.iter().filter(|(name, _)| words.is_empty() || words.iter().any(|w| w == name)) {
        println!("\n── {name}");
        let part_began = std::time::Instant::now();
        if let Err(why) = part(&mut tally) {
            tally.broken.push(format!("{name}: {why}"));
        }
        println!("── {name}: {}", seconds(part_began.elapsed()));
    }
    println!();
    for why in &tally.broken {
        println!("  ✗ {why}");
    }
    println!(
        "{} passed, {} failed, {} skipped in {}",
        tally.passed,
        tally.failed,
        tally.skipped,
        seconds(began.elapsed())
    );
    if tally.broken.is_empty() && tally.failed == 0 { Ok(()) } else { Err("not every test passed".into()) }
}

/// What happened so far.
#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    broken: Vec<String>,
}

impl Tally {
    /// Runs a command, shows what it prints, and counts what `read` finds in its lines.
    fn run(&mut self, command: &mut Command, read: fn(&mut Self, &str)) -> Res {
        let status = crate::shell::each_line(command, |line| {
            println!("{line}");
            read(self, line);
        })?;
        if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
    }

    /// `test result: ok. 12 passed; 0 failed; 1 ignored; …`
    fn cargo_line(&mut self, line: &str) {
        let Some((_, counts)) = line.trim_start().strip_prefix("test result: ").and_then(|l| l.split_once(". ")) else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            self.add(word, number);
        }
    }

    /// `# pass 12`
    fn tap_line(&mut self, line: &str) {
        let Some((word, number)) = line.strip_prefix("# ").and_then(|l| l.split_once(' ')) else { return };
        match word {
            "pass" => self.add("passed", number),
            "fail" | "cancelled" => self.add("failed", number),
            "skipped" | "todo" => self.add("ignored", number),
            _ => {}
        }
    }

    fn add(&mut self, word: &str, number: &str) {
        let Ok(number) = number.trim().parse::<u64>() else { return };
        match word {
            "passed" => self.passed += number,
            "failed" => self.failed += number,
            "ignored" => self.skipped += number,
            _ => {}
        }
    }

    fn no_line(&mut self, _: &str) {}
}

/// Everything that cargo tests: rooms, format vectors, other people's implementations of our formats.
fn rust(tally: &mut Tally) -> Res {
    let mut cargo = tree::cargo();
    if let Some(python) = setup::tus_python() {
        cargo.env("HAMSEDA_TUS_PYTHON", python);
    }
    tally.run(cargo.args(["test", "--workspace", "--locked", "--no-fail-fast"]), Tally::cargo_line)
}

/// Types of the pages' scripts, and the vectors that they share with the rooms.
fn web(tally: &mut Tally) -> Res {
    tally.run(tool("npm").args(["run", "--silent", "check"]).current_dir(tree::path("web")), Tally::no_line)?;
    node(tally, &tree::path("web"), &[])
}

/// Browser tests, over a small campaign that is made by the demo.
fn e2e(tally: &mut Tally) -> Res {
    let dir = tree::target().join("e2e/campaign");
    let began = std::time::Instant::now();
    forget_campaign(&dir)?;
    demo::play(&Wanted::for_tests(dir.clone(), MESSAGES))?;
    println!("── campaign for the browser tests: {}", seconds(began.elapsed()));
    let program = tree::target().join("debug/hamseda");
    node(tally, &tree::path("e2e/browser"), &[("HAMSEDA_BIN", program), ("HAMSEDA_DEMO", dir)])
}

/// Removes what an earlier run left, but for drawn clips: the target folder outlives versions of the program, and a campaign
/// of one is not one of the next.
fn forget_campaign(dir: &std::path::Path) -> Res {
    for entry in std::fs::read_dir(dir).into_iter().flatten().map_while(Result::ok) {
        let path = entry.path();
        let gone = if path.ends_with("clips") {
            Ok(())
        } else if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        gone.map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Runs the `*.test.mjs` below a folder, if there are any.
fn node(tally: &mut Tally, folder: &std::path::Path, variables: &[(&str, PathBuf)]) -> Res {
    let tests = tests_below(folder);
    if tests.is_empty() {
        return Ok(());
    }
    let mut node = tool("node");
    node.args(["--test", "--test-reporter=tap", "--test-concurrency=1"]).args(tests).current_dir(tree::path("e2e"));
    node.envs(variables.iter().map(|(name, value)| (name, value)));
    tally.run(&mut node, Tally::tap_line)
}

fn tests_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map_while(Result::ok) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" {
            found.extend(tests_below(&path));
        } else if name.ends_with(".test.mjs") || name.ends_with(".test.ts") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_cargo_and_node_are_summed() {
        let mut tally = Tally::default();
        for line in [
            "running 12 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.cargo_line(line);
        }
        for line in ["# tests 9", "# pass 5", "# fail 1", "# cancelled 1", "# skipped 2", "# a comment"] {
            tally.tap_line(line);
        }
        assert_eq!((tally.passed, tally.failed, tally.skipped), (20, 4, 3));
    }

    #[test]
    fn a_failing_command_is_a_failure_even_without_a_count() {
        let mut tally = Tally::default();
        let error = tally.run(tool("sh").args(["-c", "echo '# pass 1'; exit 1"]), Tally::tap_line).unwrap_err();
        assert!(error.contains("exit status: 1") && tally.passed == 1, "{error}");
    }

    #[test]
    fn an_unknown_part_is_refused() {
        assert!(main(&["everything".to_owned()]).unwrap_err().contains("rust, web and e2e"));
    }
}
