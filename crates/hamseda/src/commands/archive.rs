//! `hamseda archive`: a message and its wrapped key leave the vault, and open on the archive's own machine. The archive key is never
//! where the vault is.

use std::fs::{self, File};
use std::io::{BufReader, Write as _};
use std::path::Path;

use futures_util::StreamExt as _;
use hamseda_core::{Choices, Limits, MessageId};
use hamseda_open::DeskKey;
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::Output;
use crate::{rooms, secrets};

/// Largest wrapped key that is read; one is about 1,560 bytes.
const WRAPPED_LIMIT: u64 = 16 * 1024;

pub(crate) async fn run(args: cli::archive::Archive, out: Output) -> Result<(), Failure> {
    match args {
        cli::archive::Archive::Export { message, dir, output } => export(message, &dir, &output, out).await,
        cli::archive::Archive::Open { file, wrapped, key, output, passphrase_file } => {
            open(&file, &wrapped, &key, &output, passphrase_file.as_deref(), out)
        }
    }
}

#[derive(Serialize)]
struct Exported {
    epoch: u32,
    sealed: String,
    wrapped: String,
}

async fn export(message: MessageId, dir: &cli::Dir, output: &Path, out: Output) -> Result<(), Failure> {
    let vault = rooms::vault(&Folder::open(&dir.dir)?).await?;
    let archived = vault.archived(message).await?.ok_or_else(|| {
        let what = format!("no key of message {message} is in the archive; run: hamseda worker --until-idle");
        Failure::refused("archive-no-key", what)
    })?;
    secrets::private_dir(output)?;
    let (sealed, wrapped) = (output.join(format!("{message}.hamseda")), output.join(format!("{message}.key")));
    let mut file = File::create(&sealed).at(&sealed)?;
    let mut stream = vault.sealed_blob(message).await?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| Failure::refused("archive-read", e.to_string()))?;
        file.write_all(&chunk).at(&sealed)?;
    }
    file.sync_all().at(&sealed)?;
    fs::write(&wrapped, &archived.stanza).at(&wrapped)?;
    let exported = Exported {
        epoch: archived.epoch,
        sealed: sealed.display().to_string(),
        wrapped: wrapped.display().to_string(),
    };
    out.result(&exported, || format!("sealed    {}\nits key   {}", exported.sealed, exported.wrapped));
    Ok(())
}

#[derive(Serialize)]
struct Opened {
    output: String,
    bytes: usize,
    choices: Choices,
}

fn open(
    file: &Path,
    wrapped: &Path,
    key: &Path,
    output: &Path,
    passphrase: Option<&Path>,
    out: Output,
) -> Result<(), Failure> {
    let length = fs::metadata(wrapped).at(wrapped)?.len();
    let stanza = if length > WRAPPED_LIMIT { String::new() } else { fs::read_to_string(wrapped).at(wrapped)? };
    let passphrase = secrets::passphrase_beside(key, passphrase, "Passphrase of the archive key: ")?;
    let archive = DeskKey::from_file(&fs::read(key).at(key)?, &passphrase)?;
    let file_key = archive.unwrap_file_key(&stanza).ok_or_else(|| {
        let what = format!("{} is not wrapped to this archive key; check which campaign it is of", wrapped.display());
        Failure::refused("archive-other-key", what)
    })?;
    let sealed = BufReader::new(File::open(file).at(file)?);
    // Opened whole in memory first: a file that turns out broken leaves nothing on the disk.
    let opened = hamseda_open::open_with(sealed, file_key, &Limits::DEFAULT)?;
    secrets::write(output, opened.clip.expose())?;
    let report = Opened {
        output: output.display().to_string(),
        bytes: opened.clip.expose().len(),
        choices: opened.record.choices,
    };
    out.result(&report, || format!("opened    {} ({} bytes, unprotected)", report.output, report.bytes));
    Ok(())
}
