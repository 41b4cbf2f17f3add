//! `hamseda bundle`: sealed files, parts and small files in one file for a stick, in random order.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use hamseda_core::{Handle, OsRandom, Random};
use hamseda_seal::bundle::{BundleWriter, EntryHead, EntryKind};
use hamseda_seal::parts::{PART_HEADER_LEN, PartHeader};
use hamseda_seal::{Carried, MAX_RECIPIENTS, MIN_RECIPIENTS, SmallFile, check_header, check_letter};
use serde::Serialize;

use super::parts::{name, sum};
use crate::cli;
use crate::failure::{At, Failure};
use crate::output::{Output, Unit};

/// Enough of a file to judge what it is: a whole letter fits.
const START: u64 = 64 * 1024;

#[derive(Serialize)]
struct Report {
    output: String,
    entries: usize,
    bytes: u64,
}

pub(crate) fn run(args: &cli::carry::Bundle, out: Output) -> Result<(), Failure> {
    let mut entries: Vec<(u64, &PathBuf, EntryHead)> = Vec::new();
    for path in &args.files {
        entries.push((drawn(), path, head(path)?));
    }
    entries.sort_by_key(|(drawn, ..)| *drawn);
    let total = entries.iter().map(|(.., head)| head.length).sum();
    let bar = out.bar(total, "bundling", Unit::Bytes);
    // Written under another name first: a cut bundle must not look like a whole one.
    let partial = args.output.with_file_name(name(&mut OsRandom));
    let written = write(&entries, &partial, &bar);
    bar.finish_and_clear();
    if let Err(failure) = written {
        let _ = std::fs::remove_file(&partial);
        return Err(failure);
    }
    std::fs::rename(&partial, &args.output).at(&args.output)?;
    let report = Report {
        output: args.output.display().to_string(),
        entries: entries.len(),
        bytes: std::fs::metadata(&args.output).at(&args.output)?.len(),
    };
    out.result(&report, || {
        format!("bundled   {} files into {} ({} bytes)", report.entries, report.output, report.bytes)
    });
    Ok(())
}

fn write(entries: &[(u64, &PathBuf, EntryHead)], partial: &Path, bar: &indicatif::ProgressBar) -> Result<(), Failure> {
    let file = File::create_new(partial).at(partial)?;
    let mut writer = BundleWriter::new(BufWriter::new(file))?;
    for (_, path, head) in entries {
        writer.add(head, bar.wrap_read(File::open(path).at(path)?))?;
    }
    let file = writer.finish()?.into_inner().map_err(|e| e.into_error()).at(partial)?;
    file.sync_all().at(partial)
}

/// What an entry says of its file. A file that must not be carried is refused here, before a stick has it.
fn head(path: &Path) -> Result<EntryHead, Failure> {
    let mut file = File::open(path).at(path)?;
    let mut start = Vec::new();
    (&mut file).take(START).read_to_end(&mut start).at(path)?;
    let named = |error: Failure| Failure { what: format!("{}: {}", path.display(), error.what), ..error };
    let counts = MIN_RECIPIENTS..=MAX_RECIPIENTS;
    let (kind, handle) = match Carried::of(&start) {
        Carried::Part => {
            let header = PartHeader::parse(&start).map_err(|e| named(e.into()))?;
            let length = file.metadata().at(path)?.len();
            if length != PART_HEADER_LEN as u64 + u64::from(header.payload_len()) {
                let what = "this part is cut off or longer than it says; copy it again";
                return Err(named(Failure::refused("bundle-part-length", what)));
            }
            (EntryKind::Part, header.handle())
        }
        Carried::Sealed if counts.clone().any(|count| check_letter(count, &start).is_ok()) => {
            (EntryKind::Small, any_handle())
        }
        Carried::Sealed if counts.clone().any(|count| check_header(count, &start).is_ok()) => {
            (EntryKind::Sealed, any_handle())
        }
        Carried::Small => {
            SmallFile::parse(&start).map_err(|e| named(e.into()))?;
            (EntryKind::Small, any_handle())
        }
        Carried::Bundle => {
            return Err(named(Failure::refused("bundle-nested", "this is a bundle; carry both, or bundle its files")));
        }
        Carried::Sealed | Carried::Foreign => {
            let what = "this is not sealed to a campaign; seal it first, and never carry a clip as it is";
            return Err(named(Failure::refused("bundle-foreign", what)));
        }
    };
    file.rewind().at(path)?;
    let (sha256, length) = sum(&mut file).at(path)?;
    Ok(EntryHead { kind, length, handle, sha256: *sha256.as_bytes() })
}

/// A sealed file does not say its handle. One that nobody can match is as good as none.
fn any_handle() -> Handle {
    let random: &mut dyn Random = &mut OsRandom;
    Handle::from_bytes(random.bytes())
}

fn drawn() -> u64 {
    let random: &mut dyn Random = &mut OsRandom;
    u64::from_le_bytes(random.bytes())
}
