//! `cargo xtask demo`: a whole campaign of a fictional country, driven through the programs that a real one runs, each its
//! own process. A second run in the same folder does no finished work again.

mod messages;
mod program;
mod servers;
mod work;

use std::path::PathBuf;

use crate::clips::{self, make_all};
use crate::options::Options;
use crate::say::Steps;
use crate::shell::{Res, run};
use crate::{setup, tree};
use program::Program;

/// What was asked for.
pub(crate) struct Wanted {
    /// Folder of the campaign.
    pub(crate) dir: PathBuf,
    /// Folder of real clips; without it people are drawn.
    from: Option<PathBuf>,
    /// How many messages.
    messages: Option<usize>,
    /// How people of real clips are shown.
    show_faces: bool,
    /// Whether to serve the result.
    serve: bool,
    /// The unoptimised build.
    debug: bool,
}

impl Wanted {
    fn read(words: &[String]) -> Res<Self> {
        let options = Options::read(words, &["dir", "from", "messages", "face"], &["no-serve", "debug"])?;
        if let Some(word) = options.words.first() {
            return Err(format!("{word:?} is not known here; see cargo xtask help"));
        }
        let show_faces = match options.get("face") {
            None | Some("hide") => false,
            Some("show") => true,
            Some(other) => return Err(format!("--face {other}: show or hide")),
        };
        let here = |path: &str| std::path::absolute(path).map_err(|e| format!("{path}: {e}"));
        Ok(Self {
            dir: here(options.get("dir").unwrap_or("demo"))?,
            from: options.get("from").map(here).transpose()?,
            messages: options.count("messages")?,
            show_faces,
            serve: !options.has("no-serve"),
            debug: options.has("debug"),
        })
    }

    /// The campaign that tests look at: few messages, the unoptimised build, nothing served.
    pub(crate) fn for_tests(dir: PathBuf, messages: usize) -> Self {
        Self { dir, from: None, messages: Some(messages), show_faces: false, serve: false, debug: true }
    }
}

/// `cargo xtask demo …`
pub(crate) fn main(words: &[String]) -> Res {
    play(&Wanted::read(words)?)
}

/// Runs the demo.
///
/// # Errors
/// The first step that failed, with what it said.
pub(crate) fn play(wanted: &Wanted) -> Res {
    setup::ready(setup::Need::Run)?;
    let mut steps = Steps::new();
    build(&mut steps, wanted.debug)?;
    std::fs::create_dir_all(&wanted.dir).map_err(|e| format!("{}: {e}", wanted.dir.display()))?;
    let program = Program::new(wanted)?;
    init(&mut steps, &program)?;
    let drawn = draw(&mut steps, wanted)?;
    let messages = messages::list(wanted, &drawn)?;
    let mut servers = servers::Servers::start(&program)?;
    messages::seal_and_send(&mut steps, &program, &messages, servers.intake())?;
    work::prepare(&mut steps, &program, servers.intake(), messages.len())?;
    work::supporters(&mut steps, &program)?;
    work::publish(&mut steps, &program)?;
    work::verify(&mut steps, &program)?;
    steps.table();
    work::summary(&program)?;
    if wanted.serve { servers.serve(&program) } else { Ok(()) }
}

fn build(steps: &mut Steps, debug: bool) -> Res {
    steps.step("Building hamseda", |_| {
        let mut cargo = tree::cargo();
        cargo.args(["build", "--quiet", "--locked", "-p", "hamseda"]);
        if !debug {
            cargo.arg("--release");
        }
        run(&mut cargo)?;
        Ok("hamseda is built".into())
    })
}

fn init(steps: &mut Steps, program: &Program) -> Res {
    if program.dir.join("campaign.toml").is_file() {
        println!("  ✓ {} holds a campaign already", program.dir.display());
        return Ok(());
    }
    steps.step("Making the campaign folder", |_| {
        let lists = tree::path("xtask/demo");
        let mut init = program.command(&["init", "--trial"]);
        init.arg("--campaign")
            .arg(lists.join("campaign.toml"))
            .arg("--programme")
            .arg(lists.join("programme.toml"))
            .arg(&program.dir);
        program.ask(&mut init)?;
        Ok(format!("made {}: settings, keys, signed key set", program.dir.display()))
    })
}

/// Draws contributors (unless there are real clips) and supporters. Returns the contributors.
fn draw(steps: &mut Steps, wanted: &Wanted) -> Res<Vec<clips::Contributor>> {
    let people = match &wanted.from {
        Some(_) => Vec::new(),
        None => clips::contributors(wanted.messages.unwrap_or(clips::USUAL))?,
    };
    let mut orders = clips::contributor_orders(&people, &wanted.dir.join("clips"));
    orders.extend(clips::supporter_orders(&wanted.dir.join("supporters"))?);
    steps.step("Drawing people", |bar| {
        let made = make_all(&orders, bar)?;
        Ok(match made {
            0 => format!("{} drawn clips and portraits were there", orders.len()),
            _ => format!("{made} clips and portraits drawn, {} were there", orders.len() - made),
        })
    })?;
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Res<Wanted> {
        Wanted::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn faces_of_real_people_are_hidden_unless_asked_for() {
        assert!(!read("--from clips").unwrap().show_faces);
        assert!(read("--from clips --face show").unwrap().show_faces);
        assert!(read("--face blur").is_err());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(read("clips").is_err() && read("--form clips").is_err() && read("--messages none").is_err());
        let wanted = read("--no-serve --messages 6").unwrap();
        assert!(!wanted.serve && wanted.messages == Some(6) && wanted.dir.is_absolute());
    }
}
