//! `hamseda supporter import`: named supporters from a list, with their clips and portraits, through the same cage.

use std::path::{Path, PathBuf};

use hamseda_cage::Cage;
use hamseda_core::{ArtefactId, Lang, Limits, Local, SupporterId};
use hamseda_protect::{MASTER, POSTER, Paths, Recipe, TILES};
use hamseda_tally::sha256;
use hamseda_vault::{ArtefactKind, Supporter, Vault};
use serde::{Deserialize, Serialize};

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::{Output, Unit};
use crate::rooms;

/// Portraits: JPEG, 320 x 320.
const PORTRAIT: ArtefactKind = ArtefactKind::new("portrait", "jpg");

/// The list: `[[supporter]]` tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    supporter: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Local,
    role: Local,
    country: Local,
    #[serde(default)]
    quote: Local,
    lang: Lang,
    /// JPEG, PNG or WebP, relative to the list.
    portrait: Option<PathBuf>,
    /// A clip, relative to the list.
    clip: Option<PathBuf>,
}

#[derive(Default, Serialize)]
struct Report {
    supporters: u64,
    clips: u64,
    portraits: u64,
}

pub(crate) async fn run(args: cli::Supporter, out: Output) -> Result<(), Failure> {
    let cli::Supporter::Import { dir, file } = args;
    let text = std::fs::read_to_string(&file).at(&file)?;
    let list: List =
        toml::from_str(&text).map_err(|e| Failure::refused("supporter-list", format!("{}: {e}", file.display())))?;
    let base = file.parent().unwrap_or(Path::new("."));
    let vault = rooms::vault(&Folder::open(&dir.dir)?).await?;
    let cage = Cage::new()?;
    let bar = out.bar(list.supporter.len() as u64, "importing", Unit::Items);
    let mut report = Report::default();
    for (position, entry) in (0..).zip(list.supporter) {
        let supporter = supporter(&vault, &cage, base, position, entry).await?;
        report.supporters += 1;
        report.clips += u64::from(supporter.master.is_some());
        report.portraits += u64::from(supporter.portrait.is_some());
        vault.put_supporter(&supporter).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.result(&report, || {
        format!("imported {} supporters, {} clips, {} portraits", report.supporters, report.clips, report.portraits)
    });
    Ok(())
}

async fn supporter(vault: &Vault, cage: &Cage, base: &Path, position: i64, entry: Entry) -> Result<Supporter, Failure> {
    let read = |path: PathBuf| {
        let path = base.join(path);
        std::fs::read(&path).at(&path)
    };
    let id = id_of(&entry.name);
    let before = vault.supporters().await?.into_iter().find(|s| s.id == id);
    let portrait = match entry.portrait.map(read).transpose()? {
        Some(bytes) => Some(portrait(vault, cage, bytes).await?),
        None => None,
    };
    let clip = match entry.clip.map(read).transpose()? {
        Some(bytes) => Some(clip(vault, cage, before.as_ref(), bytes).await?),
        None => None,
    };
    Ok(Supporter {
        id,
        position,
        name: entry.name,
        role: entry.role,
        country: entry.country,
        quote: entry.quote,
        lang: entry.lang,
        portrait,
        master: clip.as_ref().map(|c| c.master),
        units: clip.as_ref().map_or(0, |c| c.units),
        sound: clip.as_ref().is_some_and(|c| c.sound),
    })
}

/// A supporter's normalised clip.
struct Clip {
    master: ArtefactId,
    units: u32,
    sound: bool,
}

/// Makes a portrait, or finds the one made before.
async fn portrait(vault: &Vault, cage: &Cage, picture: Vec<u8>) -> Result<ArtefactId, Failure> {
    let id = Recipe::supporter(&picture)?.artefact(PORTRAIT);
    if vault.artefact(id).await?.is_none() {
        let (cage, scratch) = (cage.clone(), vault.scratch(PORTRAIT));
        let jpeg = off_thread(move || Ok(hamseda_protect::portrait(&cage, &picture, &Limits::DEFAULT)?)).await?;
        std::fs::write(&scratch, jpeg).at(&scratch)?;
        vault.keep_artefact(id, PORTRAIT, &scratch).await?;
    }
    Ok(id)
}

/// Prepares a clip, or finds the one prepared before.
async fn clip(vault: &Vault, cage: &Cage, before: Option<&Supporter>, clip: Vec<u8>) -> Result<Clip, Failure> {
    let recipe = Recipe::supporter(&clip)?;
    let master = recipe.artefact(MASTER);
    if let Some(before) = before.filter(|s| s.master == Some(master))
        && vault.artefact(master).await?.is_some()
    {
        return Ok(Clip { master, units: before.units, sound: before.sound });
    }
    let paths = Paths { master: vault.scratch(MASTER), tiles: vault.scratch(TILES), poster: vault.scratch(POSTER) };
    let (cage, to) = (cage.clone(), paths.clone());
    let made = off_thread(move || Ok(hamseda_protect::prepare_supporter(&cage, &clip, &Limits::DEFAULT, &to)?)).await?;
    for (kind, path) in [(TILES, &paths.tiles), (POSTER, &paths.poster), (MASTER, &paths.master)] {
        vault.keep_artefact(recipe.artefact(kind), kind, path).await?;
    }
    Ok(Clip { master, units: made.units, sound: made.sound })
}

/// Decoding and encoding block; the runtime's threads must not.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Failure::refused("supporter", e.to_string()))?
}

/// The same name is the same person: a second import replaces, it doesn't double.
fn id_of(name: &Local) -> SupporterId {
    let text: Vec<_> = name.0.iter().map(|(lang, name)| format!("{lang}={name}")).collect();
    let hash = sha256(format!("hamseda/supporter/v1\n{}", text.join("\n")).as_bytes());
    let mut id = [0; SupporterId::LEN];
    id.copy_from_slice(&hash[..SupporterId::LEN]);
    SupporterId::from_bytes(id)
}
