//! What the trusted machine does with the messages, and what an outsider checks in the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::program::Program;
use crate::json::Json;
use crate::say::{Bar, Steps};
use crate::shell::Res;
use crate::{stamp, tree};

/// How often the worker's progress is looked at.
const LOOK: Duration = Duration::from_millis(700);

fn count(json: &Json, key: &str) -> u64 {
    json.get(key).number().unwrap_or(0.0) as u64
}

/// Parts of a step that the program measured itself: fields that end in `_seconds`.
fn parts(steps: &mut Steps, step: &str, answer: &Json) {
    let Json::Object(fields) = answer else { return };
    for (name, value) in fields {
        if let (Some(part), Some(seconds)) = (name.strip_suffix("_seconds"), value.number()) {
            steps.part(format!("  {step}: {part} (over all cores)"), Duration::from_secs_f64(seconds.max(0.0)));
        }
    }
}

/// The worker pulls, opens, decodes in the cage and prepares until nothing is left to do.
pub(super) fn prepare(steps: &mut Steps, program: &Program, intake: &str, total: usize) -> Res {
    let mut answer = Json::Null;
    let before = spent(&program.dir.join("vault/artefacts"));
    steps.step("Preparing", |bar| {
        let mut worker = program.in_dir(&["worker", "--until-idle", "--intake", intake]);
        let child = program.begin("worker", &mut worker)?;
        answer = program.answered("worker", watch(program, child, bar, total)?)?;
        let (pulled, prepared, bad) =
            (count(&answer, "pulled"), count(&answer, "prepared"), count(&answer, "unreadable"));
        let failed = count(&answer, "failed");
        if failed > 0 {
            return Err(format!("{failed} messages could not be prepared; see {}", program.log("worker").display()));
        }
        Ok(match (pulled, prepared, bad) {
            (0, 0, 0) => "nothing new to prepare".into(),
            (_, _, 0) => format!("{pulled} messages pulled, {prepared} opened and prepared in the cage"),
            _ => format!("{pulled} messages pulled, {prepared} prepared in the cage, {bad} can't be read"),
        })
    })?;
    parts(steps, "Preparing", &answer);
    for (part, millis) in spent(&program.dir.join("vault/artefacts")) {
        let new = millis - before.get(&part).copied().unwrap_or(0.0);
        if new > 0.0 {
            steps.part(format!("  of it {part}, all clips"), Duration::from_secs_f64(new / 1000.0));
        }
    }
    Ok(())
}

/// Milliseconds by part of the work, summed over the reports that lie beside prepared masters.
fn spent(artefacts: &Path) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for folder in files(artefacts) {
        for path in files(&folder).into_iter().filter(|p| p.to_string_lossy().ends_with(".report.json")) {
            let report = std::fs::read_to_string(&path).ok().and_then(|text| Json::parse(&text)).unwrap_or(Json::Null);
            let Json::Object(parts) = report.get("report").get("spent") else { continue };
            for (part, millis) in parts {
                *sums.entry(part.clone()).or_default() += millis.number().unwrap_or(0.0);
            }
        }
    }
    sums
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().map_while(Result::ok).map(|e| e.path()).collect()
}

