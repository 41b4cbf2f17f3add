//! The site's folder: a file is written only when its bytes differ, and goes when nothing wants it any more.
//!
//! Refuses: to build over a folder that is neither empty nor a site (a slip of a path would delete somebody's files), and
//! paths that lead out of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hamseda_tally::{Hash, Hasher, sha256};

use crate::PressError;
use crate::manifest::{self, Entry, Manifest};

/// What a build did to the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changes {
    /// Files written anew.
    pub written: u64,
    /// Files whose bytes were already right.
    pub kept: u64,
    /// Files removed.
    pub removed: u64,
}

/// A folder being built.
pub(crate) struct Folder {
    root: PathBuf,
    before: BTreeMap<String, Entry>,
    now: BTreeMap<String, Entry>,
    changes: Changes,
}

impl Folder {
    /// Opens or creates the folder of a site.
    pub(crate) fn open(root: &Path) -> Result<Self, PressError> {
        fs::create_dir_all(root).map_err(|e| PressError::io(root, e))?;
        let list = root.join(manifest::FILE);
        let before = match fs::read(&list) {
            Ok(bytes) => Manifest::parse(&bytes),
            // An empty list first: a first build that is cut off must not leave a folder that the next one refuses.
            Err(_) if is_empty(root)? => {
                fs::write(&list, Manifest::default().to_bytes()).map_err(|e| PressError::io(&list, e))?;
                None
            }
            Err(_) => return Err(PressError::NotASite(root.to_owned())),
        };
        // Another way of scaling pictures makes all of them anew.
        let before = before.filter(|m| m.pictures == manifest::PICTURES).map(|m| m.files).unwrap_or_default();
        Ok(Self { root: root.to_owned(), before, now: BTreeMap::new(), changes: Changes::default() })
    }

    /// What the last build left under this path.
    pub(crate) fn earlier(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.root.join(path)).ok()
    }

    /// Puts a file.
    pub(crate) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PressError> {
        let at = self.at(path)?;
        let same = fs::metadata(&at).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64)
            && fs::read(&at).is_ok_and(|old| old == bytes);
        if !same {
            self.write(&at, |file| file.write_all(bytes))?;
        }
        self.note(path, Entry { sha256: sha256(bytes), bytes: bytes.len() as u64 }, same);
        Ok(())
    }

    /// Puts a copy of `from`, whose hash is known. A copy and not a link: a bit that rots in one must not rot in the
    /// other. What is copied is hashed on the way, and refused if it is something else.
    /// Says whether the file was there before.
    pub(crate) fn copy(&mut self, path: &str, from: &Path, expected: Hash) -> Result<bool, PressError> {
        let at = self.at(path)?;
        let length = fs::metadata(from).map_err(|e| PressError::io(from, e))?.len();
        let entry = Entry { sha256: expected, bytes: length };
        // Reading thousands of clips at every build would cost minutes: `site verify` reads them, this looks at lengths.
        let same = self.before.get(path) == Some(&entry) && fs::metadata(&at).is_ok_and(|m| m.len() == length);
        if !same {
            let mut source = File::open(from).map_err(|e| PressError::io(from, e))?;
            let mut found = [0; 32];
            self.write(&at, |file| {
                found = copy_hashed(&mut source, file)?;
                // Later builds look at its length only, so it must be on the disk before the list is.
                if found == expected { file.sync_data() } else { Err(io::ErrorKind::InvalidData.into()) }
            })
            .map_err(|e| if found == expected { e } else { PressError::Changed(from.to_owned()) })?;
        }
        self.note(path, entry, same);
        Ok(same)
    }

    /// Keeps a file as the last build left it; `false` when it isn't there.
    pub(crate) fn keep(&mut self, path: &str) -> Result<bool, PressError> {
        let at = self.at(path)?;
        let Some(&entry) = self.before.get(path) else { return Ok(false) };
        let there = fs::metadata(&at).is_ok_and(|m| m.len() == entry.bytes);
        if there {
            self.note(path, entry, true);
        }
        Ok(there)
    }

    /// Puts a copy of `from` whose hash is not known beforehand.
    pub(crate) fn copy_any(&mut self, path: &str, from: &Path) -> Result<(), PressError> {
        let file = File::open(from).map_err(|e| PressError::io(from, e))?;
        let hash = hamseda_tally::sha256_reader(file).map_err(|e| PressError::io(from, e))?;
        self.copy(path, from, hash)?;
        Ok(())
    }

    /// Lengths of what was put in this build.
    pub(crate) fn lengths(&self) -> BTreeMap<String, u64> {
        self.now.iter().map(|(path, entry)| (path.clone(), entry.bytes)).collect()
    }

    /// Writes manifest or signature, which no list names.
    pub(crate) fn put_last(&mut self, path: &str, bytes: &[u8]) -> Result<(), PressError> {
        self.write(&self.at(path)?, |file| file.write_all(bytes))?;
        self.changes.written += 1;
        Ok(())
    }

    /// Removes what was not put, and hands over the list of what was.
    pub(crate) fn sweep(&mut self) -> Result<BTreeMap<String, Entry>, PressError> {
        let root = self.root.clone();
        self.sweep_in(&root, "")?;
        Ok(self.now.clone())
    }

    /// The counts of this build.
    pub(crate) const fn changes(&self) -> Changes {
        self.changes
    }

    fn sweep_in(&mut self, dir: &Path, prefix: &str) -> Result<bool, PressError> {
        let mut empty = true;
        for item in fs::read_dir(dir).map_err(|e| PressError::io(dir, e))? {
            let item = item.map_err(|e| PressError::io(dir, e))?;
            let at = item.path();
            let path = format!("{prefix}{}", item.file_name().to_string_lossy());
            let is_dir = item.file_type().map_err(|e| PressError::io(&at, e))?.is_dir();
            if is_dir {
                if self.sweep_in(&at, &format!("{path}/"))? {
                    fs::remove_dir(&at).map_err(|e| PressError::io(&at, e))?;
                } else {
                    empty = false;
                }
            } else if self.now.contains_key(&path) || path == manifest::FILE || path == manifest::NOTE {
                empty = false;
            } else {
                fs::remove_file(&at).map_err(|e| PressError::io(&at, e))?;
                self.changes.removed += 1;
            }
        }
        Ok(empty)
    }

    fn note(&mut self, path: &str, entry: Entry, same: bool) {
        if same {
            self.changes.kept += 1;
        } else {
            self.changes.written += 1;
        }
        self.now.insert(path.to_owned(), entry);
    }

    fn at(&self, path: &str) -> Result<PathBuf, PressError> {
        let fine =
            !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\\'));
        if fine { Ok(self.root.join(path)) } else { Err(PressError::Path(path.to_owned())) }
    }

    /// Writes beside the place and moves there: a reader sees the old file or the new one.
    fn write(&self, at: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), PressError> {
        let error = |e| PressError::io(at, e);
        if let Some(dir) = at.parent() {
            fs::create_dir_all(dir).map_err(error)?;
        }
        let mut name = at.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let aside = at.with_file_name(name);
        let made = File::create(&aside).and_then(|mut file| fill(&mut file));
        if let Err(e) = made {
            // What is half written is of no use; that it can't be removed is less than why it failed.
            drop(fs::remove_file(&aside));
            return Err(error(e));
        }
        fs::rename(&aside, at).map_err(error)
    }
}

