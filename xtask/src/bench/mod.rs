//! `cargo xtask bench`: measurements that a reader can repeat, ours and others' in one run.

mod duplicates;
mod faces;
mod flood;
mod intake;
mod lab;
mod matrix;
mod meter;
mod peers;
mod prepare;
mod seal;
mod sensor;
mod traces;
mod voice;

use std::path::PathBuf;

use crate::json::Json;
use crate::shell::{Res, output, tool};
use crate::tree;

pub(crate) use lab::{build as build_lab, lab, rustus};

/// Name, what it measures, and what runs it with the words that follow the name.
type Bench = (&'static str, &'static str, fn(&[String]) -> Res);

/// All of them.
const BENCHES: &[Bench] = &[
    (
        "duplicates",
        "copies of a clip that are found, clips that are merged; against vPDQ and videohash",
        duplicates::main,
    ),
    (
        "faces",
        "heads that are covered, in eleven kinds of trouble; against deface, judged by hand and by strangers",
        faces::main,
    ),
    ("flood", "an invited sender while 10,000 hostile uploads are under way", flood::main),
    ("intake", "uploads at once: MB/s, CPU, memory, HEAD; against @tus/server and rustus", intake::main),
    ("matrix", "clips of many phones: size, turn, timing, sound, colours; beside melt and moviepy", matrix::main),
    ("prepare", "what a second of clip costs, and where; beside deface with ffmpeg, and x264 alone", prepare::main),
    ("seal", "sealing and opening: Rust, browser's script with and without JIT, age, rage", seal::main),
    ("sensor", "a planted sensor pattern before and after; beside x264 alone and half the size", sensor::main),
    ("traces", "what still tells on a clip's maker; beside mat2, ffmpeg and the page's own cleaning", traces::main),
    (
        "voice",
        "who is still recognised by an altered voice; beside pitch shift, McAdams and chimera-voice",
        voice::main,
    ),
];

/// `cargo xtask bench [NAME]`
pub(crate) fn main(words: &[String]) -> Res {
    let Some(name) = words.first() else {
        for (name, what, _) in BENCHES {
            println!("  {name:<12} {what}");
        }
        return Ok(());
    };
    let found = BENCHES.iter().find(|(known, ..)| known == name);
    found.map_or_else(
        || Err(format!("no benchmark is called {name:?}; cargo xtask bench lists them")),
        |(_, _, run)| run(words.get(1..).unwrap_or_default()),
    )
}

/// Where results and other people's programs go.
pub(crate) fn folder() -> PathBuf {
    tree::target().join("bench")
}

/// Writes `target/bench/NAME.json`: the machine, and one row per measurement as it was printed.
fn keep(name: &str, rows: &[String]) -> Res {
    let path = folder().join(format!("{name}.json"));
    let machine = machine().replace(['"', '\\'], " ");
    let text = format!("{{\"machine\": \"{machine}\", \"rows\": [\n{}\n]}}\n", rows.join(",\n"));
    if Json::parse(text.trim_end()).is_none() {
        return Err(format!("a measurement printed something that is no JSON:\n{text}"));
    }
    std::fs::create_dir_all(folder()).and_then(|()| std::fs::write(&path, text)).map_err(|e| e.to_string())?;
    println!("\n  {}", path.display());
    Ok(())
}

/// Processor, cores, kernel.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = output(tool("uname").args(["-sr"])).unwrap_or_default();
    format!("{}, {cores} cores, {}", model.unwrap_or("unknown processor"), kernel.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_benchmark_is_refused() {
        assert!(main(&["patience".to_owned()]).unwrap_err().contains("cargo xtask bench lists them"));
        assert!(machine().contains("cores"));
    }
}
