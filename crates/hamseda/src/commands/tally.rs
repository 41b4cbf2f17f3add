//! `hamseda tally verify`: a recount by anyone, from static files alone. It reads a folder and nothing else.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use hamseda_core::Lang;
use hamseda_tally::{Expectation, Hash, ReadError, Report, Source, VerifierKey, sha256_reader, verify};

use crate::cli;
use crate::failure::{At, Failure};
use crate::output::Output;

/// Faults printed in full; a forged log has thousands.
const SHOWN: usize = 20;

pub(crate) fn run(args: &cli::Tally, out: Output) -> Result<(), Failure> {
    let cli::Tally::Verify(args) = args;
    let site = SiteFolder::open(&args.site.site)?;
    let log = args.log_key.as_deref().map(str::parse::<VerifierKey>).transpose()?;
    let report = verify(&site, &Expectation { log, ..Expectation::default() });
    out.result(&report, || text(&report));
    if report.ok {
        return Ok(());
    }
    let first = report.faults.first().map_or("the recount did not reach its end", |f| f.path.as_str());
    let what = format!(
        "this copy does not check out ({} faults, the first in {first}); don't repeat its number",
        report.faults.len()
    );
    Err(Failure::refused("tally-faults", what))
}

fn text(report: &Report) -> String {
    let mut lines = Vec::new();
    if let Some(origin) = &report.origin {
        lines.push(format!("log        {origin}, {} leaves", report.size.unwrap_or(0)));
    }
    if let Some(count) = &report.count {
        lines.push(format!("accepted   {}", count.accepted.raw()));
        if count.uninvited.raw() > 0 {
            lines.push(format!("uninvited  {} (not in the net)", count.uninvited.raw()));
        }
        lines.push(format!("withdrawn  {}", count.withdrawn.raw()));
        lines.push(format!("duplicate  {}", count.duplicate.raw()));
        if count.canary.raw() > 0 {
            lines.push(format!("canaries   {}", count.canary.raw()));
        }
        lines.push(format!("net        {}", count.net.raw()));
    }
    lines.push(format!(
        "clips      {} of {} are the files their leaves commit to; {} taken down",
        report.clips.verified, report.clips.listed, report.clips.taken_down
    ));
    if let Some(policy) = report.policy_sha256 {
        lines.push(format!("policy     {} (compare it with the film's credits)", hex::encode(policy)));
    }
    if let (true, Some(floors)) = (report.floors_lowered, report.floors) {
        lines.push(format!(
            "floors     lowered: a batch closed with {}, a place is named from {}",
            floors.batch, floors.k
        ));
    }
    if report.witnesses.is_empty() {
        lines.push("witnesses  none: a forked log could not be told from this one".into());
    }
    for fault in report.faults.iter().take(SHOWN) {
        lines.push(format!("fault      {}: {} [{}]", fault.path, fault.message, fault.code.as_str()));
    }
    if report.faults.len() > SHOWN {
        lines.push(format!("           and {} more", report.faults.len() - SHOWN));
    }
    if let Some(claim) = report.claim() {
        lines.push(format!("ok         {}", claim.text(Lang::En).sentence));
    }
    lines.join("\n")
}

/// A site as a folder of files.
pub(super) struct SiteFolder {
    root: PathBuf,
}

impl SiteFolder {
    fn open(root: &Path) -> Result<Self, Failure> {
        let root = fs::canonicalize(root).at(root)?;
        if root.join("log").is_dir() {
            return Ok(Self { root });
        }
        let what = format!("{} holds no log/ folder; give the folder of a whole site", root.display());
        Err(Failure::refused("tally-no-site", what))
    }

    /// A regular file inside the site; a link out of it is refused.
    fn file(&self, path: &str) -> Result<File, ReadError> {
        let failed = |e: std::io::Error| match e.kind() {
            ErrorKind::NotFound => ReadError::Missing,
            _ => ReadError::Failed(e.to_string()),
        };
        let real = fs::canonicalize(self.root.join(path)).map_err(failed)?;
        if !real.starts_with(&self.root) {
            return Err(ReadError::Failed("it leads out of the site's folder".into()));
        }
        File::open(real).map_err(failed)
    }

    fn walk(&self, folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                self.walk(&path, found)?;
            } else if let Ok(inside) = path.strip_prefix(&self.root) {
                found.push(inside.to_string_lossy().into_owned());
            }
        }
        Ok(())
    }
}

impl Source for SiteFolder {
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let read = self.file(path)?.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|e| ReadError::Failed(e.to_string()))?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLong) } else { Ok(bytes) }
    }

    fn sha256(&self, path: &str) -> Result<Hash, ReadError> {
        let file = BufReader::with_capacity(1 << 20, self.file(path)?);
        sha256_reader(file).map_err(|e| ReadError::Failed(e.to_string()))
    }

    fn list_log(&self) -> Result<Vec<String>, ReadError> {
        let mut found = Vec::new();
        self.walk(&self.root.join("log"), &mut found).map_err(|e| ReadError::Failed(e.to_string()))?;
        Ok(found)
    }
}
