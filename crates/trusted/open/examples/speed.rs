//! How fast a clip is sealed and opened, from file to file; one JSON line each. `cargo xtask bench seal` runs it.
//!
//!     cargo run --release -p hamseda-open --example speed -- CLIP FOLDER
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement: what fails ends it")]

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use hamseda_core::{Choices, Day, Lang, Limits, OsRandom, Picture, Uses, Voice};
use hamseda_open::DeskKey;
use hamseda_seal::{Draft, KeySet};

const KEYSET: &[u8] = include_bytes!("../../../../vectors/seal/keyset.json");
const KEYS: &str = include_str!("../../../../vectors/seal/keys.json");
const ROUNDS: usize = 5;

fn main() {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [clip, folder] = &words[..] else { panic!("CLIP FOLDER") };
    let bytes = std::fs::metadata(clip).unwrap().len();
    let (sealed, opened) = (folder.join("speed.sealed"), folder.join("speed.opened"));
    told("seal", bytes, || seal(clip, &sealed));
    told("unseal", bytes, || unseal(&sealed, &opened));
    assert!(std::fs::read(clip).unwrap() == std::fs::read(&opened).unwrap(), "what was opened is not what was sealed");
}

/// The best of some rounds: what else the machine does only makes it slower.
fn told(what: &str, bytes: u64, mut work: impl FnMut()) {
    let round = |()| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64()
    };
    let best = std::iter::repeat_n((), ROUNDS).map(round).fold(f64::INFINITY, f64::min);
    println!(
        r#"{{"what":"{what}","by":"hamseda (Rust)","bytes":{bytes},"seconds":{best},"mb_per_s":{}}}"#,
        bytes as f64 / 1e6 / best
    );
}

fn seal(clip: &Path, to: &Path) {
    let choices = Choices {
        picture: Picture::Hide,
        voice: Voice::Mute,
        lang: Lang::Fa,
        place: None,
        pseudonym: None,
        uses: Uses::PUBLIC,
    };
    let keys = KeySet::verify(KEYSET, None).unwrap();
    let current = keys.current(Day(20_520)).unwrap();
    let out = BufWriter::with_capacity(1 << 20, File::create(to).unwrap());
    let clip = BufReader::with_capacity(1 << 20, File::open(clip).unwrap());
    hamseda_seal::seal(clip, out, Draft::new(choices), current, &Limits::DEFAULT, &mut OsRandom).unwrap();
}

fn unseal(sealed: &Path, to: &Path) {
    let keys: serde_json::Value = serde_json::from_str(KEYS).unwrap();
    let key = DeskKey::from_text(keys["desk"][0]["identity"].as_str().unwrap()).unwrap();
    let sealed = BufReader::with_capacity(1 << 20, File::open(sealed).unwrap());
    let sink = BufWriter::with_capacity(1 << 20, File::create(to).unwrap());
    hamseda_open::open_into(sealed, &[key], &Limits::DEFAULT, sink).unwrap().clip.flush().unwrap();
}
