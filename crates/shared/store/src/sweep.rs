//! Removing what processes that died left unfinished.

use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use hamseda_core::UnixSeconds;

/// A file that nobody finished in this time belongs to a process that died.
const UNFINISHED_FOR: Duration = Duration::from_secs(2 * 24 * 3600);

/// Removes files directly in `folder` that nobody wrote to for two days. A folder that isn't there is as good as swept.
///
/// # Errors
/// When the folder can't be read or a file can't be removed.
pub fn sweep_unfinished(folder: &Path, now: UnixSeconds) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let now = UNIX_EPOCH + Duration::from_secs(u64::try_from(now.0).unwrap_or(0));
    for entry in entries {
        let entry = entry?;
        let written = match entry.metadata() {
            // Finished meanwhile, under its own name.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata?.modified()?,
        };
        if now.duration_since(written).is_ok_and(|age| age > UNFINISHED_FOR) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
