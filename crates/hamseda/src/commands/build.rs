//! `hamseda film build` and `hamseda wall build`: gathers what the vault released, chooses by the programme, and lets `film`
//! make what is missing.

use std::path::PathBuf;

use hamseda_cage::Cage;
use hamseda_core::{Campaign, MessageState};
use hamseda_film::{FilmInputs, FilmReport, VaultArtefacts, WallInputs, WallReport, WallTile, build_film, build_wall};
use hamseda_programme::{Candidate, Plan, Programme, SupporterCandidate, choose};
use hamseda_tally::Claim;
use hamseda_vault::{Released, Use, Vault};
use serde::{Deserialize, Serialize};

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::{Output, Unit};
use crate::rooms;

/// What the site wants to know of a film, kept beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FilmFacts {
    /// Length.
    pub(super) seconds: u64,
}

/// What both builds start from.
struct Start {
    folder: Folder,
    vault: Vault,
    campaign: Campaign,
    claim: Claim,
    policy_sha256: [u8; 32],
}

async fn start(dir: &cli::Dir) -> Result<Start, Failure> {
    let folder = Folder::open(&dir.dir)?;
    let vault = rooms::vault(&folder).await?;
    let campaign = folder.campaign()?;
    let log = vault.log().await?;
    // Film and wall print the log's figure and its policy's hash; before the first batch there is neither.
    let Some(log) = log else {
        let what = "nothing is in the log yet; accept messages, then run: hamseda batch close";
        return Err(Failure::refused("build-no-log", what));
    };
    let policy_sha256 = log.batches.last().map_or([0; 32], |batch| batch.policy_sha256);
    Ok(Start { folder, vault, campaign, claim: rooms::claim(&log.leaves), policy_sha256 })
}

#[derive(Serialize)]
struct FilmOutcome {
    output: PathBuf,
    #[serde(flatten)]
    report: FilmReport,
}

pub(crate) async fn film(args: cli::Build, out: Output) -> Result<(), Failure> {
    let cli::Build::Build(dir) = args;
    let start = start(&dir).await?;
    let plan = plan(&start).await?;
    let output = start.folder.path("film/film.mp4");
    make_dir(&output)?;
    let bar = out.bar(1, "film", Unit::Items);
    let (progress, path) = (bar.clone(), output.clone());
    let artefacts = VaultArtefacts::new(start.vault.clone(), tokio::runtime::Handle::current());
    let report = tokio::task::spawn_blocking(move || -> Result<FilmReport, Failure> {
        let cage = Cage::new()?;
        let (campaign, claim, policy_sha256) = (&start.campaign, &start.claim, start.policy_sha256);
        let inputs = FilmInputs { campaign, plan: &plan, claim, policy_sha256 };
        Ok(build_film(&artefacts, &cage, &inputs, &path, &shows(progress))?)
    })
    .await;
    bar.finish_and_clear();
    let report = report.map_err(|e| Failure::refused("film", e.to_string()))??;
    let facts = FilmFacts { seconds: report.film_millis / 1000 };
    let beside = output.with_extension("json");
    std::fs::write(&beside, serde_json::to_vec(&facts).unwrap_or_default()).at(&beside)?;
    out.result(&FilmOutcome { output: output.clone(), report }, || {
        format!(
            "film      {} s, {} bytes; segments made {}, reused {}, in {:.1} s\nin        {}",
            facts.seconds,
            report.bytes,
            report.clips_encoded,
            report.clips_reused,
            report.seconds,
            output.display()
        )
    });
    Ok(())
}

#[derive(Serialize)]
struct WallOutcome {
    output: PathBuf,
    #[serde(flatten)]
    report: WallReport,
}

pub(crate) async fn wall(args: cli::Build, out: Output) -> Result<(), Failure> {
    let cli::Build::Build(dir) = args;
    let start = start(&dir).await?;
    let tiles: Vec<_> = start.vault.released_for(Use::Wall).await?.iter().map(tile).collect();
    let lang = programme(&start.folder)?.language;
    let output = start.folder.path("wall");
    let bar = out.bar(1, "wall", Unit::Items);
    let (progress, path) = (bar.clone(), output.clone());
    let artefacts = VaultArtefacts::new(start.vault.clone(), tokio::runtime::Handle::current());
    let report = tokio::task::spawn_blocking(move || -> Result<WallReport, Failure> {
        let cage = Cage::new()?;
        let inputs = WallInputs { campaign: &start.campaign, tiles: &tiles, claim: &start.claim, lang };
        Ok(build_wall(&artefacts, &cage, &inputs, &path, &shows(progress))?)
    })
    .await;
    bar.finish_and_clear();
    let report = report.map_err(|e| Failure::refused("wall", e.to_string()))??;
    out.result(&WallOutcome { output: output.clone(), report }, || {
        let made = if report.walls_encoded == 0 { "reused" } else { "made" };
        format!("wall      {} tiles, {made}, in {:.1} s\nin        {}", report.tiles, report.seconds, output.display())
    });
    Ok(())
}

/// A bar that follows a build.
fn shows(bar: indicatif::ProgressBar) -> impl Fn(usize, usize, &str) + Sync {
    move |done, total, label| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(label.to_owned());
    }
}

fn tile(message: &Released) -> WallTile {
    let parts = message.parts();
    WallTile { message: message.id(), master: parts.master, tiles: parts.tiles, units: parts.units, shown: parts.shown }
}

fn programme(folder: &Folder) -> Result<Programme, Failure> {
    let path = folder.path("programme.toml");
    Ok(Programme::parse(&std::fs::read_to_string(&path).at(&path)?)?)
}

async fn plan(start: &Start) -> Result<Plan, Failure> {
    let programme = programme(&start.folder)?;
    let candidates: Vec<_> = start.vault.released_for(Use::Film).await?.iter().map(candidate).collect();
    let supporters = start.vault.supporters().await?.into_iter().map(|s| SupporterCandidate {
        id: s.id,
        position: s.position,
        name: s.name,
        role: s.role,
        country: s.country,
        quote: s.quote,
        lang: s.lang,
        portrait: s.portrait,
        master: s.master,
        units: s.units,
        sound: s.sound,
    });
    Ok(choose(&programme, &start.campaign, &candidates, &supporters.collect::<Vec<_>>()))
}

fn candidate(message: &Released) -> Candidate {
    let parts = message.parts();
    Candidate {
        id: message.id(),
        state: MessageState::Released,
        choices: parts.choices.clone(),
        master: parts.master,
        units: parts.units,
        shown: parts.shown,
        sound: parts.sound,
    }
}

fn make_dir(file: &std::path::Path) -> Result<(), Failure> {
    let dir = file.parent().unwrap_or(file);
    std::fs::create_dir_all(dir).at(dir)
}
