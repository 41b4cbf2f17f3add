//! Remembers from what a file was made, so that nothing is made twice and nothing stale is kept.
//!
//! A stamp is a hidden file beside the made one. The hash is FNV-1a: it guards against forgetting, not against malice.

use std::path::{Path, PathBuf};

use crate::shell::Res;

/// FNV-1a, 64 bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u64);

impl Hash {
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes and their number, so that two parts never run into each other.
    pub(crate) fn add(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    pub(crate) fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// The stamp that lies beside a made file.
pub(crate) fn beside(made: &Path) -> PathBuf {
    let name = made.file_name().unwrap_or_default().to_string_lossy();
    made.with_file_name(format!(".{name}.made-from"))
}

/// Whether the stamp says `recipe`.
pub(crate) fn says(stamp: &Path, recipe: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|found| found == Hash::new().add(recipe.as_bytes()).text())
}

/// Whether `made` is there and was made from `recipe`.
pub(crate) fn fresh(made: &Path, recipe: &str) -> bool {
    made.exists() && says(&beside(made), recipe)
}

/// Notes on a stamp that what it stands for is now whole and made from `recipe`.
///
/// # Errors
/// The stamp can't be written.
pub(crate) fn set(stamp: &Path, recipe: &str) -> Res {
    let text = Hash::new().add(recipe.as_bytes()).text();
    std::fs::write(stamp, text).map_err(|e| format!("{}: {e}", stamp.display()))
}

/// One text that changes when any file of a folder does. Folders named in `skip` don't count.
///
/// # Errors
/// A file that can't be read.
pub(crate) fn folder(root: &Path, skip: &[&str]) -> Res<String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries.map_while(Result::ok) {
            let path = entry.path();
            if !path.is_dir() {
                files.push(path);
            } else if !skip.iter().any(|s| entry.file_name() == *s) {
                folders.push(path);
            }
        }
    }
    files.sort();
    let mut hash = Hash::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        let bytes = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        hash = hash.add(name.as_bytes()).add(&bytes);
    }
    Ok(hash.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_fresh_only_for_its_own_recipe() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let made = folder.join("clip.mp4");
        set(&beside(&made), "one").unwrap();
        assert!(!fresh(&made, "one"), "there is no such file yet");
        std::fs::write(&made, "x").unwrap();
        assert!(fresh(&made, "one"));
        assert!(!fresh(&made, "two"));
        let before = super::folder(&folder, &[]).unwrap();
        std::fs::write(&made, "y").unwrap();
        assert_ne!(super::folder(&folder, &[]).unwrap(), before);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Hash::new().add(b"ab").add(b"c").text(), Hash::new().add(b"a").add(b"bc").text());
    }
}
