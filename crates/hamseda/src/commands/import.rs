//! `hamseda intake import`: a stick is handed over, in one command. The intake may serve meanwhile: both use one inbox.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer as _, SigningKey};
use hamseda_core::{Clock as _, Coded as _, OsRandom, Random, SystemClock};
use hamseda_intake::{Import, Imported};
use hamseda_seal::handover::{Handover, HandoverTerms};
use serde::Serialize;

use super::handover::said;
use super::parts::name;
use crate::cli::carry;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::{Output, Unit};

#[derive(Serialize)]
struct Report<'a> {
    files: usize,
    new: usize,
    known: usize,
    incomplete: usize,
    letters: u32,
    withdrawals: u32,
    refused: Vec<Refusal>,
    receipt: String,
    handover: &'a HandoverTerms,
}

/// A file that was not taken. Its name is for the operator, and stands in no receipt.
#[derive(Serialize)]
struct Refusal {
    file: String,
    code: &'static str,
    error: String,
}

pub(crate) async fn run(args: carry::Import, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&args.dir)?;
    let stick = fs::canonicalize(&args.stick).at(&args.stick)?;
    let files = files(&stick)?;
    // Before anything is taken: a stick that can't be written to is told now.
    let path = args.receipt.unwrap_or_else(|| stick.join(format!("handover-{}.json", name(&mut OsRandom))));
    let paper = File::create_new(&path).at(&path)?;
    let done = hand_over(&folder, &stick, &files, paper, &path, out).await;
    if done.is_err() {
        // Nothing was signed: an empty receipt would only confuse.
        let _ = fs::remove_file(&path);
    }
    done
}

async fn hand_over(
    folder: &Folder,
    stick: &Path,
    files: &[PathBuf],
    mut paper: File,
    path: &Path,
    out: Output,
) -> Result<(), Failure> {
    let beside = fs::canonicalize(path).at(path)?.parent().map(Path::to_path_buf);
    let config = super::intake::open(folder, &[stick.to_owned()], &Vec::from_iter(beside), out).await?;
    let (imported, refused) = take(Import::new(config), stick, files, out).await?;
    let key = key(&folder.path("inbox/handover.key"))?;
    let terms = terms(folder, &key, &imported)?;
    let signature = key.sign(&terms.signed_bytes()?).to_bytes();
    let handover = Handover::assemble(terms, &signature)?;
    paper.write_all(handover.to_json().as_bytes()).and_then(|()| paper.sync_all()).at(path)?;
    report(handover.terms(), refused, files.len(), path, out);
    Ok(())
}

/// Takes file after file. What can't be taken is noted, and the next one is looked at.
async fn take(
    mut import: Import,
    stick: &Path,
    files: &[PathBuf],
    out: Output,
) -> Result<(Imported, Vec<Refusal>), Failure> {
    let total = files.iter().filter_map(|file| Some(fs::metadata(file).ok()?.len())).sum();
    let bar = out.bar(total, "importing", Unit::Bytes);
    let mut refused = Vec::new();
    for path in files {
        let input = File::open(path).at(path)?;
        import.file(bar.wrap_read(input)).await?;
        let so_far = import.so_far();
        bar.set_message(format!("{} new, {} known", so_far.new.len(), so_far.known.len()));
        for error in &so_far.refused[refused.len()..] {
            let file = path.strip_prefix(stick).unwrap_or(path).display().to_string();
            refused.push(Refusal { file, code: error.code(), error: error.to_string() });
        }
    }
    bar.finish_and_clear();
    Ok((import.finish().await?, refused))
}

fn terms(folder: &Folder, key: &SigningKey, imported: &Imported) -> Result<HandoverTerms, Failure> {
    let mut refused = BTreeMap::new();
    for error in &imported.refused {
        *refused.entry(error.code().to_owned()).or_default() += 1;
    }
    Ok(HandoverTerms {
        origin: folder.campaign()?.origin,
        day: SystemClock.today(),
        new: imported.new.iter().copied().collect(),
        known: imported.known.iter().copied().collect(),
        incomplete: imported.incomplete.clone(),
        withdrawals: imported.withdrawals,
        letters: imported.letters,
        refused,
        intake_key: key.verifying_key().to_bytes(),
    })
}

fn report(terms: &HandoverTerms, refused: Vec<Refusal>, files: usize, path: &Path, out: Output) {
    let report = Report {
        files,
        new: terms.new.len(),
        known: terms.known.len(),
        incomplete: terms.incomplete.len(),
        letters: terms.letters,
        withdrawals: terms.withdrawals,
        refused,
        receipt: path.display().to_string(),
        handover: terms,
    };
    out.result(&report, || {
        let mut text = said(terms);
        for refusal in &report.refused {
            text += &format!("\n           {}: {} [{}]", refusal.file, refusal.error, refusal.code);
        }
        let key = hex::encode(terms.intake_key);
        text + &format!("\nreceipt    {}\nsigned by  {key}", report.receipt)
    });
}

/// The intake's own key, which signs receipts and nothing else; made on first use.
fn key(path: &Path) -> Result<SigningKey, Failure> {
    let bad = || Failure::refused("handover-key", format!("{}: not 64 hex digits; restore it", path.display()));
    match fs::read_to_string(path) {
        Ok(text) => {
            let mut secret = [0; 32];
            hex::decode_to_slice(text.trim(), &mut secret).map_err(|_| bad())?;
            Ok(SigningKey::from_bytes(&secret))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let random: &mut dyn Random = &mut OsRandom;
            let secret: [u8; 32] = random.bytes();
            let partial = path.with_extension("partial");
            let _ = fs::remove_file(&partial);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).at(&partial)?;
            file.write_all(hex::encode(secret).as_bytes()).and_then(|()| file.sync_all()).at(&partial)?;
            fs::rename(&partial, path).at(path)?;
            Ok(SigningKey::from_bytes(&secret))
        }
        Err(e) => Err(e).at(path),
    }
}

/// All files of the stick, by name. What a system hides on sticks for itself begins with a dot.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        let entry = entry.at(folder)?;
        let (path, kind) = (entry.path(), entry.file_type().at(&entry.path())?);
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            found.extend(files(&path)?);
        } else if kind.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
