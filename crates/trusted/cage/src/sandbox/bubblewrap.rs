//! Arguments of bubblewrap: an empty root in which nothing lies but one program and its libraries, read-only.

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::process::Command;

use super::Libraries;

/// Harmless devices a C library may want.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/urandom"];

/// `bwrap … -- program`; the program's own arguments follow.
pub(super) fn command(bubblewrap: &Path, program: &Path, libraries: &Libraries, filter: &OwnedFd) -> Command {
    let mut command = crate::job::command(bubblewrap);
    // `--unshare-all` alone goes on without a user namespace where there is none. A session of its own it has already; one
    // more would take it out of the group whose share of the processor is small.
    command.args(["--unshare-all", "--unshare-user", "--die-with-parent", "--clearenv"]);
    command.args(["--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "cage"]);
    for folder in &libraries.folders {
        command.arg("--ro-bind").args([folder, folder]);
    }
    for file in &libraries.files {
        command.arg("--ro-bind").args([file, file]);
    }
    for (link, target) in &libraries.links {
        command.arg("--symlink").args([target, link]);
    }
    // A program that is an open descriptor is inherited.
    if !program.starts_with("/proc/self/fd") {
        command.arg("--ro-bind").args([program, program]);
    }
    for device in DEVICES {
        command.args(["--dev-bind", device, device]);
    }
    // Its own /proc, in which it sees only itself: the clip is opened as /proc/self/fd/0.
    command.args(["--proc", "/proc", "--tmpfs", "/proc/sys", "--remount-ro", "/proc/sys"]);
    command.args(["--remount-ro", "/", "--chdir", "/"]);
    command.arg("--seccomp").arg(filter.as_raw_fd().to_string());
    command.arg("--").arg(program);
    command
}