/// Waits for a process and shows how far it is.
fn watch(program: &Program, mut child: Child, bar: &Bar, total: usize) -> Res<std::process::ExitStatus> {
    let (tell, told) = channel();
    let waiter = std::thread::spawn(move || tell.send(child.wait()));
    let status = loop {
        match told.recv_timeout(LOOK) {
            Ok(status) => break status.map_err(|e| e.to_string())?,
            Err(RecvTimeoutError::Timeout) if bar.is_shown() => {
                // A look that fails (the database is busy) is made up for by the next one.
                if let Ok(json) = program.ask(&mut program.in_dir(&["status"])) {
                    bar.set(done(&json), total);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err("the waiting thread broke off".into()),
        }
    };
    // The thread has sent, so it is at its end.
    let _ = waiter.join();
    Ok(status)
}

/// Messages that are past preparation.
fn done(status: &Json) -> usize {
    let Json::Object(states) = status.get("messages") else { return 0 };
    let past = states.iter().filter(|(state, _)| !matches!(state.as_str(), "sealed" | "stored"));
    past.filter_map(|(_, n)| n.number()).sum::<f64>() as usize
}

/// Imports the six supporters when their list or files changed.
pub(super) fn supporters(steps: &mut Steps, program: &Program) -> Res {
    let folder = program.dir.join("supporters");
    let list = folder.join("supporters.toml");
    std::fs::copy(tree::path("xtask/demo/supporters.toml"), &list).map_err(|e| format!("{}: {e}", list.display()))?;
    let recipe = stamp::folder(&folder, &[])?;
    let mark = program.dir.join("outbox/.supporters");
    if stamp::says(&mark, &recipe) {
        println!("  ✓ supporters were imported before");
        return Ok(());
    }
    steps.step("Importing supporters", |_| {
        let answer = program.ask(program.in_dir(&["supporter", "import"]).arg(&list))?;
        stamp::set(&mark, &recipe)?;
        let (all, clips) = (count(&answer, "supporters"), count(&answer, "clips"));
        Ok(format!("{all} supporters, {clips} with a clip"))
    })
}

/// Accepts by rule, closes batches, builds film, wall and site.
pub(super) fn publish(steps: &mut Steps, program: &Program) -> Res {
    steps.step("Accepting", |_| {
        let answer = program.ask(&mut program.in_dir(&["review", "accept", "--all", "--rule", "demo rule"]))?;
        Ok(match count(&answer, "decided") {
            0 => "nothing new to decide".into(),
            n => format!("{n} messages accepted; the custody record says \"demo rule\""),
        })
    })?;
    batch(steps, program, "Closing the batch of messages")?;
    if count(&program.ask(&mut program.in_dir(&["status"]))?, "leaves_logged") == 0 {
        return Err("none of these messages can be read, so there is nothing to show or count".into());
    }
    build(steps, program, "Building the film", "film", |answer| {
        let (made, kept) = (count(answer, "clips_encoded"), count(answer, "clips_reused"));
        format!("film: {made} segments made, {kept} kept")
    })?;
    build(steps, program, "Building the wall", "wall", |answer| match count(answer, "tiles") {
        0 => "wall is built".into(),
        tiles if count(answer, "walls_encoded") == 0 => format!("wall of {tiles} tiles was there"),
        tiles => format!("wall of {tiles} tiles made"),
    })?;
    steps.step("Choosing what is shown", |_| {
        let answer = program.ask(&mut program.in_dir(&["publish"]))?;
        Ok(format!("{} clips entered for the log, {} were in it", count(&answer, "entered"), count(&answer, "logged")))
    })?;
    batch(steps, program, "Closing the batch of clips")?;
    build(steps, program, "Building the site", "site", |answer| {
        let (wrote, kept) = (count(answer, "written"), count(answer, "kept"));
        format!("site: {} pages; {wrote} files written, {kept} kept", count(answer, "pages"))
    })
}

fn batch(steps: &mut Steps, program: &Program, what: &str) -> Res {
    steps.step(what, |_| {
        let answer = program.ask(&mut program.in_dir(&["batch", "close"]))?;
        Ok(match answer.get("closed") {
            Json::Bool(true) => {
                format!("batch {} closed, {} leaves in the log", count(&answer, "batch"), count(&answer, "size"))
            }
            _ => format!("no new batch, {} leaves in the log", count(&answer, "size")),
        })
    })
}

fn build(steps: &mut Steps, program: &Program, what: &str, noun: &str, line: impl Fn(&Json) -> String) -> Res {
    let mut answer = Json::Null;
    steps.step(what, |_| {
        answer = program.ask(&mut program.in_dir(&[noun, "build"]))?;
        Ok(line(&answer))
    })?;
    parts(steps, what, &answer);
    Ok(())
}

/// What an outsider runs.
pub(super) fn verify(steps: &mut Steps, program: &Program) -> Res {
    let site = program.dir.join("site");
    steps.step("Checking the site's files", |_| {
        let answer = program.ask(program.command(&["site", "verify"]).arg(&site))?;
        Ok(format!("{} files are those of the signed manifest", count(&answer, "files")))
    })?;
    steps.step("Recounting as an outsider", |_| {
        let answer = program.ask(program.command(&["tally", "verify"]).arg(&site))?;
        let (net, clips) = (count(answer.get("count"), "net"), count(answer.get("clips"), "verified"));
        Ok(format!("recounted from static files alone: {net} messages, {clips} clips"))
    })
}

/// Where everything lies, and what could not be read.
pub(super) fn summary(program: &Program) -> Res {
    let status = program.ask(&mut program.in_dir(&["status"]))?;
    let unreadable = status.get("unreadable").list();
    if !unreadable.is_empty() {
        println!("\n  Can't be read, in the desk's queue and counted nowhere");
        for item in unreadable {
            println!("    {}  {}", item.get("id").text().get(..8).unwrap_or_default(), item.get("reason").text());
        }
    }
    println!();
    for (what, path) in
        [("folder", ""), ("film", "film/film.mp4"), ("wall", "wall/wall.mp4"), ("site", "site/index.html")]
    {
        println!("  {what:<8} {}", program.dir.join(path).display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spent_is_summed_over_reports() {
        let folder = std::env::temp_dir().join(format!("xtask-spent-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("ab")).unwrap();
        for (name, spent) in
            [("x.report.json", r#"{"picture":300,"probe":5}"#), ("y.report.json", r#"{"picture":200}"#)]
        {
            std::fs::write(folder.join("ab").join(name), format!(r#"{{"report":{{"spent":{spent}}}}}"#)).unwrap();
        }
        std::fs::write(folder.join("ab/z.report.json"), "torn").unwrap();
        let sums = spent(&folder);
        assert_eq!((sums["picture"], sums["probe"]), (500.0, 5.0));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn messages_past_preparation_are_counted() {
        let status =
            Json::parse(r#"{"messages": {"stored": 3, "prepared": 4, "unreadable": 2, "released": 1}}"#).unwrap();
        assert_eq!(done(&status), 7);
        assert_eq!(done(&Json::Null), 0);
    }
}
