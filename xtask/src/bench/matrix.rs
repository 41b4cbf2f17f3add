//! `cargo xtask bench matrix`: clips as any phone may film them, given to `hamseda prepare`, melt and moviepy, and the same
//! look at what each makes of them. `--only WORD` takes the clips whose name has the word, `--quick` those that tests take.

#[path = "../../../crates/trusted/protect/tests/matrix/mod.rs"]
mod clips;

use std::path::{Path, PathBuf};

use self::clips::{CASES, Case, Expect, PROPERTIES, look, make};
use super::{folder, keep, peers};
use crate::options::Options;
use crate::shell::{Res, output, tool};

/// Longest time for one clip of 3 s, seconds.
const PATIENCE: &str = "120";

/// Takes a clip and a folder, gives the file it made there.
type Make = dyn Fn(&Path, &Path) -> Res<PathBuf>;

/// A program that makes one file of one shape from a clip.
struct Maker {
    name: &'static str,
    make: Box<Make>,
}

/// One property of a result.
type Looked = (&'static str, Option<bool>, String);

/// What a maker made of a clip.
enum Outcome {
    /// Name of the property, whether it holds (if the clip can show it), the figure.
    Made(Vec<Looked>),
    /// With what it said.
    Refused(String),
}

/// `cargo xtask bench matrix [--only WORD] [--quick] [--debug]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["only"], &["quick", "debug"])?;
    let quick = options.has("quick");
    let wanted = options.get("only").unwrap_or_default();
    let makers = makers(options.has("debug"))?;
    let dir = folder().join("matrix");
    let mut rows = Vec::new();
    let mut sums = vec![vec![(0, 0); PROPERTIES.len() + 1]; makers.len()];
    for case in CASES.iter().filter(|case| case.name.contains(wanted) && (case.quick || !quick)) {
        println!("  {}", case.name);
        let here = dir.join(case.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
        std::fs::create_dir_all(&here).map_err(|e| e.to_string())?;
        make(case, &here)?;
        let clip = here.join(format!("clip.{}", case.extension));
        for (maker, sums) in makers.iter().zip(&mut sums) {
            let outcome = match (maker.make)(&clip, &here) {
                Ok(made) => {
                    let found = PROPERTIES.into_iter().zip(look(case, &made)?);
                    Outcome::Made(found.map(|(name, f)| (name, f.holds, f.said)).collect())
                }
                Err(said) => Outcome::Refused(said),
            };
            rows.push(judge(case, maker.name, &outcome, sums));
        }
    }
    table(&makers, &sums);
    keep("matrix", &rows)
}

/// Prints what is wrong, adds to the sums, gives a row.
fn judge(case: &Case, by: &str, outcome: &Outcome, sums: &mut [(u32, u32)]) -> String {
    let (found, handled): (&[Looked], _) = match (outcome, case.expect) {
        (Outcome::Made(found), Expect::Whole | Expect::Part) => (found, true),
        (Outcome::Refused(said), Expect::Refused(words)) => (&[], by != OURS || said.contains(words)),
        (Outcome::Made(_) | Outcome::Refused(_), _) => (&[], false),
    };
    let mut wrong = Vec::new();
    // Whether a file comes out where one should, and a refusal where not, is a property as well.
    let all = std::iter::once(("result", Some(handled), outcome.said()));
    for ((name, holds, said), (good, count)) in all.chain(found.iter().cloned()).zip(sums) {
        let Some(holds) = holds else { continue };
        *count += 1;
        *good += u32::from(holds);
        if !holds {
            println!("      {by:<8} {name}: {}", said.trim().lines().last().unwrap_or_default().trim());
            wrong.push(format!("{{\"property\":\"{name}\",\"said\":{said:?}}}"));
        }
    }
    format!("{{\"clip\":{:?},\"by\":\"{by}\",\"wrong\":[{}]}}", case.name, wrong.join(","))
}

impl Outcome {
    fn said(&self) -> String {
        match self {
            Self::Made(_) => "a file".into(),
            Self::Refused(said) => said.chars().filter(char::is_ascii).collect(),
        }
    }
}

fn table(makers: &[Maker], sums: &[Vec<(u32, u32)>]) {
    print!("\n  {:<12}", "");
    makers.iter().for_each(|maker| print!("{:>12}", maker.name));
    println!();
    for (i, name) in std::iter::once("result").chain(PROPERTIES).enumerate() {
        print!("  {name:<12}");
        sums.iter().for_each(|sums| print!("{:>12}", format!("{} of {}", sums[i].0, sums[i].1)));
        println!();
    }
}

const OURS: &str = "hamseda";

fn makers(debug: bool) -> Res<Vec<Maker>> {
    let hamseda = peers::hamseda(debug)?;
    let ours = move |clip: &Path, folder: &Path| {
        let out = folder.join("hamseda");
        output(
            tool(&hamseda)
                .arg("prepare")
                .arg(clip)
                .arg("-o")
                .arg(&out)
                .args(["--face", "show", "--voice", "keep", "--json"]),
        )?;
        Ok(out.join("master.mp4"))
    };
    let mut makers = vec![Maker { name: OURS, make: Box::new(ours) }];
    if peers::debian("melt", "melt") {
        makers.push(Maker { name: "melt", make: Box::new(melt) });
    }
    if let Some(python) = peers::python("python") {
        let moviepy = move |clip: &Path, folder: &Path| {
            let out = folder.join("moviepy.mp4");
            let script = crate::tree::path("xtask/src/bench/canvas.py");
            output(tool("timeout").arg(PATIENCE).arg(&python).arg(script).arg(clip).arg(&out))?;
            Ok(out)
        };
        makers.push(Maker { name: "moviepy", make: Box::new(moviepy) });
    }
    Ok(makers)
}

/// melt measures the loudness in one run and levels in another.
fn melt(clip: &Path, folder: &Path) -> Res<PathBuf> {
    let (plan, out) = (folder.join("melt.mlt"), folder.join("melt.mp4"));
    let melt = || {
        let mut command = tool("timeout");
        command.args([PATIENCE, "melt", "-silent", "-profile", "atsc_720p_30"]).env("QT_QPA_PLATFORM", "offscreen");
        command
    };
    let measured = format!("xml:{}", plan.display());
    output(melt().arg(clip).args(["-filter", "loudness", "program=-16", "-consumer", &measured, "all=1"]))?;
    let film = format!("avformat:{}", out.display());
    let how = ["vcodec=libx264", "preset=veryfast", "crf=20", "acodec=aac", "ar=48000", "channels=2", "real_time=-1"];
    let _ = std::fs::remove_file(&out);
    output(melt().arg(&plan).args(["-consumer", &film]).args(how))?;
    if out.metadata().is_ok_and(|m| m.len() > 0) { Ok(out) } else { Err("melt wrote nothing".into()) }
}
