//! The desk keys of all epochs that this machine still has. New ones are taken up and destroyed ones dropped while the worker
//! runs: a key that is gone from the disk must not live on in memory.

use std::sync::{Arc, Mutex, PoisonError};

use hamseda_core::Secret;

use crate::failure::Failure;
use crate::folder::Folder;
use crate::secrets::{self, DeskKeys};

/// Keys, and the passphrase that opens those still to come.
pub(super) struct Keyring {
    folder: Folder,
    passphrase: Secret<String>,
    open: Mutex<(Vec<u32>, Arc<DeskKeys>)>,
}

impl Keyring {
    /// Opens every key the folder holds. There may be none once no message can come any more (`over`): withdrawals still do.
    pub(super) fn open(folder: Folder, passphrase: Secret<String>, over: bool) -> Result<Self, Failure> {
        let keyring = Self { folder, passphrase, open: Mutex::default() };
        // Said at once, not with the first message.
        if keyring.now()?.keys.is_empty() && !over { Err(secrets::no_desk_key(&keyring.folder)) } else { Ok(keyring) }
    }

    /// The keys there are now.
    pub(super) fn now(&self) -> Result<Arc<DeskKeys>, Failure> {
        let epochs = secrets::epochs(&self.folder)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.0 != epochs {
            *open = (epochs, Arc::new(DeskKeys::open(&self.folder, &self.passphrase)?));
        }
        Ok(Arc::clone(&open.1))
    }
}
