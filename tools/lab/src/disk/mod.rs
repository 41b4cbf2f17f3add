//! A disk that forgets: a file system in memory, mounted by FUSE, that loses at a power cut what was not synced.
//!
//! It lies below every program alike, whatever language it is written in and whichever calls it makes: mapped files
//! (SQLite's `-shm`) and locks go through the kernel as on any disk.
//!
//! Refuses: to be a model of one file system. See [`tree`] for what survives.

mod glue;
mod tree;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fuser::{BackgroundSession, Config, MountOption};

use crate::random::Random;
use tree::Tree;

/// How long a dead program's open files may take to be closed.
const CLOSING: Duration = Duration::from_secs(20);

/// The tree, and somebody who waits for files to be closed.
#[derive(Debug)]
pub(crate) struct Shared {
    tree: Mutex<Tree>,
    closed: Condvar,
}

impl Shared {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mounted disk; unmounted when dropped.
pub(crate) struct Disk {
    shared: Arc<Shared>,
    session: Option<BackgroundSession>,
    path: PathBuf,
}

impl Disk {
    /// Mounts an empty disk on the folder `path`.
    ///
    /// # Errors
    /// Where FUSE is not to be had: no `/dev/fuse`, or no right to mount.
    pub(crate) fn mount(path: &Path) -> io::Result<Self> {
        let shared = Arc::new(Shared { tree: Mutex::new(Tree::new()), closed: Condvar::new() });
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("hamseda-lab".into()), MountOption::NoAtime];
        let session = fuser::spawn_mount(glue::Glue::new(shared.clone()), path, &config)?;
        Ok(Self { shared, session: Some(session), path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From now on so many bytes fit; `None`: any number.
    pub(crate) fn room(&self, bytes: Option<u64>) {
        self.shared.tree().set_room(bytes);
    }

    /// Drops what was not synced. The programs that had files open must be dead. With `lucky` each page may have been
    /// written back by chance, and so may all names.
    ///
    /// # Errors
    /// When files stay open.
    pub(crate) fn power_cut(&self, random: &mut Random, lucky: bool) -> io::Result<()> {
        let waited = self.shared.closed.wait_timeout_while(self.shared.tree(), CLOSING, |tree| tree.opens() > 0);
        let (mut tree, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if tree.opens() > 0 {
            return Err(io::Error::other(format!("{} files stayed open", tree.opens())));
        }
        tree.power_cut(|| lucky && random.below(2) == 0);
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // It may be busy for a moment still; the kernel lets go of it when this process ends.
            let _ = session.umount_and_join();
        }
    }
}
