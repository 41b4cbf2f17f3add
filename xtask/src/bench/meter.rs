//! How much processor time and memory a program and everything that it starts take.
//!
//! A parent isn't told of grandchildren that die in a sandbox's own name space, so the tree is looked at while it runs:
//! what a process used since the last look is lost when it ends.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{Res, last_lines, shown};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(10);
/// `USER_HZ`: the kernel counts processor time in hundredths of a second for everybody.
const TICKS: f64 = 100.0;

/// What a run cost.
#[derive(Debug, Clone, Default)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Processor seconds by what `name` said of each process.
    pub(super) cpu: BTreeMap<String, f64>,
    /// Most memory that all of its processes held at once, MB.
    pub(super) peak_mb: f64,
    /// What it printed.
    pub(super) out: String,
}

impl Cost {
    /// Processor seconds of all processes.
    pub(super) fn total(&self) -> f64 {
        self.cpu.values().sum()
    }
}

/// Runs a command and watches it. `name` gives a process's role by its command line.
///
/// # Errors
/// It fails, or can't be started.
pub(super) fn watch(command: &mut Command, name: fn(&str) -> &'static str) -> Res<Cost> {
    watch_all(std::slice::from_mut(command), name)
}

/// The same for several at once.
///
/// # Errors
/// One of them fails, or can't be started.
pub(super) fn watch_all(commands: &mut [Command], name: fn(&str) -> &'static str) -> Res<Cost> {
    let began = Instant::now();
    let mut children = Vec::new();
    for command in &mut *commands {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|e| format!("{}: {e}", shown(command)))?;
        children.push((child.id(), std::thread::spawn(move || child.wait_with_output())));
    }
    let mut used: BTreeMap<(u32, u64), (String, f64)> = BTreeMap::new();
    let mut peak = 0.0;
    while children.iter().any(|(_, child)| !child.is_finished()) {
        let mut tree = Vec::new();
        children.iter().for_each(|(id, _)| descend(*id, &mut tree));
        let memory: f64 = tree.iter().filter_map(|&id| look(id, name, &mut used)).sum();
        peak = f64::max(peak, memory);
        std::thread::sleep(EVERY);
    }
    let mut cost = Cost { wall: began.elapsed().as_secs_f64(), peak_mb: peak, ..Cost::default() };
    for (role, seconds) in used.into_values() {
        *cost.cpu.entry(role).or_default() += seconds;
    }
    for ((_, child), command) in children.into_iter().zip(commands) {
        let output = child.join().map_err(|_| "a watcher failed")?.map_err(|e| e.to_string())?;
        cost.out.push_str(&String::from_utf8_lossy(&output.stdout));
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{} ended with {}\n{}", shown(command), output.status, last_lines(&said, 12)));
        }
    }
    Ok(cost)
}

/// A process and all that it or its threads started.
fn descend(id: u32, tree: &mut Vec<u32>) {
    tree.push(id);
    let Ok(threads) = std::fs::read_dir(format!("/proc/{id}/task")) else { return };
    for thread in threads.flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.split_whitespace().filter_map(|child| child.parse().ok()).for_each(|child| descend(child, tree));
    }
}

/// Takes down what a process has used so far; gives the memory it holds, MB.
fn look(id: u32, name: fn(&str) -> &'static str, used: &mut BTreeMap<(u32, u64), (String, f64)>) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold spaces; behind it all is numbers.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|n| n.parse::<u64>().ok());
    let (user, system, born, pages) = (number(11)?, number(12)?, number(19)?, number(21)?);
    let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default().replace('\0', " ");
    // A process becomes another program when it is started inside a sandbox: the last name counts.
    let seconds = (user + system) as f64 / TICKS;
    let known = used.entry((id, born)).or_default();
    // One that has ended and wasn't waited for yet has no command line any more.
    let role = if line.is_empty() { known.0.clone() } else { name(&line).to_owned() };
    *known = (role, seconds);
    Some(pages as f64 * 4096.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grandchild_is_watched() {
        let mut command = crate::shell::tool("sh");
        command.args(["-c", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done'"]);
        let cost = watch(&mut command, |_| "shell").unwrap();
        assert_eq!(cost.out, "done\n");
        assert!(cost.total() > 0.02 && cost.total() < cost.wall * 1.5 + 0.1, "{cost:?}");
        assert!(cost.peak_mb > 0.5, "{cost:?}");
        assert!(watch(crate::shell::tool("sh").args(["-c", "exit 3"]), |_| "").unwrap_err().contains('3'));
    }
}
