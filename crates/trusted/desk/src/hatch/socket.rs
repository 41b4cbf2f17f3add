//! Where the sockets lie, and who may speak through them.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hamseda_tally::sha256;
use tokio::net::{UnixListener, UnixStream};

/// A folder with one socket for each worker of this machine.
#[derive(Debug, Clone)]
pub struct Hatch {
    folder: PathBuf,
}

/// A worker's side: it can be asked until this is dropped.
#[derive(Debug)]
pub struct Opening {
    listener: UnixListener,
    path: PathBuf,
}

impl Hatch {
    /// Sockets lie in `folder`, which is made when it is needed.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens the side of the worker called `worker`. What a dead process of that name left is removed.
    ///
    /// # Errors
    /// A living process has that name ([`io::ErrorKind::AddrInUse`]), or the folder can't be made.
    pub async fn open(&self, worker: &str) -> io::Result<Opening> {
        fs::DirBuilder::new().mode(0o700).recursive(true).create(&self.folder)?;
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        let folder = File::open(&self.folder)?;
        // A worker's name may be anything; a file's may not.
        let name = format!("{}.sock", hex::encode(&sha256(worker.as_bytes())[..8]));
        let path = self.folder.join(&name);
        if UnixStream::connect(near(&folder, &name)).await.is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(near(&folder, &name))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Opening { listener, path })
    }

    /// A line to a worker that runs; `None` when there is none.
    pub(crate) async fn knock(&self) -> Option<UnixStream> {
        let folder = File::open(&self.folder).ok()?;
        let mut names: Vec<_> = fs::read_dir(&self.folder).ok()?.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        for name in names {
            let Some(name) = name.to_str() else { continue };
            if let Ok(stream) = UnixStream::connect(near(&folder, name)).await
                && is_own(&stream)
            {
                return Some(stream);
            }
        }
        None
    }
}

impl Opening {
    /// The next request of a process of this user; those of others are closed unread.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn next(&self) -> io::Result<UnixStream> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            if is_own(&stream) {
                return Ok(stream);
            }
            tracing::warn!("a process of another user knocked at the hatch");
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A socket's address holds 107 bytes at most, less than a path may be long: it is named from its open folder.
fn near(folder: &File, name: &str) -> PathBuf {
    Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name)
}

/// The kernel says who made the other end.
fn is_own(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hatch(folder: &tempfile::TempDir) -> Hatch {
        // Longer than a socket's address may be.
        Hatch::new(folder.path().join("f".repeat(200)).join("hatch"))
    }

    #[tokio::test]
    async fn a_worker_is_found_while_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let hatch = hatch(&folder);
        assert!(hatch.knock().await.is_none());
        let opening = hatch.open("a/../b").await.unwrap();
        assert!(hatch.knock().await.is_some());
        assert!(opening.next().await.is_ok());
        assert_eq!(hatch.open("a/../b").await.unwrap_err().kind(), io::ErrorKind::AddrInUse);
        let other = hatch.open("another").await.unwrap();
        drop(opening);
        assert!(hatch.knock().await.is_some());
        drop(other);
        assert!(hatch.knock().await.is_none());
    }

    #[tokio::test]
    async fn what_a_dead_worker_left_is_removed_and_others_stay_out() {
        let folder = tempfile::tempdir().unwrap();
        let hatch = hatch(&folder);
        let dead = hatch.open("w").await.unwrap();
        let path = dead.path.clone();
        let copy = path.with_extension("kept");
        fs::hard_link(&path, &copy).unwrap();
        drop(dead);
        fs::rename(&copy, &path).unwrap();
        assert!(hatch.knock().await.is_none());
        let _alive = hatch.open("w").await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
}
