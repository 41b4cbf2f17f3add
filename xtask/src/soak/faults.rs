//! Seeded schedules of misfortune for uploads: ours, `@tus/server` and rustus side by side.

use crate::bench::{build_lab, lab, rustus};
use crate::shell::{Res, run};

/// All words go on to `hamseda-lab faults`; without a `--server` all three are run.
pub(super) fn main(words: &[String]) -> Res {
    let program = build_lab(true)?;
    let mut command = lab(&program);
    command.arg("faults").args(words);
    if !words.iter().any(|word| word == "--server") {
        for server in ["ours", "tus-node", "rustus"] {
            command.args(["--server", server]);
        }
    }
    if let Some(rustus) = rustus() {
        command.env("HAMSEDA_RUSTUS", rustus);
    }
    run(&mut command)
}
