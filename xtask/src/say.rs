//! What a person sees: a line per step with a tick and its time, a bar with the time left, a table at the end.
//!
//! Bars are drawn only on a terminal; logs and pipes get whole lines.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::shell::Res;

/// The steps of one chore.
pub(crate) struct Steps {
    rows: Vec<(String, Duration)>,
    began: Instant,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), began: Instant::now() }
    }

    /// Runs one step. It returns the line to show when it is done.
    ///
    /// # Errors
    /// Whatever the step says.
    pub(crate) fn step(&mut self, what: &str, work: impl FnOnce(&Bar) -> Res<String>) -> Res {
        let bar = Bar::new(what);
        bar.draw(0, 0, true);
        let result = work(&bar);
        bar.clear();
        let took = bar.began.elapsed();
        match result {
            Ok(line) => {
                println!("  ✓ {line:<66} {:>8}", seconds(took));
                self.rows.push((what.to_owned(), took));
                Ok(())
            }
            Err(why) => {
                println!("  ✗ {what}");
                Err(why)
            }
        }
    }

    /// Adds a part of a step to the table.
    pub(crate) fn part(&mut self, what: String, took: Duration) {
        self.rows.push((what, took));
    }

    /// The table of where the time went; steps under a tenth of a second are summed up.
    pub(crate) fn table(&self) {
        let total = self.began.elapsed();
        let (shown, small): (Vec<_>, Vec<_>) = self.rows.iter().partition(|(_, took)| took.as_millis() >= 100);
        println!("\n  Where the time went");
        for (what, took) in &shown {
            let share = took.as_secs_f64() / total.as_secs_f64().max(1e-9);
            let bar = "━".repeat((share * 20.0).round() as usize);
            println!("{}", format!("    {what:<40} {:>8}  {bar}", seconds(*took)).trim_end());
        }
        if !small.is_empty() {
            let sum = small.iter().map(|(_, took)| *took).sum();
            println!("    {:<40} {:>8}", format!("{} short steps", small.len()), seconds(sum));
        }
        println!("    {:<40} {:>8}", "all", seconds(total));
    }
}

/// A duration as people read it.
pub(crate) fn seconds(took: Duration) -> String {
    let s = took.as_secs_f64();
    if s < 60.0 { format!("{s:.1} s") } else { format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60) }
}

/// A bar with the time left, for one step.
pub(crate) struct Bar {
    what: String,
    began: Instant,
    drawn: std::cell::Cell<Option<Instant>>,
    shown: bool,
}

impl Bar {
    fn new(what: &str) -> Self {
        let shown = std::io::stderr().is_terminal();
        Self { what: what.to_owned(), began: Instant::now(), drawn: std::cell::Cell::new(None), shown }
    }

    /// Whether anybody sees it.
    pub(crate) const fn is_shown(&self) -> bool {
        self.shown
    }

    /// So much is done.
    pub(crate) fn set(&self, done: usize, total: usize) {
        self.draw(done, total, done == total);
    }

    fn draw(&self, done: usize, total: usize, now: bool) {
        let recently = self.drawn.get().is_some_and(|at| at.elapsed() < Duration::from_millis(100));
        if !self.shown || (recently && !now) {
            return;
        }
        self.drawn.set(Some(Instant::now()));
        eprint!("\r\x1b[K  · {}", bar_text(&self.what, done, total, self.began.elapsed()));
        // A terminal that went away is no reason to stop.
        let _ = std::io::stderr().flush();
    }

    fn clear(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}

fn bar_text(what: &str, done: usize, total: usize, took: Duration) -> String {
    const WIDTH: usize = 24;
    if total == 0 {
        return what.to_owned();
    }
    let full = WIDTH * done.min(total) / total;
    let left = if done == 0 {
        String::new()
    } else {
        let rest = took.mul_f64((total - done.min(total)) as f64 / done as f64).as_secs();
        format!("  {}:{:02} left", rest / 60, rest % 60)
    };
    format!("{what:<28} {}{} {done}/{total}{left}", "━".repeat(full), "┄".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_how_much_and_how_long() {
        let text = bar_text("Sealing", 6, 24, Duration::from_secs(20));
        assert!(text.ends_with("6/24  1:00 left"), "{text}");
        assert_eq!(text.matches('━').count(), 6);
        assert!(bar_text("Sealing", 0, 24, Duration::from_secs(2)).ends_with("0/24"));
        assert_eq!(bar_text("Building", 0, 0, Duration::ZERO), "Building");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
