//! `hamseda site build` and `hamseda site verify`.

use std::path::Path;

use hamseda_core::{Clock as _, SystemClock};
use hamseda_press::{Film, KeySetFile, SiteCheck, SiteFault, SiteInputs, Wall, build_site, verify_manifest};
use hamseda_seal::KeySet;
use hamseda_tally::note::Note;
use hamseda_tally::{Policy, layout};
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::{Output, Unit};
use crate::{keysets, rooms, secrets};

pub(crate) async fn run(args: cli::Site, out: Output) -> Result<(), Failure> {
    match args {
        cli::Site::Build { dir, passphrase } => build(&dir, &passphrase, out).await,
        cli::Site::Verify(site) => verify(&site.site, out),
    }
}

async fn build(dir: &cli::Dir, passphrase: &cli::Passphrase, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&dir.dir)?;
    let passphrase = secrets::passphrase(&folder, passphrase.passphrase_file.as_deref())?;
    let key = secrets::log_key(&folder, &passphrase)?;
    let sets = keysets::load(&folder)?;
    let inputs = SiteInputs {
        film: film(&folder)?,
        wall: wall(&folder),
        claim: None,
        policy: rooms::policy(&folder, key.verifier().clone())?,
        keysets: sets.all().map(keyset_file).collect(),
    };
    let vault = rooms::vault(&folder).await?;
    let sign = |text: &str| Note::sign(text, &key).map(|note| note.encode()).map_err(|e| e.to_string());
    let bar = out.bar(1, "site", Unit::Items);
    let (campaign, today, site) = (folder.campaign()?, SystemClock.today(), folder.path("site"));
    let report = build_site(&vault, &campaign, &inputs, today, &sign, &site, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    out.result(&report, || {
        format!(
            "site      {} pages, {} messages; files written {}, kept {}, removed {}\nin        {}",
            report.pages,
            report.messages,
            report.changes.written,
            report.changes.kept,
            report.changes.removed,
            site.display()
        )
    });
    Ok(())
}

fn film(folder: &Folder) -> Result<Option<Film>, Failure> {
    let file = folder.path("film/film.mp4");
    if !file.is_file() {
        return Ok(None);
    }
    let poster = folder.path("film/poster.jpg");
    let facts = folder.path("film/film.json");
    let text = std::fs::read_to_string(&facts).at(&facts)?;
    let facts: super::build::FilmFacts =
        serde_json::from_str(&text).map_err(|e| Failure::refused("film-facts", format!("{}: {e}", facts.display())))?;
    Ok(Some(Film { file, poster: poster.is_file().then_some(poster), seconds: facts.seconds }))
}

fn wall(folder: &Folder) -> Option<Wall> {
    let (still, video) = (folder.path("wall/wall.jpg"), folder.path("wall/wall.mp4"));
    still.is_file().then(|| Wall { still, video: video.is_file().then_some(video) })
}

#[derive(Serialize)]
struct Verified {
    ok: bool,
    #[serde(flatten)]
    check: SiteCheck,
}

/// Checks a copy against its own manifest, with the log key its own policy names: whoever wants more compares that key.
fn keyset_file(set: &KeySet) -> KeySetFile {
    KeySetFile { epoch: set.terms().epoch, expires: set.terms().expires, json: set.to_json().to_owned() }
}

fn verify(site: &Path, out: Output) -> Result<(), Failure> {
    let path = site.join(layout::POLICY);
    let policy = Policy::parse(&std::fs::read(&path).at(&path)?)?;
    let check = verify_manifest(site, &policy.log)?;
    let verified = Verified { ok: check.faults.is_empty(), check };
    out.result(&verified, || {
        let mut lines = vec![format!(
            "manifest  {}, {} files, {} bytes\nsigned by {}",
            verified.check.origin, verified.check.files, verified.check.bytes, policy.log
        )];
        lines.extend(verified.check.faults.iter().map(fault));
        if verified.ok {
            lines.push("ok        every file is the one that was published".into());
        }
        lines.join("\n")
    });
    if verified.ok {
        return Ok(());
    }
    let what =
        format!("{} files of this copy differ from the published site; get it elsewhere", verified.check.faults.len());
    Err(Failure::refused("site-faults", what))
}

fn fault(fault: &SiteFault) -> String {
    match fault {
        SiteFault::Changed(path) => format!("fault     {path}: other bytes than were published"),
        SiteFault::Missing(path) => format!("fault     {path}: missing"),
        SiteFault::Extra(path) => format!("fault     {path}: not part of the site"),
    }
}
