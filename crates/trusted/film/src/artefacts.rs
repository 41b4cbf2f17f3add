//! Where results are kept: by the hash of everything they were made from, so that nothing is made twice.

use std::path::{Path, PathBuf};

use hamseda_core::ArtefactId;
use hamseda_vault::{ArtefactKind, Vault};
use sha2::{Digest, Sha256};

use crate::FilmError;

/// A store of results. The vault is one; a folder is another, for tests and trials.
pub trait Artefacts: Sync {
    /// The file of a result, if it is there.
    ///
    /// # Errors
    /// The store can't be asked.
    fn find(&self, id: ArtefactId) -> Result<Option<PathBuf>, FilmError>;

    /// A fresh path to write a result to, on the store's own file system.
    ///
    /// # Errors
    /// The store can't be written to.
    fn scratch(&self, kind: ArtefactKind) -> Result<PathBuf, FilmError>;

    /// Takes a finished file in, durably, under `id`. Keeping the same result twice is fine.
    ///
    /// # Errors
    /// The store can't be written to.
    fn keep(&self, id: ArtefactId, kind: ArtefactKind, file: &Path) -> Result<PathBuf, FilmError>;

    /// Like [`Artefacts::keep`] for a result that shows these masters: a store that knows whose they are removes it when one
    /// of them is taken back.
    ///
    /// # Errors
    /// The store can't be written to, or one of them was taken back meanwhile.
    fn keep_from(
        &self,
        masters: &[ArtefactId],
        id: ArtefactId,
        kind: ArtefactKind,
        file: &Path,
    ) -> Result<PathBuf, FilmError> {
        let _ = masters;
        self.keep(id, kind, file)
    }
}

/// A store in a plain folder: one file for each result.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    next: std::sync::atomic::AtomicU64,
}

impl Folder {
    /// Uses `root`, which is made if it isn't there.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn new(root: &Path) -> Result<Self, FilmError> {
        std::fs::create_dir_all(root).map_err(FilmError::io(root))?;
        Ok(Self { root: root.to_owned(), next: 0.into() })
    }
}

impl Artefacts for Folder {
    fn find(&self, id: ArtefactId) -> Result<Option<PathBuf>, FilmError> {
        let path = self.root.join(id.to_string());
        Ok(path.exists().then_some(path))
    }

    fn scratch(&self, kind: ArtefactKind) -> Result<PathBuf, FilmError> {
        let n = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(self.root.join(format!("tmp-{}-{}-{n}", kind.name(), std::process::id())))
    }

    fn keep(&self, id: ArtefactId, _kind: ArtefactKind, file: &Path) -> Result<PathBuf, FilmError> {
        let path = self.root.join(id.to_string());
        std::fs::File::open(file).and_then(|f| f.sync_all()).map_err(FilmError::io(file))?;
        std::fs::rename(file, &path).map_err(FilmError::io(&path))?;
        Ok(path)
    }
}

/// The vault as a store of results, for code that is not async. Use it on a thread that may block (`spawn_blocking`).
#[derive(Clone)]
pub struct VaultArtefacts {
    vault: Vault,
    runtime: tokio::runtime::Handle,
}

impl VaultArtefacts {
    /// Uses `vault` through the runtime that `runtime` belongs to.
    #[must_use]
    pub const fn new(vault: Vault, runtime: tokio::runtime::Handle) -> Self {
        Self { vault, runtime }
    }
}

impl Artefacts for VaultArtefacts {
    fn find(&self, id: ArtefactId) -> Result<Option<PathBuf>, FilmError> {
        Ok(self.runtime.block_on(self.vault.artefact(id))?)
    }

    fn scratch(&self, kind: ArtefactKind) -> Result<PathBuf, FilmError> {
        Ok(self.vault.scratch(kind))
    }

    fn keep(&self, id: ArtefactId, kind: ArtefactKind, file: &Path) -> Result<PathBuf, FilmError> {
        Ok(self.runtime.block_on(self.vault.keep_artefact(id, kind, file))?)
    }

    fn keep_from(
        &self,
        masters: &[ArtefactId],
        id: ArtefactId,
        kind: ArtefactKind,
        file: &Path,
    ) -> Result<PathBuf, FilmError> {
        Ok(self.runtime.block_on(self.vault.keep_artefact_from(masters, id, kind, file))?)
    }
}

/// Builds the address of a result. Every field carries its length, so that no two lists of fields give one string.
#[derive(Clone)]
pub(crate) struct Address(Sha256);

impl Address {
    /// An address of `kind`. `version` changes with the code that makes it.
    pub(crate) fn new(kind: &str, version: u32) -> Self {
        let mut address = Self(Sha256::new());
        address.field(b"hamseda/artefact/v1").field(kind.as_bytes()).field(&version.to_be_bytes());
        address
    }

    pub(crate) fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// A field of anything that has one unambiguous `Debug` text: plans, colours, numbers.
    pub(crate) fn value(&mut self, value: &impl std::fmt::Debug) -> &mut Self {
        self.field(format!("{value:?}").as_bytes())
    }

    pub(crate) fn finish(&self) -> ArtefactId {
        ArtefactId::from_bytes(self.0.clone().finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: ArtefactKind = ArtefactKind::new("test", "bin");

    #[test]
    fn fields_do_not_run_together() {
        let of = |fields: &[&[u8]]| {
            let mut address = Address::new("test", 1);
            fields.iter().for_each(|f| {
                address.field(f);
            });
            address.finish()
        };
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"ab"]), of(&[b"ab", b""]));
        assert_eq!(of(&[b"ab", b"c"]), of(&[b"ab", b"c"]));
    }

    #[test]
    fn a_folder_keeps_what_it_is_given() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path()).unwrap();
        let id = ArtefactId::from_bytes([7; 32]);
        assert_eq!(folder.find(id).unwrap(), None);
        let scratch = folder.scratch(KIND).unwrap();
        std::fs::write(&scratch, b"bytes").unwrap();
        let kept = folder.keep(id, KIND, &scratch).unwrap();
        assert_eq!(folder.find(id).unwrap(), Some(kept.clone()));
        assert_eq!(std::fs::read(kept).unwrap(), b"bytes");
        assert!(!scratch.exists());
    }
}
