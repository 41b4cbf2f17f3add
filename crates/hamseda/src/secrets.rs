//! Key files of the campaign folder, and where their passphrase comes from.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use hamseda_core::{OsRandom, Random as _, Secret};
use hamseda_open::{DeskKey, WorkFactor, lock, unlock};
use hamseda_protect::PrintKey;
use hamseda_seal::Recipient;
use hamseda_tally::LogKey;

use crate::failure::{At, Failure};
use crate::folder::Folder;

/// Opens anything that was ever sealed, by its wrapped key; belongs offline.
pub(crate) const ARCHIVE_KEY: &str = "archive.key";
/// Its public half, in the campaign folder.
pub(crate) const ARCHIVE_PUBLIC: &str = "archive.pub";
/// Signs invites.
pub(crate) const ISSUER_KEY: &str = "issuer.key";
/// How the folders of desk keys begin; the epoch follows.
const EPOCH: &str = "epoch-";
/// Signs key sets; belongs offline once the campaign runs.
pub(crate) const CAMPAIGN_KEY: &str = "campaign.key";
/// Seals the fingerprints in the vault; without it they are noise.
const PRINT_KEY: &str = "fingerprint.key";
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

/// The passphrase of a key that lies anywhere: from `file`, else from the folder of a trial, else asked for.
pub(crate) fn passphrase_beside(key: &Path, file: Option<&Path>, prompt: &str) -> Result<Secret<String>, Failure> {
    let trial = key.with_file_name(TRIAL_PASSPHRASE);
    match file {
        Some(file) => first_line(file),
        None if trial.is_file() => first_line(&trial),
        None => ask(prompt),
    }
}

/// How much work guessing a passphrase is to be. In a trial it lies beside the keys, so stretching it would protect nothing.
pub(crate) fn work_factor(folder: &Folder) -> Result<WorkFactor, Failure> {
    let trial = folder.key(TRIAL_PASSPHRASE).is_file();
    if trial { Ok(WorkFactor::new(10)?) } else { Ok(WorkFactor::DEFAULT) }
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

/// Where the desk keys of an epoch lie.
pub(crate) fn epoch_folder(folder: &Folder, epoch: u32) -> PathBuf {
    folder.key(&format!("{EPOCH}{epoch}"))
}

/// Name of the file of an epoch's `number`th desk key.
pub(crate) fn desk_key_name(number: u8) -> String {
    format!("desk-{number}.key")
}

/// Epochs whose desk keys are here, newest first.
pub(crate) fn epochs(folder: &Folder) -> Result<Vec<u32>, Failure> {
    let keys = folder.path("keys");
    let mut epochs = Vec::new();
    for entry in fs::read_dir(&keys).at(&keys)? {
        let name = entry.at(&keys)?.file_name();
        epochs.extend(name.to_str().and_then(|name| name.strip_prefix(EPOCH)?.parse::<u32>().ok()));
    }
    epochs.sort_unstable_by(|a, b| b.cmp(a));
    Ok(epochs)
}

/// Desk keys and the epoch of each.
#[derive(Default)]
pub(crate) struct DeskKeys {
    pub(crate) keys: Vec<DeskKey>,
    pub(crate) epochs: Vec<u32>,
}

impl DeskKeys {
    /// Opens the desk keys of every epoch that the folder still holds; there may be none.
    pub(crate) fn open(folder: &Folder, passphrase: &Secret<String>) -> Result<Self, Failure> {
        let mut all = Self::default();
        for epoch in epochs(folder)? {
            let here = epoch_folder(folder, epoch);
            for entry in fs::read_dir(&here).at(&here)? {
                let path = entry.at(&here)?.path();
                if path.extension().is_some_and(|extension| extension == "key") {
                    all.keys.push(DeskKey::from_file(&fs::read(&path).at(&path)?, passphrase)?);
                    all.epochs.push(epoch);
                }
            }
        }
        Ok(all)
    }
}

/// Opens every desk key the folder holds.
pub(crate) fn desk_keys(folder: &Folder, passphrase: &Secret<String>) -> Result<Vec<DeskKey>, Failure> {
    let keys = DeskKeys::open(folder, passphrase)?.keys;
    if keys.is_empty() { Err(no_desk_key(folder)) } else { Ok(keys) }
}

/// Why nothing can be opened here.
pub(crate) fn no_desk_key(folder: &Folder) -> Failure {
    let what = format!("{} holds no desk key; this machine can't open messages", folder.path("keys").display());
    Failure::refused("no-desk-key", what)
}

/// The archive's public key; `None` for a campaign without an archive.
pub(crate) fn archive_recipient(folder: &Folder) -> Result<Option<Recipient>, Failure> {
    let path = folder.path(ARCHIVE_PUBLIC);
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        text => {
            let parsed = text.at(&path)?.trim().parse::<Recipient>();
            let what = |e| Failure::refused("archive-recipient", format!("{}: {e}", path.display()));
            parsed.map(Some).map_err(what)
        }
    }
}

/// Overwrites every file of a folder, removes them and it, and says how many there were.
///
/// A file system can't promise that nothing of the old bytes is left: flash disks move blocks, some systems copy on write,
/// snapshots and backups are elsewhere. What is left is behind the passphrase.
pub(crate) fn shred_folder(folder: &Path) -> Result<usize, Failure> {
    let mut count = 0;
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        let length = fs::metadata(&path).at(&path)?.len();
        let mut noise = vec![0; usize::try_from(length).unwrap_or_default()];
        OsRandom.fill(&mut noise);
        let mut file = fs::OpenOptions::new().write(true).open(&path).at(&path)?;
        file.write_all(&noise).and_then(|()| file.sync_all()).at(&path)?;
        fs::remove_file(&path).at(&path)?;
        count += 1;
    }
    fs::remove_dir(folder).at(folder)?;
    let parent = folder.parent().unwrap_or(folder);
    fs::File::open(parent).and_then(|dir| dir.sync_all()).at(parent)?;
    Ok(count)
}

/// The key that seals fingerprints; made when it is first needed. Workers of one vault on several machines share one.
pub(crate) fn print_key(folder: &Folder, passphrase: &Secret<String>) -> Result<PrintKey, Failure> {
    let path = folder.key(PRINT_KEY);
    if !path.is_file() {
        let mut random = [0; 32];
        OsRandom.fill(&mut random);
        let secret = Secret::new(random);
        let made = folder.key(&format!("{PRINT_KEY}.{}", std::process::id()));
        write(&made, &lock(secret.expose(), passphrase, work_factor(folder)?)?)?;
        // A link, not a rename: of two workers that start at once, the second finds the first one's key.
        let linked = fs::hard_link(&made, &path);
        fs::remove_file(&made).at(&made)?;
        if !path.is_file() {
            linked.at(&path)?;
        }
    }
    let text = unlock(&fs::read(&path).at(&path)?, passphrase)?;
    let secret = <[u8; 32]>::try_from(text.expose().as_slice());
    let what = || Failure::refused("fingerprint-key", format!("{} holds no key; remove it", path.display()));
    secret.map(|secret| PrintKey::new(Secret::new(secret))).map_err(|_| what())
}

/// Opens the log's signing key.
pub(crate) fn log_key(folder: &Folder, passphrase: &Secret<String>) -> Result<LogKey, Failure> {
    let path = folder.key(LOG_KEY);
    let text = unlock(&fs::read(&path).at(&path)?, passphrase)?;
    let text =
        std::str::from_utf8(text.expose()).map_err(|_| Failure::refused("log-key", "the log key is not text"))?;
    Ok(LogKey::parse(text)?)
}
