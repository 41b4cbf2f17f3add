//! What a later run needs to go on: the upload's address and enough of the file to know it again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::RoadError;

/// Bytes at the start of a sealed file that tell it from every other one: its first stanza is random.
const START: usize = 256;

/// The saved state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    /// The upload's address.
    pub(super) upload: String,
    /// Length of the file.
    pub(super) bytes: u64,
    /// First bytes of the file, hex.
    pub(super) start: String,
}

/// The first bytes of a file as [`Saved::start`] keeps them.
pub(super) fn start(first: &[u8]) -> String {
    first.iter().take(START).map(|b| format!("{b:02x}")).collect()
}

/// Length of what [`start`] looks at.
pub(super) const fn start_length(total: u64) -> u64 {
    if total < START as u64 { total } else { START as u64 }
}

/// Reads the state; `None` where there is none.
pub(super) async fn load(path: &Path) -> Result<Option<Saved>, RoadError> {
    match tokio::fs::read(path).await {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| RoadError::State(path.to_owned())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RoadError::File { path: path.to_owned(), source }),
    }
}

/// Writes the state whole or not at all.
pub(super) async fn save(path: &Path, saved: &Saved) -> Result<(), RoadError> {
    let failed = |source| RoadError::File { path: path.to_owned(), source };
    let bytes = serde_json::to_vec(saved).map_err(|e| failed(e.into()))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    tokio::fs::write(&new, bytes).await.map_err(failed)?;
    tokio::fs::rename(&new, path).await.map_err(failed)
}

/// Removes the state; that it is gone already is fine.
pub(super) async fn forget(path: &Path) -> Result<(), RoadError> {
    match tokio::fs::remove_file(path).await {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(RoadError::File { path: path.to_owned(), source: e }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_state_reads_back_and_foreign_files_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        assert_eq!(load(&path).await.unwrap(), None);
        let saved = Saved { upload: "http://127.0.0.1/upload/1".into(), bytes: 7, start: start(b"age") };
        save(&path, &saved).await.unwrap();
        assert_eq!(load(&path).await.unwrap(), Some(saved));
        forget(&path).await.unwrap();
        forget(&path).await.unwrap();
        tokio::fs::write(&path, "my diary").await.unwrap();
        assert!(matches!(load(&path).await, Err(RoadError::State(_))));
    }
}