fn is_empty(dir: &Path) -> Result<bool, PressError> {
    Ok(fs::read_dir(dir).map_err(|e| PressError::io(dir, e))?.next().is_none())
}

fn copy_hashed(from: &mut File, to: &mut File) -> io::Result<Hash> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(root: &Path, files: &[(&str, &[u8])]) -> Changes {
        let mut folder = Folder::open(root).unwrap();
        for (path, bytes) in files {
            folder.put(path, bytes).unwrap();
        }
        let files = folder.sweep().unwrap();
        let manifest = Manifest { origin: "o".into(), pictures: manifest::PICTURES, files };
        fs::write(root.join(manifest::FILE), manifest.to_bytes()).unwrap();
        folder.changes()
    }

    #[test]
    fn only_what_differs_is_written_and_what_is_unwanted_goes() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(build(dir.path(), &[("a/x", b"1"), ("b", b"2")]), Changes { written: 2, kept: 0, removed: 0 });
        let before = fs::metadata(dir.path().join("b")).unwrap().modified().unwrap();
        assert_eq!(build(dir.path(), &[("b", b"2"), ("c", b"3")]), Changes { written: 1, kept: 1, removed: 1 });
        assert_eq!(fs::metadata(dir.path().join("b")).unwrap().modified().unwrap(), before);
        assert!(!dir.path().join("a").exists(), "an empty folder stays behind");
    }

    #[test]
    fn a_first_build_that_was_cut_off_is_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        Folder::open(dir.path()).unwrap().put("a", b"1").unwrap();
        assert_eq!(build(dir.path(), &[("a", b"1")]), Changes { written: 0, kept: 1, removed: 0 });
    }

    #[test]
    fn somebody_elses_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("thesis.txt"), "x").unwrap();
        assert!(matches!(Folder::open(dir.path()), Err(PressError::NotASite(_))));
    }

    #[test]
    fn a_clip_that_is_not_the_logged_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let clip = dir.path().join("clip");
        fs::write(&clip, "one").unwrap();
        let site = dir.path().join("site");
        let mut folder = Folder::open(&site).unwrap();
        folder.copy("clips/a.mp4", &clip, sha256(b"one")).unwrap();
        let error = folder.copy("clips/b.mp4", &clip, sha256(b"two")).unwrap_err();
        assert!(matches!(error, PressError::Changed(_)));
        assert!(!site.join("clips/b.mp4").exists() && !site.join("clips/b.mp4.new").exists());
    }

    #[test]
    fn paths_stay_inside() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(dir.path()).unwrap();
        for path in ["", "../x", "/x", "a//b", "a/./b"] {
            assert!(matches!(folder.put(path, b""), Err(PressError::Path(_))), "{path:?} passed");
        }
    }
}
