//! `cargo xtask bench traces`: real files of phones and cameras, and the demo's drawn ones, given to `hamseda prepare`, the
//! sending page's cleaning, mat2 and ffmpeg; and one search for what their devices wrote in what comes out.

#[path = "../../../crates/trusted/protect/tests/traces/mod.rs"]
mod search;

use std::path::{Path, PathBuf};

use self::search::{Output, Planted, planted, told};
use super::{folder, keep, peers};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, output, tool};
use crate::tree;

/// Drawn people, of whose clips each has another camera.
const DRAWN: &str = "8";
/// Longest time for one file, seconds.
const PATIENCE: &str = "300";

/// Takes a file and a folder, gives the files it made.
type Clean = dyn Fn(&Path, &Path) -> Res<Vec<PathBuf>>;

/// A program that makes files without traces.
struct Cleaner {
    name: &'static str,
    clean: Box<Clean>,
    /// Files it refused, cleaned, and left something in.
    sums: [usize; 3],
}

/// `cargo xtask bench traces [--only WORD] [--debug]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["only"], &["debug"])?;
    let only = options.get("only").unwrap_or_default();
    let dir = folder().join("traces");
    let files: Vec<_> = sources(&dir)?.into_iter().filter(|f| f.to_string_lossy().contains(only)).collect();
    let mut cleaners = cleaners(&files, &dir, options.has("debug"))?;
    let mut rows = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let values = planted(file);
        println!("  {name}: {} values", values.len());
        for cleaner in &mut cleaners {
            let here =
                dir.join(format!("{}-{number}", cleaner.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
            std::fs::create_dir_all(&here).map_err(|e| e.to_string())?;
            let result = (cleaner.clean)(file, &here).and_then(|made| left(&made, &values));
            let (place, said) = match &result {
                Err(why) => (0, vec![why.trim().lines().last().unwrap_or_default().trim().to_owned()]),
                Ok(left) if left.is_empty() => (1, Vec::new()),
                Ok(left) => (2, left.clone()),
            };
            cleaner.sums[place] += 1;
            let verdict = ["refused", "clean", "left"][place];
            if place != 1 {
                let shown: Vec<_> = said.iter().take(4).cloned().collect();
                println!("      {:<10} {verdict} {}: {}", cleaner.name, said.len(), shown.join("; "));
            }
            let listed: Vec<_> =
                said.iter().map(|s| format!("{:?}", s.replace(|c: char| !c.is_ascii(), "?"))).collect();
            rows.push(format!(
                "{{\"file\":\"{name}\",\"by\":\"{}\",\"verdict\":\"{verdict}\",\"said\":[{}]}}",
                cleaner.name,
                listed.join(",").replace("\\'", "'")
            ));
        }
    }
    println!("\n  {:<14}{:>9}{:>9}{:>16}", "", "refused", "clean", "something left");
    for Cleaner { name, sums: [refused, clean, left], .. } in &cleaners {
        println!("  {name:<14}{refused:>9}{clean:>9}{left:>16}");
    }
    keep("traces", &rows)
}

/// What of `values`, and what else, is in the files that were made.
fn left(made: &[PathBuf], values: &[Planted]) -> Res<Vec<String>> {
    let mut left = Vec::new();
    for path in made {
        left.extend(Output::read(path)?.holds(values));
        if path.extension().is_some_and(|e| e != "json" && e != "bin") {
            left.extend(told(path));
        }
    }
    Ok(left)
}

/// The corpus, where it is, and drawn clips.
fn sources(dir: &Path) -> Res<Vec<PathBuf>> {
    let mut files = Vec::new();
    if let Some(corpus) = std::env::var_os("HAMSEDA_CORPUS") {
        files.extend(listed(&PathBuf::from(corpus).join("metadata"))?);
    } else {
        println!("HAMSEDA_CORPUS is not set: real files are left out");
    }
    let drawn = dir.join("drawn");
    crate::clips::main(&[drawn.display().to_string(), DRAWN.to_owned()])?;
    files.extend(listed(&drawn)?);
    let values: usize = files.iter().map(|file| planted(file).len()).sum();
    println!("{} files with {values} values that tell something", files.len());
    Ok(files)
}

fn listed(folder: &Path) -> Res<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
    files.retain(|p| !p.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    files.sort();
    Ok(files)
}

fn cleaners(files: &[PathBuf], dir: &Path, debug: bool) -> Res<Vec<Cleaner>> {
    let hamseda = peers::hamseda(debug)?;
    let prepare = move |file: &Path, here: &Path| {
        let words = ["--face", "show", "--voice", "keep", "--json"];
        output(tool("timeout").arg(PATIENCE).arg(&hamseda).arg("prepare").arg(file).arg("-o").arg(here).args(words))?;
        Ok(["master.mp4", "poster.jpg", "tiles.bin", "report.json"].map(|name| here.join(name)).into())
    };
    let cleaner = |name, clean| Cleaner { name, clean, sums: [0; 3] };
    let mut all = vec![cleaner("prepare", Box::new(prepare) as Box<Clean>)];
    let page = page(files, dir)?;
    all.push(cleaner(
        "page",
        Box::new(move |file, _| {
            let line = page.iter().find(|line| Path::new(line.get("clip").text()) == file).ok_or("no answer")?;
            let out = line.get("out").text();
            if out.is_empty() { Err(line.get("refused").text().to_owned()) } else { Ok(vec![PathBuf::from(out)]) }
        }),
    ));
    if peers::debian("mat2", "mat2") {
        all.push(cleaner("mat2", Box::new(mat2)));
    }
    all.push(cleaner(
        "ffmpeg copy",
        Box::new(|file, here| {
            let out = here.join(file.file_name().unwrap_or_default());
            let words = ["-map_metadata", "-1", "-c", "copy"];
            let ffmpeg = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i"];
            output(tool("timeout").arg(PATIENCE).args(ffmpeg).arg(file).args(words).arg(&out))?;
            Ok(vec![out])
        }),
    ));
    Ok(all)
}

/// All files through the page's own script, in one run of Node.js.
fn page(files: &[PathBuf], dir: &Path) -> Res<Vec<Json>> {
    let out = dir.join("page");
    std::fs::create_dir_all(&out).map_err(|e| e.to_string())?;
    let said = output(tool("node").arg(tree::path("web/capture/bench/clean.mjs")).arg(&out).args(files))?;
    Ok(said.lines().filter_map(Json::parse).collect())
}

/// mat2 writes beside the file it is given.
fn mat2(file: &Path, here: &Path) -> Res<Vec<PathBuf>> {
    let copy = here.join(file.file_name().unwrap_or_default());
    std::fs::copy(file, &copy).map_err(|e| e.to_string())?;
    output(tool("timeout").args([PATIENCE, "mat2"]).arg(&copy))?;
    let ending = copy.extension().unwrap_or_default().to_string_lossy().into_owned();
    let out = copy.with_extension(format!("cleaned.{ending}"));
    if out.is_file() { Ok(vec![out]) } else { Err("it wrote nothing".into()) }
}
