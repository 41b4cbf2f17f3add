//! Whole sites from fixed data: what pages say, what they never say, and what a second build costs.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{data, key, write};
use hamseda_press::{Changes, SiteFault, verify_manifest};
use hamseda_tally::sha256;

/// More than one page of messages.
const MANY: usize = 60;

/// A site that tests only read, built once; kept where `HAMSEDA_PRESS_OUT` says, to look at it.
struct Built {
    _sources: tempfile::TempDir,
    out: PathBuf,
}

fn site(messages: usize) -> &'static Path {
    static SITES: [OnceLock<Built>; 3] = [const { OnceLock::new() }; 3];
    let slot = match messages {
        0 => 0,
        24 => 1,
        _ => 2,
    };
    &SITES[slot].get_or_init(|| build(messages)).out
}

fn build(messages: usize) -> Built {
    let sources = tempfile::tempdir().unwrap();
    let out = match std::env::var_os("HAMSEDA_PRESS_OUT") {
        Some(kept) => Path::new(&kept).join(messages.to_string()),
        None => sources.path().join("site"),
    };
    write(&data(sources.path(), messages), &out);
    Built { _sources: sources, out }
}

/// A site of a test's own.
fn build_aside(messages: usize) -> Built {
    let sources = tempfile::tempdir().unwrap();
    let out = sources.path().join("site");
    write(&data(sources.path(), messages), &out);
    Built { _sources: sources, out }
}

fn every_file(dir: &Path, prefix: &str, out: &mut Vec<String>) {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap()).collect();
    names.sort_by_key(|e| e.file_name());
    for entry in names {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            every_file(&entry.path(), &format!("{path}/"), out);
        } else {
            out.push(path);
        }
    }
}

fn files(out: &Path) -> Vec<String> {
    let mut all = Vec::new();
    every_file(out, "", &mut all);
    all
}

fn html(out: &Path) -> Vec<(String, String)> {
    let pages = files(out).into_iter().filter(|path| path.ends_with(".html"));
    pages.map(|path| (path.clone(), fs::read_to_string(out.join(&path)).unwrap())).collect()
}

#[test]
fn pages_read_as_they_should() {
    for (state, messages) in [("empty", 0), ("few", 24)] {
        let out = site(messages);
        for lang in ["en", "fa"] {
            for page in ["index", "messages", "verify", "call"] {
                let text = fs::read_to_string(out.join(format!("{lang}/{page}.html"))).unwrap();
                insta::assert_snapshot!(format!("{state}-{lang}-{page}"), text);
            }
        }
    }
    let out = site(24);
    let first = files(out).into_iter().find(|path| path.starts_with("en/m/")).unwrap();
    insta::assert_snapshot!("few-en-message", fs::read_to_string(out.join(&first)).unwrap());
    insta::assert_snapshot!("few-fa-message", fs::read_to_string(out.join(first.replace("en/", "fa/"))).unwrap());
    insta::assert_snapshot!("root", fs::read_to_string(out.join("index.html")).unwrap());
}

#[test]
fn rule_9_every_link_leads_to_a_file() {
    for messages in [0, 24, MANY] {
        let out = site(messages);
        for (page, text) in html(out) {
            let dir = Path::new(&page).parent().unwrap();
            for link in links(&text) {
                let (path, _) = link.split_once('#').unwrap_or((&link, ""));
                if path.is_empty() {
                    continue;
                }
                assert!(!path.contains("://") && !path.starts_with('/'), "{page} reaches out to {link}");
                assert!(out.join(dir).join(path).is_file(), "{page} links to {link}, which is not there");
            }
        }
    }
}

