//! Tries the walls before anything hostile comes near them.

use std::net::TcpListener;
use std::path::Path;

use super::{Libraries, Sandbox};
use crate::job::{Bounds, Input, Job};

/// A decoder starts inside; a connection to a socket of ours is refused; a file that everyone may read is refused.
pub(super) fn run(sandbox: &Sandbox, decoder: &Path, libraries: &Libraries) -> Result<(), String> {
    let ran = |arguments: &[&str]| complaint(sandbox, decoder, libraries, arguments);
    if let Some(complaint) = ran(&["-version"])? {
        return Err(format!("the decoder does not start inside ({complaint})"));
    }
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no socket to test with ({e})"))?;
    let here = listener.local_addr().map_err(|e| e.to_string())?;
    listener.set_nonblocking(true).map_err(|e| e.to_string())?;
    let connected = ran(&reading(&format!("tcp://{here}?timeout=200000")))?.is_none();
    if connected || listener.accept().is_ok() {
        return Err("a process inside reached the network".into());
    }
    if ran(&reading("file:/etc/passwd"))?.is_none() {
        return Err("a process inside read a file of this machine".into());
    }
    Ok(())
}

/// Arguments that make ffmpeg copy one byte of `url` to nowhere.
fn reading(url: &str) -> [&str; 11] {
    ["-nostdin", "-v", "quiet", "-f", "data", "-i", url, "-fs", "1", "-f", "null"]
}

/// Runs the decoder inside; what it complained of if it failed.
fn complaint(
    sandbox: &Sandbox,
    decoder: &Path,
    libraries: &Libraries,
    args: &[&str],
) -> Result<Option<String>, String> {
    let bounds = Bounds::default();
    let (command, before) = sandbox.command(decoder, libraries, &bounds).map_err(|e| e.to_string())?;
    let mut args: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
    if args.len() > 1 {
        args.push("-".into());
    }
    let mut job = Job::start(command, before, &args, Input::Nothing, &bounds).map_err(|e| e.to_string())?;
    job.drain().map_err(|e| e.to_string())?;
    job.end().map(|end| (!end.success()).then_some(end.complaint)).map_err(|e| e.to_string())
}
