//! A clip's bytes in memory, sealed: no path, no name, nothing that can change while a decoder reads.
//!
//! Refuses to touch the disk. The bytes live in a memfd; the process in the cage opens it through `/proc/self/fd/0`.

use std::fs::File;
use std::io::{Read, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{MemfdFlags, Mode, SealFlags, fchmod, fcntl_add_seals, memfd_create};

use crate::error::MediaError;
use crate::sniff::{Container, sniff};

/// A clip, sniffed and sealed.
#[derive(Debug)]
pub struct Media {
    file: OwnedFd,
    bytes: u64,
    container: Container,
}

impl Media {
    /// Sniffs and seals `bytes`.
    ///
    /// # Errors
    /// Bytes that are no clip ([`MediaError`]), or no memory.
    pub fn new(bytes: &[u8]) -> Result<Self, MediaError> {
        let container = sniff(bytes)?;
        Ok(Self { file: sealed(bytes)?, bytes: bytes.len() as u64, container })
    }

    /// Reads a file of ours (a protected master) or a file named on the command line, at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Media::new`]; the file can't be read or is larger than `limit`.
    pub fn open(path: &Path, limit: u64) -> Result<Self, MediaError> {
        let mut bytes = Vec::new();
        File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(MediaError::TooLarge { allowed_mib: limit / (1024 * 1024) });
        }
        Self::new(&bytes)
    }

    /// The container found.
    #[must_use]
    pub const fn container(&self) -> Container {
        self.container
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.bytes
    }

    /// Never: an empty clip is refused.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    pub(crate) fn descriptor(&self) -> Result<OwnedFd, MediaError> {
        Ok(self.file.try_clone()?)
    }
}

/// An anonymous file in memory that other processes may open through a descriptor they inherit.
pub(crate) fn memory_file() -> std::io::Result<File> {
    let file = memfd_create("clip", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    // Made as a program that everyone may run; what lies in it is none, and a decoder must not become it.
    fchmod(&file, Mode::from_raw_mode(0o666))?;
    Ok(file.into())
}

/// `bytes` in memory, never to be changed again by anyone.
pub(crate) fn sealed(bytes: &[u8]) -> std::io::Result<OwnedFd> {
    let mut file = memory_file()?;
    file.write_all(bytes)?;
    file.rewind()?;
    fchmod(&file, Mode::from_raw_mode(0o444))?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_stay_as_they_are() {
        let mut file = File::from(sealed(b"clip").unwrap());
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(0).is_err());
    }

    #[test]
    fn a_file_larger_than_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip");
        std::fs::write(&path, [0x1a, 0x45, 0xdf, 0xa3, 0]).unwrap();
        assert_eq!(Media::open(&path, 5).unwrap().len(), 5);
        assert!(matches!(Media::open(&path, 4), Err(MediaError::TooLarge { .. })));
    }
}