fn links(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in [" href=\"", " src=\"", " poster=\"", " data-video=\""] {
        found.extend(html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    for set in html.split(" srcset=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        found.extend(set.split(", ").filter_map(|one| one.split(' ').next()).map(str::to_owned));
    }
    found
}

#[test]
fn no_page_says_what_must_not_be_said() {
    let dir = tempfile::tempdir().unwrap();
    let data = data(dir.path(), 24);
    let out = &dir.path().join("site");
    write(&data, out);
    let log = data.log.as_ref().unwrap();
    let secret: Vec<String> = log
        .leaves
        .iter()
        .filter(|leaf| leaf.kind.is_message())
        .flat_map(|leaf| [hex::encode(leaf.tag), hex::encode(leaf.commitment)])
        .collect();
    for (page, text) in html(out) {
        assert!(!secret.iter().any(|s| text.contains(s.as_str())), "{page} shows a tag or commitment of an A leaf");
        assert!(
            !text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick="),
            "{page}: the CSP forbids it"
        );
        assert!(
            text.contains("Content-Security-Policy") && text.contains("<title>") && text.contains(" dir=\""),
            "{page}"
        );
        assert!(text.contains("class=\"floors\"") || page == "index.html", "{page} hides that the floors are lowered");
    }
}

#[test]
fn the_log_of_a_site_verifies_and_its_files_are_listed() {
    let built = build_aside(24);
    let out = built.out.as_path();
    let check = verify_manifest(out, key().verifier()).unwrap();
    assert_eq!(check.faults, []);
    let listed = check.files as usize;
    assert_eq!(listed + 2, files(out).len(), "manifest and signature are the only files it does not list");
    let page = files(out).into_iter().find(|path| path.starts_with("fa/m/")).unwrap();
    let text = fs::read_to_string(out.join(&page)).unwrap();
    fs::write(out.join(&page), text.replace("<main", "<Main")).unwrap();
    assert_eq!(verify_manifest(out, key().verifier()).unwrap().faults, [SiteFault::Changed(page)]);
}

#[test]
fn rule_6_one_change_costs_one_change() {
    let dir = tempfile::tempdir().unwrap();
    let mut data = data(dir.path(), 24);
    let out = &dir.path().join("site");
    let first = write(&data, out);
    assert_eq!(first.changes.kept, 0);
    assert_eq!(write(&data, out).changes, Changes { written: 0, kept: first.changes.written - 2, removed: 0 });

    // One message is taken down: its clip, pictures and pages go; lists, neighbours and manifest follow.
    let gone = data.clips.remove(5);
    data.log.as_mut().unwrap().taken_down.push(gone.leaf);
    let report = write(&data, out);
    assert_eq!(report.changes.removed, 1 + 2 + 3, "{report:?}");
    assert!(files(out).iter().all(|path| !path.contains(&gone.page.to_string())));
    assert!(report.changes.written < 40, "{report:?}");
    for (page, text) in html(out) {
        assert!(!text.contains(&gone.page.to_string()), "{page} still names it");
    }
}

#[test]
fn the_first_view_is_light() {
    let out = site(MANY);
    for lang in ["fa", "en"] {
        let page = fs::read_to_string(out.join(lang).join("index.html")).unwrap();
        let size = |path: &str| fs::metadata(out.join(path)).unwrap().len();
        let fonts = ["arabic", "latin"].map(|script| size(&format!("assets/vazirmatn-{script}.woff2")));
        let styles = size("assets/site.css") + size("assets/site.js") + fonts.iter().sum::<u64>();
        // Everything an eager browser of a wide screen fetches, lazy pictures too.
        let pictures: u64 = links(&page)
            .iter()
            .filter(|link| link.ends_with(".jpg") && !link.contains("hero-640") && !link.contains("-320.jpg 320w"))
            .map(|link| size(link.trim_start_matches("../")))
            .sum();
        let all = page.len() as u64 + styles + pictures;
        assert!(all < 200_000, "{lang}: {all} bytes: {} page, {styles} style, {pictures} pictures", page.len());
    }
}

/// Whoever seals far from the intake finds every key set and its hash here; the newest first.
#[test]
fn key_sets_of_all_epochs_are_published_with_their_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path(), 3);
    let out = folder.path().join("site");
    write(&data, &out);
    let page = fs::read_to_string(out.join("en/verify.html")).unwrap();
    let page = page.replace('\n', " ");
    let mut last = page.len();
    for set in &data.keysets {
        let file = fs::read(out.join(format!("keysets/{}.json", set.epoch))).unwrap();
        assert_eq!(sha256(&file), set.sha256());
        let hash = hex::encode(set.sha256());
        let groups: Vec<_> = (0..64).step_by(4).map(|at| &hash[at..at + 4]).collect();
        let at = page.find(&groups.join(" ")).expect("its hash is on the page");
        assert!(at < last, "newest first");
        last = at;
    }
}
