//! Whole objects by name, durable once written.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use hamseda_core::{OsRandom, Random, UnixSeconds};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// Where a stream is written before its name is known. Nothing reads from it.
const INCOMING: &str = "incoming";
/// Parts of a stream in flight to the store.
const PARTS_IN_FLIGHT: usize = 2;

/// The bytes of a blob as they are read.
pub type BlobStream = Pin<Box<dyn Stream<Item = Result<Bytes, StoreError>> + Send>>;

/// A blob store. Clones share it. Names look like `sealed/ab/abcd…`: relative, `/` between parts.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
}

/// What [`Blobs::list`] tells of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Its name.
    pub key: String,
    /// Its length.
    pub bytes: u64,
}

/// What [`Blobs::put_stream`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Their number.
    pub bytes: u64,
    /// The name they were given.
    pub key: String,
}

impl Blobs {
    /// Opens `file:PATH`, creating the folder.
    ///
    /// # Errors
    /// When the address is not understood or the folder can't be created.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let Some(path) = url.strip_prefix("file:") else {
            let (url, expected) = (url.to_owned(), "file:PATH");
            return Err(StoreError::Address { url, what: "blob store", expected });
        };
        let root = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
        let store = local(&root).map_err(|source| StoreError::Blob { key: root.display().to_string(), source })?;
        Ok(Self { store: Arc::new(store), root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Stores `bytes` under `key`, replacing what was there. Whole or not at all; on the disk when this returns.
    ///
    /// # Errors
    /// When the store can't write.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.store.put(&parse(key)?, bytes.into()).await.map_err(|e| failed(key, e))?;
        Ok(())
    }

    /// Stores a stream while hashing it, then gives it the name that `name` makes of the hash. Whole or not at all; on
    /// the disk when this returns. Memory stays bounded whatever the length: bounding that is the caller's duty.
    ///
    /// # Errors
    /// When the stream breaks off or the store can't write; then nothing has the name.
    pub async fn put_stream<S>(
        &self,
        mut stream: S,
        name: impl FnOnce(&[u8; 32]) -> String,
    ) -> Result<Written, StoreError>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin + Send,
    {
        let mut random = [0; 16];
        OsRandom.fill(&mut random);
        let incoming = format!("{INCOMING}/{}", hex::encode(random));
        let from = parse(&incoming)?;
        let upload = self.store.put_multipart(&from).await.map_err(|e| failed(&incoming, e))?;
        let mut writer = WriteMultipart::new(upload);
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        while let Some(chunk) = stream.try_next().await.map_err(StoreError::Input)? {
            hash.update(&chunk);
            bytes += chunk.len() as u64;
            writer.wait_for_capacity(PARTS_IN_FLIGHT).await.map_err(|e| failed(&incoming, e))?;
            writer.put(chunk);
        }
        writer.finish().await.map_err(|e| failed(&incoming, e))?;
        let sha256 = hash.finalize().into();
        let key = name(&sha256);
        self.store.rename(&from, &parse(&key)?).await.map_err(|e| failed(&key, e))?;
        Ok(Written { sha256, bytes, key })
    }

    /// All bytes of a blob that is known to be small.
    ///
    /// # Errors
    /// [`StoreError::NoBlob`] when there is none.
    pub async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let found = self.store.get(&parse(key)?).await.map_err(|e| failed(key, e))?;
        found.bytes().await.map_err(|e| failed(key, e))
    }

    /// The bytes of a blob, piece by piece.
    ///
    /// # Errors
    /// [`StoreError::NoBlob`] when there is none.
    pub async fn stream(&self, key: &str) -> Result<BlobStream, StoreError> {
        let found = self.store.get(&parse(key)?).await.map_err(|e| failed(key, e))?;
        let key = key.to_owned();
        Ok(found.into_stream().map_err(move |e| failed(&key, e)).boxed())
    }

    /// A part of a blob, `range` in bytes; a range past its end is cut.
    ///
    /// # Errors
    /// [`StoreError::NoBlob`] when there is none.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.store.get_range(&parse(key)?, range).await.map_err(|e| failed(key, e))
    }

    /// The length of a blob, `None` when there is none.
    ///
    /// # Errors
    /// When the store can't be asked.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self.store.head(&parse(key)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(key, source)),
        }
    }

    /// Deletes a blob; one that isn't there is as good as deleted.
    ///
    /// # Errors
    /// When the store can't delete.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self.store.delete(&parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed(key, source)),
        }
    }

    /// Removes what [`Self::put_stream`] left unfinished when its process died, two days ago or earlier.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub async fn sweep_unfinished(&self, now: UnixSeconds) -> Result<(), StoreError> {
        let folder = self.root.join(INCOMING);
        let swept = tokio::task::spawn_blocking(move || crate::sweep_unfinished(&folder, now)).await;
        swept.unwrap_or_else(|e| Err(io::Error::other(e))).map_err(|e| failed(INCOMING, io_failed(e)))
    }

    /// Every blob whose name begins with the parts of `prefix`, by name.
    ///
    /// # Errors
    /// When the store can't list.
    pub async fn list(&self, prefix: &str) -> Result<Vec<BlobInfo>, StoreError> {
        let listing = self.store.list(Some(&parse(prefix)?));
        let found: Vec<_> = listing.try_collect().await.map_err(|e| failed(prefix, e))?;
        let mut blobs: Vec<_> =
            found.into_iter().map(|meta| BlobInfo { key: meta.location.to_string(), bytes: meta.size }).collect();
        blobs.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(blobs)
    }
}

fn local(root: &Path) -> Result<LocalFileSystem, object_store::Error> {
    std::fs::create_dir_all(root).map_err(io_failed)?;
    Ok(LocalFileSystem::new_with_prefix(root)?.with_fsync(true))
}

pub(crate) fn io_failed(source: io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(source) }
}

fn parse(key: &str) -> Result<Key, StoreError> {
    Key::parse(key).map_err(|source| failed(key, source.into()))
}

pub(crate) fn failed(key: &str, source: object_store::Error) -> StoreError {
    let key = key.to_owned();
    match source {
        object_store::Error::NotFound { .. } => StoreError::NoBlob { key },
        source => StoreError::Blob { key, source },
    }
}
