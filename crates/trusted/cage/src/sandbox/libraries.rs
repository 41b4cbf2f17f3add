//! Which folders of libraries a program needs, asked of the dynamic loader.
//!
//! Refuses to show the cage any more of the system: no `/etc`, no `/usr/share`, no other program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What the loader needs to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Libraries {
    /// Folders, read-only.
    pub(crate) folders: BTreeSet<PathBuf>,
    /// Single files, read-only.
    pub(crate) files: BTreeSet<PathBuf>,
    /// The loader itself, which the kernel starts in a program's place.
    pub(crate) loader: Option<PathBuf>,
    /// Links that stand outside these folders (Debian's alternatives) and where they lead.
    pub(crate) links: BTreeMap<PathBuf, PathBuf>,
}

/// The loader's list of where libraries lie: names only.
const CACHE: &str = "/etc/ld.so.cache";
/// Where a loader that can't be asked (musl) looks.
const USUAL: [&str; 3] = ["/lib", "/usr/lib", "/lib64"];

impl Libraries {
    /// Of several programs together.
    pub(crate) fn of(programs: &[&Path]) -> Self {
        let mut found = Self::default();
        for listing in programs.iter().map(|program| listing(program)) {
            parse(&listing).into_iter().for_each(|path| found.follow(path));
            found.loader = found.loader.or_else(|| loader(&listing));
        }
        if found.folders.is_empty() {
            found.folders.extend(USUAL.iter().map(PathBuf::from).filter(|p| p.is_dir()));
        }
        found.files.extend(Some(PathBuf::from(CACHE)).filter(|p| p.is_file()));
        found
    }

    /// Takes in a library and every link on the way to it.
    fn follow(&mut self, mut path: PathBuf) {
        // The kernel gives up after 40 links as well.
        for _ in 0..40 {
            let Some(folder) = path.parent().map(Path::to_path_buf) else { return };
            let next = std::fs::read_link(&path).ok();
            match next {
                Some(target) if folder.starts_with("/etc") => {
                    self.links.insert(path.clone(), target.clone());
                    path = folder.join(target);
                }
                Some(target) => {
                    path = folder.join(target);
                    self.folders.insert(folder);
                }
                None => {
                    self.folders.insert(folder);
                    return;
                }
            }
        }
    }
}

/// Asks the loader as `ldd` does, without running the program.
fn listing(program: &Path) -> String {
    let mut command = crate::job::command(program);
    command.env_clear().env("LD_TRACE_LOADED_OBJECTS", "1");
    command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// The one line that names a path and no library it stands for.
fn loader(listing: &str) -> Option<PathBuf> {
    let mut paths = listing.lines().map(str::trim_start).filter(|line| line.starts_with('/'));
    paths.next()?.split_whitespace().next().map(PathBuf::from)
}

fn parse(listing: &str) -> Vec<PathBuf> {
    let paths = listing.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')));
    paths.map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_listing_is_read() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f)\n\
                       \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n\tlibgone.so => not found\n";
        let paths: Vec<_> = parse(listing).iter().map(|p| p.display().to_string()).collect();
        assert_eq!(paths, ["/lib/x86_64-linux-gnu/libm.so.6", "/lib64/ld-linux-x86-64.so.2"]);
        assert_eq!(loader(listing), Some("/lib64/ld-linux-x86-64.so.2".into()));
    }
}
