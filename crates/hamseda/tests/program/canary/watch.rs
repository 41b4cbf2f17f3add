//! What processes have on disks: files of some folders, and files they have open, deleted ones included.
//!
//! Files in memory (`memfd`) are no disk. They are searched too, to know that the search comes at the right time and would find
//! what it looks for; the kernel may swap them, which `hamseda doctor` warns of.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::noise::Canary;

pub(super) struct Watch<'a> {
    canary: &'a Canary,
    folders: Vec<PathBuf>,
    processes: Vec<u32>,
    /// Files that were searched, with their state then.
    seen: HashMap<PathBuf, (u64, i64, i64)>,
    /// Where pieces of the canary lie on a disk.
    pub(super) found: Vec<String>,
    /// Times that it was seen in memory files.
    pub(super) in_memory: usize,
    pub(super) looks: usize,
    pub(super) bytes: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(canary: &'a Canary, folders: Vec<PathBuf>, process: u32) -> Self {
        let seen = HashMap::new();
        Self { canary, folders, processes: vec![process], seen, found: vec![], in_memory: 0, looks: 0, bytes: 0 }
    }

    /// Watches another process, too.
    pub(super) fn also(&mut self, process: u32) {
        self.processes.push(process);
    }

    /// Whether the system shows what these processes have open: they shut themselves to everybody but root.
    pub(super) fn sees_processes(&self) -> bool {
        let seen = self.processes.iter().all(|id| fs::read_dir(format!("/proc/{id}/fd")).is_ok());
        if !seen {
            eprintln!("partly skipped: only root sees the open files of a process that shut its memory");
        }
        seen
    }

    /// Searches everything that changed since the last look.
    pub(super) fn look(&mut self) {
        self.looks += 1;
        for folder in self.folders.clone() {
            self.folder(&folder);
        }
        for process in family(&self.processes) {
            self.open_files(process);
            self.mappings(process);
        }
    }

    fn folder(&mut self, folder: &Path) {
        // Files come and go while they are looked at.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            if meta.is_dir() {
                self.folder(&path);
            } else if meta.is_file() {
                let state = (meta.len(), meta.mtime(), meta.mtime_nsec());
                if self.seen.insert(path.clone(), state) != Some(state) {
                    self.search(&path, path.display().to_string());
                }
            }
        }
    }

    fn search(&mut self, path: &Path, name: String) {
        let Ok(bytes) = fs::read(path) else { return };
        self.bytes += bytes.len() as u64;
        match self.canary.hits(&bytes) {
            0 => {}
            hits => self.found.push(format!("{name}: {hits} pieces")),
        }
    }

    fn open_files(&mut self, process: u32) {
        for entry in fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(target) = fs::read_link(&path) else { continue };
            let name = target.display().to_string();
            if name.starts_with("/memfd:") {
                let hits = fs::read(&path).map_or(0, |bytes| self.canary.hits(&bytes));
                self.in_memory += usize::from(hits > 0);
            } else if self.is_elsewhere(&target) && fs::metadata(&path).is_ok_and(|meta| meta.is_file()) {
                self.search(&path, format!("process {process} has open {name}"));
            }
        }
    }

    /// A file of a watched folder is searched there, unless it has no name any more.
    fn is_elsewhere(&self, target: &Path) -> bool {
        let deleted = target.to_string_lossy().ends_with("(deleted)");
        let own = |path: &PathBuf| target.starts_with(path);
        target.is_absolute() && (deleted || !self.folders.iter().any(own)) && !target.starts_with("/proc")
    }

    /// A deleted file can be mapped without being open.
    fn mappings(&mut self, process: u32) {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
        let deleted = maps.lines().filter(|line| line.ends_with("(deleted)"));
        let memory = |line: &&str| ["/memfd:", "/dev/zero", "/SYSV"].iter().any(|name| line.contains(name));
        self.found.extend(deleted.filter(|line| !memory(line)).map(|line| format!("process {process} maps {line}")));
    }
}

/// These processes and all that descend from them.
fn family(processes: &[u32]) -> Vec<u32> {
    let parents: Vec<(u32, u32)> =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|e| with_parent(&e.path())).collect();
    let mut family = processes.to_vec();
    let mut next = 0;
    while let Some(&process) = family.get(next) {
        family.extend(parents.iter().filter(|(_, parent)| *parent == process).map(|(id, _)| id));
        next += 1;
    }
    family
}

fn with_parent(path: &Path) -> Option<(u32, u32)> {
    let id = path.file_name()?.to_str()?.parse().ok()?;
    // "id (name) state parent …", where the name may hold anything.
    let stat = fs::read_to_string(path.join("stat")).ok()?;
    let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
    Some((id, parent))
}
