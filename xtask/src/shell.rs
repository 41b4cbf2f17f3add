//! Starting other programs, and saying clearly what went wrong with them.
//!
//! Refuses: shells. Every program gets its arguments as a list.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a chore gives: a value, or a sentence for a person.
pub(crate) type Res<T = ()> = Result<T, String>;

/// A program to be started.
pub(crate) fn tool(name: impl AsRef<OsStr>) -> Command {
    Command::new(name)
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|w| {
        let w = w.to_string_lossy();
        if w.contains([' ', '"', '\'', '*', '(', ';']) { format!("'{w}'") } else { w.into_owned() }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("can't start {}: {error}", command.get_program().to_string_lossy())
}

/// Runs with our own input and output.
///
/// # Errors
/// Names the command and its exit code.
pub(crate) fn run(command: &mut Command) -> Res {
    let status = command.status().map_err(|e| not_started(command, &e))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

/// Runs silently and returns standard output.
///
/// # Errors
/// Names the command, its exit code and the end of what it said.
pub(crate) fn output(command: &mut Command) -> Res<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| not_started(command, &e))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} ended with {}\n{}", shown(command), output.status, last_lines(&said, 12)))
}

/// Runs and gives each line of standard output as it comes; errors go where ours go.
///
/// # Errors
/// It can't be started.
pub(crate) fn each_line(command: &mut Command, each: impl FnMut(&str)) -> Res<std::process::ExitStatus> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|e| not_started(command, &e))?;
    if let Some(out) = child.stdout.take() {
        let mut each = each;
        // Split by bytes: what a test prints need not be text.
        for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
            each(&String::from_utf8_lossy(&line));
        }
    }
    child.wait().map_err(|e| e.to_string())
}

/// Whether a command can be run and succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|s| s.success())
}

/// The end of a text, indented.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..]
        .iter()
        .map(|l| format!("    {l}\n"))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// Whether a program of that name is on the path.
pub(crate) fn exists(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// A server that lives no longer than this process.
pub(crate) struct Background {
    child: Child,
    name: String,
    /// What it printed as its address.
    pub(crate) url: String,
}

impl Background {
    /// Starts a server and waits for its line `listening http://…`. What it logs goes to `log`.
    ///
    /// # Errors
    /// The end of the log, if it ends before it listens.
    pub(crate) fn start(name: &str, program: &Path, args: &[&OsStr], log: &Path) -> Res<Self> {
        let file = std::fs::File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
        let mut command = dying_with_us(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut child = command.spawn().map_err(|e| not_started(&command, &e))?;
        let mut url = None;
        if let Some(out) = child.stdout.take() {
            let mut lines = BufReader::new(out).lines().map_while(Result::ok);
            url = lines.find_map(|line| line.strip_prefix("listening ").map(|u| u.trim_end_matches('/').to_owned()));
            // The pipe is kept empty, so that the server never blocks on what it prints.
            std::thread::spawn(move || lines.for_each(drop));
        }
        let mut started = Self { child, name: name.to_owned(), url: String::new() };
        if let Some(url) = url {
            started.url = url;
            return Ok(started);
        }
        let status = started.child.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
        let said = std::fs::read_to_string(log).unwrap_or_default();
        Err(format!("{name} ended with {status} before it listened\n{}", last_lines(&said, 12)))
    }

    /// Waits until it ends.
    ///
    /// # Errors
    /// Says with what it ended.
    pub(crate) fn wait(&mut self) -> Res {
        let status = self.child.wait().map_err(|e| e.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", self.name)) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command whose process gets a signal when this one dies, however it dies (`setpriv` belongs to every Debian).
pub(crate) fn dying_with_us(program: &Path) -> Command {
    if !exists("setpriv") {
        return tool(program);
    }
    let mut command = tool("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_with_what_it_said() {
        let error = output(tool("sh").args(["-c", "echo broken pipe dream >&2; exit 3"])).unwrap_err();
        assert!(
            error.contains("sh -c") && error.contains("exit status: 3") && error.contains("broken pipe dream"),
            "{error}"
        );
        assert!(output(&mut tool("no-such-program")).unwrap_err().contains("no-such-program"));
    }

    #[test]
    fn a_server_is_ready_when_it_says_so_and_ends_with_its_owner() {
        let log = std::env::temp_dir().join(format!("xtask-shell-{}", std::process::id()));
        let script = OsStr::new("echo starting; echo listening http://127.0.0.1:1/; exec cat /dev/zero > /dev/null");
        let server = Background::start("cat", Path::new("sh"), &[OsStr::new("-c"), script], &log).unwrap();
        assert_eq!(server.url, "http://127.0.0.1:1");
        let id = server.child.id();
        drop(server);
        assert!(!Path::new(&format!("/proc/{id}")).exists());

        let silent = OsStr::new("echo no port left >&2; exit 7");
        let error = Background::start("sh", Path::new("sh"), &[OsStr::new("-c"), silent], &log).err().unwrap();
        assert!(error.contains("no port left") && error.contains('7'), "{error}");
        std::fs::remove_file(log).unwrap();
    }
}
