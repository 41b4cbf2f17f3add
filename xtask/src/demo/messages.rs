//! What contributors do: seal a clip on their own device, send it. Marks remember what is sealed and what has arrived.

use std::path::{Path, PathBuf};

use super::Wanted;
use super::program::Program;
use crate::clips::{Contributor, Wishes};
use crate::say::Steps;
use crate::shell::Res;
use crate::stamp::{self, Hash};

/// Places that clips without a story are given, one after the other.
const PLACES: [&str; 6] = ["miravan", "port-ardal", "telva", "karsen", "hadrim", "balvar"];

/// A clip and its sender's choices.
pub(super) struct Message {
    clip: PathBuf,
    wishes: Wishes,
}

/// The messages of this run: drawn people, or the files of a folder.
///
/// # Errors
/// The folder can't be read or holds no file.
pub(super) fn list(wanted: &Wanted, drawn: &[Contributor]) -> Res<Vec<Message>> {
    let Some(from) = &wanted.from else {
        let clips = wanted.dir.join("clips");
        return Ok(drawn
            .iter()
            .map(|c| Message { clip: clips.join(&c.role.file), wishes: c.wishes.clone() })
            .collect());
    };
    let entries = std::fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?;
    let visible = |p: &PathBuf| p.is_file() && !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let mut files: Vec<_> = entries.map_while(Result::ok).map(|e| e.path()).filter(visible).collect();
    files.sort();
    files.truncate(wanted.messages.unwrap_or(usize::MAX));
    if files.is_empty() {
        return Err(format!("{} holds no file", from.display()));
    }
    let wishes = |i: usize| {
        let (picture, voice) = if wanted.show_faces { ("show", "keep") } else { ("hide", "mute") };
        Wishes {
            picture: picture.into(),
            voice: voice.into(),
            lang: "en".into(),
            place: Some(PLACES[i % PLACES.len()].into()),
            name: None,
            uses: "film,wall,count".into(),
        }
    };
    Ok(files.into_iter().enumerate().map(|(i, clip)| Message { clip, wishes: wishes(i) }).collect())
}

/// A message on its sender's device.
struct Outgoing<'a> {
    message: &'a Message,
    recipe: String,
    sealed: PathBuf,
    sent: PathBuf,
}

/// Seals and sends what has not arrived yet. A clip that can't be sealed is named and left out.
///
/// # Errors
/// The intake can't be reached.
pub(super) fn seal_and_send(steps: &mut Steps, program: &Program, messages: &[Message], intake: &str) -> Res {
    let outbox = program.dir.join("outbox");
    std::fs::create_dir_all(&outbox).map_err(|e| format!("{}: {e}", outbox.display()))?;
    let all = messages.iter().map(|m| outgoing(m, &outbox)).collect::<Res<Vec<_>>>()?;
    let waiting: Vec<_> = all.iter().filter(|o| !stamp::says(&o.sent, &o.recipe)).collect();
    if waiting.is_empty() {
        println!("  ✓ all {} messages were sent before", all.len());
        return Ok(());
    }
    let mut refused = Vec::new();
    steps.step("Sealing", |bar| {
        let mut sealed = 0;
        for (i, o) in waiting.iter().enumerate() {
            if !stamp::fresh(&o.sealed, &o.recipe) {
                match seal(program, o, intake) {
                    Ok(()) => sealed += 1,
                    Err(why) => refused.push((o.message.clip.clone(), why)),
                }
            }
            bar.set(i + 1, waiting.len());
        }
        Ok(format!("{sealed} clips sealed to the campaign's keys"))
    })?;
    for (clip, why) in refused {
        println!("    left out: {}: {why}", clip.display());
    }
    steps.step("Sending", |bar| {
        let mut arrived = 0;
        for (i, o) in waiting.iter().filter(|o| o.sealed.exists()).enumerate() {
            program.ask(program.command(&["send"]).arg(&o.sealed).arg(intake))?;
            stamp::set(&o.sent, &o.recipe)?;
            // A sender keeps nothing either.
            std::fs::remove_file(&o.sealed).map_err(|e| format!("{}: {e}", o.sealed.display()))?;
            arrived += 1;
            bar.set(i + 1, waiting.len());
        }
        Ok(format!("{arrived} messages sent, {} arrived before", all.len() - waiting.len()))
    })
}

fn outgoing<'a>(message: &'a Message, outbox: &Path) -> Res<Outgoing<'a>> {
    let bytes = std::fs::read(&message.clip).map_err(|e| format!("{}: {e}", message.clip.display()))?;
    let recipe = format!("{} {:?}", Hash::new().add(&bytes).text(), message.wishes);
    let name = message.clip.file_name().unwrap_or_default().to_string_lossy();
    let (sealed, sent) = (outbox.join(format!("{name}.sealed")), outbox.join(format!("{name}.sent")));
    Ok(Outgoing { message, recipe, sealed, sent })
}

fn seal(program: &Program, o: &Outgoing<'_>, intake: &str) -> Res {
    let wishes = &o.message.wishes;
    let mut command = program.command(&["seal"]);
    command.arg(&o.message.clip).arg("--output").arg(&o.sealed);
    command.arg("--keyset").arg(format!("{intake}/keyset"));
    let choices = [
        ("--picture", &wishes.picture),
        ("--voice", &wishes.voice),
        ("--lang", &wishes.lang),
        ("--uses", &wishes.uses),
    ];
    for (option, value) in choices {
        command.arg(option).arg(value);
    }
    for (option, value) in [("--place", &wishes.place), ("--name", &wishes.name)] {
        if let Some(value) = value {
            command.arg(option).arg(value);
        }
    }
    program.ask(&mut command)?;
    stamp::set(&stamp::beside(&o.sealed), &o.recipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_folder_become_messages_in_order_and_hidden_ones_do_not() {
        let from = std::env::temp_dir().join(format!("xtask-from-{}", std::process::id()));
        std::fs::create_dir_all(from.join("folder")).unwrap();
        for name in ["b.mp4", "a.txt", ".hidden"] {
            std::fs::write(from.join(name), "x").unwrap();
        }
        let mut wanted = Wanted::for_tests("unused".into(), 9);
        wanted.from = Some(from.clone());
        let messages = list(&wanted, &[]).unwrap();
        let names: Vec<_> = messages.iter().map(|m| m.clip.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.txt", "b.mp4"]);
        assert_eq!(messages[0].wishes.picture, "hide");
        wanted.messages = Some(1);
        assert_eq!(list(&wanted, &[]).unwrap().len(), 1);
        std::fs::remove_dir_all(&from).unwrap();
        assert!(list(&wanted, &[]).is_err());
    }
}
