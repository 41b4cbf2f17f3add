//! `hamseda unseal`: opens one sealed file to a bare clip, for evidence handed to a court or an operator's own test. It is
//! the one command that writes unprotected bytes, so the caller names where.

use std::fs::{self, File};
use std::io::BufReader;

use hamseda_core::{Choices, Limits};
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::Output;
use crate::secrets;

#[derive(Serialize)]
struct Report {
    output: String,
    bytes: u64,
    choices: Choices,
}

pub(crate) fn run(args: &cli::Unseal, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&args.dir)?;
    let passphrase = secrets::passphrase(&folder, args.passphrase.passphrase_file.as_deref())?;
    let keys = secrets::desk_keys(&folder, &passphrase)?;
    let sealed = BufReader::new(File::open(&args.file).at(&args.file)?);
    // Opened whole in memory first: a file that turns out broken leaves nothing on the disk.
    let opened = hamseda_open::open(sealed, &keys, &Limits::DEFAULT)?;
    if args.output.exists() {
        return Err(Failure::refused("unseal-exists", format!("{} is there already", args.output.display())));
    }
    secrets::write(&args.output, opened.clip.expose())?;
    let report = Report {
        output: args.output.display().to_string(),
        bytes: fs::metadata(&args.output).at(&args.output)?.len(),
        choices: opened.record.choices,
    };
    out.result(&report, || format!("opened    {} ({} bytes, unprotected)", report.output, report.bytes));
    Ok(())
}
