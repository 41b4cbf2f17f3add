//! A blob that arrives piece by piece.
//!
//! Its pieces go to the file as they come and wait nowhere in this process. The file has its own name from the start: a
//! blob counts once somebody's row names it, and the row is written after [`Spool::finish`] and [`Blobs::sync_folder`].
//! No file stays open between two pieces, so ten thousand slow lines cost no descriptors.
//!
//! Refuses: to tell the hour. A finished file's times are set to the first moment of a day.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hamseda_core::Day;

use crate::blobs::{failed, io_failed};
use crate::{Blobs, StoreError};

/// A blob under way.
#[derive(Debug)]
pub struct Spool {
    key: String,
    path: PathBuf,
    length: u64,
}

impl Blobs {
    /// Begins a blob. Nothing is on the disk until the first piece.
    #[must_use]
    pub fn spool(&self, key: &str) -> Spool {
        Spool { key: key.to_owned(), path: self.root().join(key), length: 0 }
    }

    /// Makes a folder of blobs, if it is missing, and its name durable; the store's own name, too, for it may be new.
    ///
    /// # Errors
    /// When it can't be made.
    pub async fn make_folder(&self, name: &str) -> Result<(), StoreError> {
        let (root, folder) = (self.root().to_owned(), self.root().join(name));
        let make = move || {
            fs::create_dir_all(folder)?;
            sync(&root)?;
            let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty());
            match sync(parent.unwrap_or(Path::new("."))) {
                // What this process may not read, somebody else made.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                synced => synced,
            }
        };
        blocking(name, make).await
    }

    /// Makes the names of a folder's finished blobs durable: one call after many of them is enough.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn sync_folder(&self, name: &str) -> Result<(), StoreError> {
        let folder = self.root().join(name);
        blocking(name, move || sync(&folder)).await
    }
}

impl Spool {
    /// The blob's name.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Bytes so far.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// When the disk refuses; the blob then has the length it had before.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        let (path, at, length) = (self.path.clone(), self.length, bytes.len() as u64);
        blocking(&self.key, move || write(&path, at, &bytes).map(drop)).await?;
        self.length += length;
        Ok(())
    }

    /// Adds the last piece and waits until all bytes are on the disk. The file's times say `day` and no more.
    ///
    /// # Errors
    /// When the disk refuses; the blob then has the length it had before.
    pub async fn finish(&mut self, bytes: Bytes, day: Day) -> Result<(), StoreError> {
        let (path, at, length) = (self.path.clone(), self.length, bytes.len() as u64);
        let finish = move || {
            let file = write(&path, at, &bytes)?;
            // A piece that failed half-way may have left more behind.
            file.set_len(at + length)?;
            let moment = first_moment(day);
            file.set_times(FileTimes::new().set_accessed(moment).set_modified(moment))?;
            file.sync_all()
        };
        blocking(&self.key, finish).await?;
        self.length += length;
        Ok(())
    }

    /// Removes what was written. For a `Drop`, hence not asynchronous; one that fails is found by whoever sweeps.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn write(path: &Path, at: u64, bytes: &[u8]) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.write_all_at(bytes, at)?;
    Ok(file)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn first_moment(day: Day) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(i64::from(day.0) * 86_400).unwrap_or(0))
}

async fn blocking<T: Send + 'static>(
    key: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(io::Error::other(e))).map_err(|e| failed(key, io_failed(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_blobs<Fut: Future<Output = ()>>(test: impl FnOnce(Blobs, PathBuf) -> Fut) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&format!("file:{}", folder.path().display())).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(test(blobs, folder.path().to_owned()));
    }

    #[test]
    fn pieces_become_one_blob_that_says_its_day() {
        with_blobs(async |blobs, root| {
            blobs.make_folder("part").await.unwrap();
            let mut spool = blobs.spool("part/a");
            spool.write(Bytes::from_static(b"one ")).await.unwrap();
            spool.write(Bytes::new()).await.unwrap();
            spool.finish(Bytes::from_static(b"two"), Day(20_000)).await.unwrap();
            blobs.sync_folder("part").await.unwrap();
            assert_eq!((spool.length(), spool.key()), (7, "part/a"));
            assert_eq!(blobs.get("part/a").await.unwrap(), "one two");
            let times = fs::metadata(root.join("part/a")).unwrap();
            assert_eq!(times.modified().unwrap(), UNIX_EPOCH + Duration::from_secs(20_000 * 86_400));
            spool.discard();
            spool.discard();
            assert_eq!(blobs.size("part/a").await.unwrap(), None);
        });
    }

    /// A disk that was full in the middle of a piece.
    #[test]
    fn what_a_failed_piece_left_behind_is_cut_off() {
        with_blobs(async |blobs, root| {
            blobs.make_folder("part").await.unwrap();
            let mut spool = blobs.spool("part/a");
            spool.write(Bytes::from_static(b"whole")).await.unwrap();
            fs::write(root.join("part/a"), b"whole and half of the nex").unwrap();
            spool.finish(Bytes::from_static(b"!"), Day(0)).await.unwrap();
            assert_eq!(blobs.get("part/a").await.unwrap(), "whole!");
        });
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error() {
        with_blobs(async |blobs, _| {
            assert!(blobs.spool("part/a").write(Bytes::from_static(b"x")).await.is_err());
            assert!(blobs.sync_folder("part").await.is_err());
        });
    }
}
