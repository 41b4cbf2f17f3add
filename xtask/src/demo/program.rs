//! The `hamseda` that was built, and how it is asked.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Wanted;
use crate::json::Json;
use crate::shell::{Res, last_lines, shown, tool};
use crate::tree;

/// The program and the folder it works in.
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) dir: PathBuf,
    logs: PathBuf,
}

impl Program {
    pub(super) fn new(wanted: &Wanted) -> Res<Self> {
        let profile = if wanted.debug { "debug" } else { "release" };
        let logs = wanted.dir.join("logs");
        std::fs::create_dir_all(&logs).map_err(|e| format!("{}: {e}", logs.display()))?;
        Ok(Self { path: tree::target().join(profile).join("hamseda"), dir: wanted.dir.clone(), logs })
    }

    /// A command, asked to answer in JSON.
    pub(super) fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = tool(&self.path);
        command.args(args).arg("--json").stdin(Stdio::null());
        command
    }

    /// A command that takes `--dir`.
    pub(super) fn in_dir(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.arg("--dir").arg(&self.dir);
        command
    }

    /// Where a process of that name logs to.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    /// Runs a command and reads the JSON of its last line.
    ///
    /// # Errors
    /// The command and what it said.
    pub(super) fn ask(&self, command: &mut Command) -> Res<Json> {
        let output = command.output().map_err(|e| format!("can't start {}: {e}", self.path.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("{} ended with {}\n{}", shown(command), output.status, last_lines(&reason(&said), 12)));
        }
        answer(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| format!("{} printed no JSON", shown(command)))
    }

    /// Starts a command whose log goes to a file and whose answer is read by [`Program::answered`].
    pub(super) fn begin(&self, name: &str, command: &mut Command) -> Res<std::process::Child> {
        let create = |path: &Path| File::create(path).map_err(|e| format!("{}: {e}", path.display()));
        command.stdout(create(&self.answer_file(name))?).stderr(create(&self.log(name))?);
        command.spawn().map_err(|e| format!("can't start {}: {e}", self.path.display()))
    }

    /// What a begun command answered, once it has ended.
    ///
    /// # Errors
    /// How it ended and the end of its log.
    pub(super) fn answered(&self, name: &str, status: std::process::ExitStatus) -> Res<Json> {
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        if !status.success() {
            return Err(format!(
                "hamseda {name} ended with {status}\n{}",
                last_lines(&reason(&read(self.log(name))), 12)
            ));
        }
        answer(&read(self.answer_file(name))).ok_or_else(|| format!("hamseda {name} printed no JSON"))
    }

    fn answer_file(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.json"))
    }
}

fn answer(stdout: &str) -> Option<Json> {
    stdout.trim_end().lines().last().and_then(Json::parse)
}

/// The sentence within an error that was printed as JSON, else the text itself.
fn reason(stderr: &str) -> String {
    let line = |l: &str| match Json::parse(l) {
        Some(json) if !json.get("error").text().is_empty() => json.get("error").text().to_owned(),
        _ => l.to_owned(),
    };
    stderr.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_answer() {
        assert_eq!(answer("made it\n{\"clips\": 3}\n").unwrap().get("clips").number(), Some(3.0));
        assert!(answer("nothing").is_none() && answer("").is_none());
    }

    #[test]
    fn an_error_in_json_is_told_as_a_sentence() {
        assert_eq!(reason("{\"ok\":false,\"error\":\"no key\",\"code\":\"x\"}\nplain"), "no key\nplain");
    }
}
