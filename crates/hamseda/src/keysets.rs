//! Key sets of the campaign folder: `keyset.json` is the one to seal to, `keysets/EPOCH.json` are all there were. Both machines
//! hold them; every one is checked against the campaign key that `campaign.toml` pins.
//!
//! Refuses: a set of another campaign, an older one than is in place, and a file that is half written.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hamseda_core::{Campaign, CampaignPin, Lang};
use hamseda_seal::{KeySet, KeySets};

use crate::failure::{At, Failure};
use crate::folder::Folder;

/// Largest key set that is read: eight recipients fit many times over.
const KEYSET_LIMIT: usize = 256 * 1024;
/// Largest campaign file that is read.
const CAMPAIGN_LIMIT: usize = 1024 * 1024;

/// Where older and newer key sets lie, one file an epoch.
pub(crate) fn folder(folder: &Folder) -> PathBuf {
    folder.path("keysets")
}

/// All key sets of a campaign folder.
pub(crate) fn load(dir: &Folder) -> Result<KeySets, Failure> {
    let (campaign, current) = (dir.campaign()?, dir.keyset_file());
    let pin = pin(&campaign)?;
    let mut sets = KeySets::new(&fs::read(&current).at(&current)?, &campaign.origin, pin)?;
    for path in files(&folder(dir))? {
        sets.add(&fs::read(&path).at(&path)?, &campaign.origin, pin)?;
    }
    Ok(sets)
}

/// Puts a key set in place: the one to seal to from now on. Cut off at any moment, the folder holds a usable key set; done again,
/// it is done.
pub(crate) fn install(dir: &Folder, json: &[u8]) -> Result<KeySet, Failure> {
    let campaign = dir.campaign()?;
    let mut sets = load(dir)?;
    let all = folder(dir);
    fs::create_dir_all(&all).at(&all)?;
    for set in sets.all() {
        place(&all, &file_name(set), set)?;
    }
    let set = sets.install(json, &campaign.origin, pin(&campaign)?)?.clone();
    place(dir.root(), "keyset.json", &set)?;
    place(&all, &file_name(&set), &set)?;
    Ok(set)
}

/// Writes the first key set of a new folder.
#[cfg(feature = "trusted")]
pub(crate) fn first(dir: &Folder, set: &KeySet) -> Result<(), Failure> {
    let all = folder(dir);
    fs::create_dir_all(&all).at(&all)?;
    place(&all, &file_name(set), set)?;
    place(dir.root(), "keyset.json", set)
}

/// Reads a key set from a file or a URL. The signer must be the campaign: the key given, else the one of the `campaign.toml`
/// beside it. Says whether there was one to compare with.
pub(crate) async fn fetch(
    from: &str,
    proxy: Option<&str>,
    given: Option<CampaignPin>,
) -> Result<(KeySet, Option<CampaignPin>), Failure> {
    let bytes = fetch_bytes(from, proxy, KEYSET_LIMIT).await?;
    let pin = match given {
        Some(pin) => Some(pin),
        None => beside(from, proxy).await?,
    };
    Ok((KeySet::verify(&bytes, pin.as_ref().map(CampaignPin::as_bytes))?, pin))
}

/// Reads a campaign file from a file or a URL.
#[cfg(feature = "trusted")]
pub(crate) async fn fetch_campaign(from: &str, proxy: Option<&str>) -> Result<Campaign, Failure> {
    parse_campaign(from, &fetch_bytes(from, proxy, CAMPAIGN_LIMIT).await?)
}

/// The key that a campaign pins.
pub(crate) fn pin(campaign: &Campaign) -> Result<CampaignPin, Failure> {
    campaign.campaign_key.ok_or_else(|| {
        let what = "campaign.toml has no campaign_key, so nobody can tell the campaign's key set from another; take the file \
                    that hamseda init wrote";
        Failure::refused("no-campaign-key", what)
    })
}

/// A key set's hash for people: in groups of four digits, and in words where the language has a list.
pub(crate) fn hash_text(set: &KeySet, lang: Option<Lang>) -> String {
    let hex = hex::encode(set.hash());
    let groups: Vec<_> = (0..hex.len()).step_by(4).filter_map(|at| hex.get(at..at + 4)).collect();
    let words = lang.and_then(|lang| set.words(lang)).map(|words| format!("\nwords     {}", words.join(" ")));
    format!("hash      {}{}", groups.join(" "), words.unwrap_or_default())
}

fn is_url(from: &str) -> bool {
    from.starts_with("http://") || from.starts_with("https://")
}

async fn fetch_bytes(from: &str, proxy: Option<&str>, limit: usize) -> Result<Vec<u8>, Failure> {
    if is_url(from) {
        return Ok(hamseda_road::get(from, proxy, limit).await?);
    }
    fs::read(from).at(Path::new(from))
}

/// The campaign key that stands beside a key set. A lone key set has none; a server must have one.
async fn beside(from: &str, proxy: Option<&str>) -> Result<Option<CampaignPin>, Failure> {
    let (place, bytes) = if is_url(from) {
        let place = format!("{}campaign.toml", from.rsplit_once('/').map_or(from, |(base, _)| &from[..=base.len()]));
        let bytes = hamseda_road::get(&place, proxy, CAMPAIGN_LIMIT).await?;
        (place, bytes)
    } else {
        let place = Path::new(from).with_file_name("campaign.toml");
        match fs::read(&place) {
            Ok(bytes) => (place.display().to_string(), bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).at(&place),
        }
    };
    pin(&parse_campaign(&place, &bytes)?).map(Some)
}

fn parse_campaign(from: &str, bytes: &[u8]) -> Result<Campaign, Failure> {
    let refuse = |why: String| Failure::refused("campaign-file", format!("{from}: {why}"));
    let text = std::str::from_utf8(bytes).map_err(|e| refuse(e.to_string()))?;
    Campaign::parse(text).map_err(|e| refuse(e.to_string()))
}

/// The files of `keysets/`, none where there is no such folder.
fn files(all: &Path) -> Result<Vec<PathBuf>, Failure> {
    match fs::read_dir(all) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            let paths = entries.at(all)?.map(|entry| entry.map(|entry| entry.path()));
            let paths = paths.collect::<std::io::Result<Vec<_>>>().at(all)?;
            Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "json")).collect())
        }
    }
}

fn file_name(set: &KeySet) -> String {
    format!("{}.json", set.terms().epoch)
}

/// Writes a key set whole or not at all.
fn place(folder: &Path, name: &str, set: &KeySet) -> Result<(), Failure> {
    let (path, new) = (folder.join(name), folder.join(format!("{name}.new")));
    let mut file = File::create(&new).at(&new)?;
    file.write_all(set.to_json().as_bytes()).and_then(|()| file.sync_all()).at(&new)?;
    fs::rename(&new, &path).and_then(|()| File::open(folder)?.sync_all()).at(&path)
}
