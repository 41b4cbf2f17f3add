//! Building a site: pictures, clips, the log, pages, manifest. One more message touches only its own files and the lists.

use std::fs;
use std::path::Path;

use hamseda_core::{Day, Lang};
use hamseda_tally::layout::log_files;
use hamseda_tally::{LogParts, sha256};

use crate::folder::{Changes, Folder};
use crate::manifest::{self, Manifest};
use crate::pages::{FILM_POSTER, Site};
use crate::places::PlaceRelease;
use crate::{Clip, PressError, SiteData, images};

/// Path of the table of places.
const PLACES: &str = "places.json";

/// Signs a text (it ends in a newline) as a C2SP signed note with the log key, or says why it can't.
pub type Signer<'a> = &'a (dyn Fn(&str) -> Result<String, String> + Sync);

/// What a build did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct SiteReport {
    /// Pages of all languages.
    pub pages: u64,
    /// Published messages.
    pub messages: u64,
    /// Files written, kept, removed.
    #[serde(flatten)]
    pub changes: Changes,
    /// Files of the site, the manifest aside.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// Writes the site of `data` into `out`. `today` dates the feed where it changed; `progress` hears steps done and steps in
/// all.
///
/// # Errors
/// See [`PressError`]. A build that fails leaves a site in which every file is whole, the old one or the new.
pub fn write_site(
    data: &SiteData,
    today: Day,
    sign: Signer<'_>,
    out: &Path,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<SiteReport, PressError> {
    let mut folder = Folder::open(out)?;
    let mut clips: Vec<_> = data.clips.iter().collect();
    clips.sort_by_key(|clip| clip.page);
    let steps = clips.len() as u64 + 1;
    write_assets(&mut folder, data)?;
    for (done, clip) in (0..).zip(&clips) {
        progress(done, steps);
        write_clip(&mut folder, clip)?;
    }
    write_supporters(&mut folder, data)?;
    write_film(&mut folder, data)?;
    let wall_size = write_wall(&mut folder, data)?;
    let shards = write_log(&mut folder, data)?;
    for set in &data.keysets {
        folder.put(&set.path(), set.json.as_bytes())?;
    }
    let places = next_places(&mut folder, data)?;

    let lengths = folder.lengths();
    let site = Site {
        data,
        clips,
        places: &places,
        tree: data.log.as_ref().map(crate::Log::tree),
        length: &|path| lengths.get(path).copied(),
        wall_size,
        shards,
    };
    let pages = site.pages()?;
    for page in &pages {
        folder.put(&page.path, page.text.as_bytes())?;
    }
    for &lang in &data.campaign.languages {
        write_feed(&mut folder, &site, lang, today)?;
    }
    let files = finish(&mut folder, data, sign, out)?;
    progress(steps, steps);
    Ok(SiteReport {
        pages: pages.len() as u64,
        messages: data.clips.len() as u64,
        changes: folder.changes(),
        files: files.files.len() as u64,
        bytes: files.files.values().map(|entry| entry.bytes).sum(),
    })
}

/// Writes a clip and its pictures. A page is of one file for ever, so pictures that stand beside the same file are right.
fn write_clip(folder: &mut Folder, clip: &Clip) -> Result<(), PressError> {
    let known = folder.copy(&clip.path(), &clip.file, clip.sha256)?;
    for width in [320, 640] {
        let path = format!("img/{}-{width}.jpg", clip.page);
        if !(known && folder.keep(&path)?) {
            folder.put(&path, &scaled(&clip.poster, |jpeg| images::narrowed(jpeg, width))?)?;
        }
    }
    Ok(())
}

fn scaled(from: &Path, scale: impl Fn(&[u8]) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, PressError> {
    let jpeg = fs::read(from).map_err(|e| PressError::io(from, e))?;
    scale(&jpeg).map_err(|why| PressError::Picture { at: from.to_owned(), why })
}

fn write_assets(folder: &mut Folder, data: &SiteData) -> Result<(), PressError> {
    let accent = data.campaign.accent_rgb();
    let css = format!("{}{}", hamseda_assets::SITE_CSS, hamseda_assets::accent_css(accent));
    folder.put("assets/site.css", css.as_bytes())?;
    folder.put("assets/site.js", hamseda_assets::SITE_JS.as_bytes())?;
    folder.put("assets/verify.js", hamseda_assets::VERIFY_JS.as_bytes())?;
    for font in hamseda_assets::WEB_FONTS {
        folder.put(&format!("assets/{}", font.name), font.bytes)?;
    }
    folder.put("assets/Vazirmatn-OFL.txt", hamseda_assets::VAZIRMATN_LICENCE.as_bytes())?;
    folder.put("assets/icon.svg", hamseda_assets::icon_svg(accent).as_bytes())
}

fn write_supporters(folder: &mut Folder, data: &SiteData) -> Result<(), PressError> {
    for supporter in &data.supporters {
        if let Some(portrait) = &supporter.portrait {
            for width in [128, 320] {
                let path = crate::pages::portrait_path(&supporter.id, width);
                folder.put(&path, &scaled(portrait, |jpeg| images::narrowed(jpeg, width))?)?;
            }
        }
        if let Some(file) = &supporter.file {
            folder.copy_any(&crate::pages::supporter_clip_path(&supporter.id), file)?;
        }
    }
    Ok(())
}

fn write_film(folder: &mut Folder, data: &SiteData) -> Result<(), PressError> {
    let Some(film) = &data.film else { return Ok(()) };
    folder.copy_any("film/film.mp4", &film.file)?;
    match &film.poster {
        Some(poster) => folder.put(FILM_POSTER, &scaled(poster, |jpeg| images::narrowed(jpeg, 640))?),
        None => Ok(()),
    }
}

/// Writes the wall and says how large its still is.
fn write_wall(folder: &mut Folder, data: &SiteData) -> Result<(usize, usize), PressError> {
    let Some(wall) = &data.wall else { return Ok((0, 0)) };
    let still = fs::read(&wall.still).map_err(|e| PressError::io(&wall.still, e))?;
    folder.put("wall/wall.jpg", &still)?;
    // The first picture of the first page: small enough that the whole first view stays below 200 kB.
    folder.put("wall/hero-640.jpg", &scaled(&wall.still, |jpeg| images::within(jpeg, 640, 32_000))?)?;
    folder.put("wall/hero-1280.jpg", &scaled(&wall.still, |jpeg| images::within(jpeg, 1280, 64_000))?)?;
    if let Some(video) = &wall.video {
        folder.copy_any("wall/wall.mp4", video)?;
    }
    images::size(&still).map_err(|why| PressError::Picture { at: wall.still.clone(), why })
}

/// Writes the log and lists its script shards.
fn write_log(folder: &mut Folder, data: &SiteData) -> Result<String, PressError> {
    let Some(log) = &data.log else { return Ok(String::new()) };
    let published = data.published()?;
    let parts = LogParts {
        leaves: &log.leaves,
        checkpoint: &log.checkpoint,
        policy: &log.policy,
        batches: &log.batches,
        published: &published,
    };
    let mut shards = Vec::new();
    for file in log_files(&parts)? {
        folder.put(&file.path, &file.bytes)?;
        let shard = file.path.strip_prefix("log/js/").and_then(|name| name.strip_suffix(".js"));
        shards.extend(shard.and_then(|n| n.parse::<u64>().ok()));
    }
    shards.sort_unstable();
    Ok(shards.iter().map(u64::to_string).collect::<Vec<_>>().join(" "))
}

fn next_places(folder: &mut Folder, data: &SiteData) -> Result<PlaceRelease, PressError> {
    let before = folder.earlier(PLACES).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let messages = data.clips.iter().map(|clip| (clip.page, clip.place.clone())).collect();
    let next = PlaceRelease::next(before.as_ref(), &messages, &data.campaign.places, data.campaign.floors.k);
    let mut json = serde_json::to_vec_pretty(&next).unwrap_or_default();
    json.push(b'\n');
    folder.put(PLACES, &json)?;
    Ok(next)
}

/// A feed keeps its date as long as it says the same.
fn write_feed(folder: &mut Folder, site: &Site<'_>, lang: Lang, today: Day) -> Result<(), PressError> {
    let undated = |text: &str| text.lines().filter(|line| !line.starts_with("<updated>")).collect::<String>();
    let feed = site.feed(lang, today)?;
    let earlier = folder.earlier(&feed.path).and_then(|bytes| String::from_utf8(bytes).ok());
    let text = earlier.filter(|old| undated(old) == undated(&feed.text)).unwrap_or(feed.text);
    folder.put(&feed.path, text.as_bytes())
}

/// Removes what is unwanted, then writes the manifest and its signature.
fn finish(folder: &mut Folder, data: &SiteData, sign: Signer<'_>, out: &Path) -> Result<Manifest, PressError> {
    let manifest =
        Manifest { origin: data.campaign.origin.clone(), pictures: manifest::PICTURES, files: folder.sweep()? };
    let bytes = manifest.to_bytes();
    let same = fs::read(out.join(manifest::FILE)).is_ok_and(|old| sha256(&old) == sha256(&bytes));
    if !same || !out.join(manifest::NOTE).is_file() {
        let note = sign(&manifest.signed_text()).map_err(PressError::Sign)?;
        folder.put_last(manifest::FILE, &bytes)?;
        folder.put_last(manifest::NOTE, note.as_bytes())?;
    }
    Ok(manifest)
}
