//! Key files of the campaign folder, and where their passphrase comes from.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use hamseda_core::Secret;
use hamseda_open::{DeskKey, unlock};
use hamseda_tally::LogKey;

use crate::failure::{At, Failure};
use crate::folder::Folder;

/// Names of the desk keys: two, so that losing one isn't fatal.
pub(crate) const DESK_KEYS: [&str; 2] = ["desk-1.key", "desk-2.key"];
/// Signs key sets; belongs offline once the campaign runs.
pub(crate) const CAMPAIGN_KEY: &str = "campaign.key";
/// Signs checkpoints.
pub(crate) const LOG_KEY: &str = "log.key";
/// With which the desk pulls from the intake. It opens nothing.
pub(crate) const PULL_TOKEN: &str = "pull.token";
/// Opens the desk's pages.
pub(crate) const DESK_LOGIN: &str = "desk.login";
/// The passphrase itself, in trials only.
pub(crate) const TRIAL_PASSPHRASE: &str = "passphrase";

/// Writes a secret file: 0600, never over an existing one, durable.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).at(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).at(path)
}

/// Makes a folder that only its owner can enter.
pub(crate) fn private_dir(path: &Path) -> Result<(), Failure> {
    fs::DirBuilder::new().mode(0o700).recursive(true).create(path).at(path)
}

/// The passphrase: from `file`, else from the folder of a trial, else asked for.
pub(crate) fn passphrase(folder: &Folder, file: Option<&Path>) -> Result<Secret<String>, Failure> {
    let trial = folder.key(TRIAL_PASSPHRASE);
    match file {
        Some(file) => first_line(file),
        None if trial.is_file() => first_line(&trial),
        None => ask("Passphrase of the desk keys: "),
    }
}

/// A new passphrase, asked for twice.
pub(crate) fn new_passphrase() -> Result<Secret<String>, Failure> {
    let first = ask("New passphrase for the campaign's keys (six random words or more): ")?;
    let second = ask("The same again: ")?;
    if first.expose() == second.expose() {
        Ok(first)
    } else {
        Err(Failure::refused("passphrase", "the two passphrases differ; nothing was made, run the command again"))
    }
}

pub(crate) fn first_line(path: &Path) -> Result<Secret<String>, Failure> {
    let text = Secret::new(fs::read_to_string(path).at(path)?);
    let line = text.expose().lines().next().unwrap_or_default().trim().to_owned();
    if line.is_empty() {
        return Err(Failure::refused("passphrase", format!("{} is empty; its first line is taken", path.display())));
    }
    Ok(Secret::new(line))
}

fn ask(prompt: &str) -> Result<Secret<String>, Failure> {
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|e| {
        let what = format!("no passphrase could be read ({e}); give --passphrase-file FILE");
        Failure::refused("passphrase", what)
    })
}

/// Opens every desk key the folder holds.
pub(crate) fn desk_keys(folder: &Folder, passphrase: &Secret<String>) -> Result<Vec<DeskKey>, Failure> {
    let mut keys = Vec::new();
    for name in DESK_KEYS {
        let path = folder.key(name);
        if path.is_file() {
            keys.push(DeskKey::from_file(&fs::read(&path).at(&path)?, passphrase)?);
        }
    }
    if keys.is_empty() {
        let what = format!("{} holds no desk key; this machine can't open messages", folder.path("keys").display());
        return Err(Failure::refused("no-desk-key", what));
    }
    Ok(keys)
}

/// Opens the log's signing key.
pub(crate) fn log_key(folder: &Folder, passphrase: &Secret<String>) -> Result<LogKey, Failure> {
    let path = folder.key(LOG_KEY);
    let text = unlock(&fs::read(&path).at(&path)?, passphrase)?;
    let text =
        std::str::from_utf8(text.expose()).map_err(|_| Failure::refused("log-key", "the log key is not text"))?;
    Ok(LogKey::parse(text)?)
}
