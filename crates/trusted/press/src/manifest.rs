//! `manifest.json`: the hash of every file of a site, and `manifest.note`: the log key's signature over it, so that a
//! mirror or a stick can be checked against the campaign's key.
//!
//! Refuses: files that the list does not name. A stranger's page inside a mirror is a fault too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use hamseda_tally::note::Note;
use hamseda_tally::{Hash, VerifierKey, sha256, sha256_reader};
use serde::{Deserialize, Serialize};

use crate::PressError;

/// The list's file name.
pub const FILE: &str = "manifest.json";
/// The signature's file name.
pub const NOTE: &str = "manifest.note";

/// The way pictures are scaled now ([`Manifest::pictures`]).
pub const PICTURES: u32 = 1;

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// SHA-256, hex in the file.
    #[serde(with = "hex32")]
    pub sha256: Hash,
    /// Length.
    pub bytes: u64,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The campaign's origin, which is also the name of the key that signs.
    pub origin: String,
    /// The way pictures were scaled; another number makes all of them anew.
    pub pictures: u32,
    /// By path from the site's root, `/` between names.
    pub files: BTreeMap<String, Entry>,
}

impl Manifest {
    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers always serialise.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads the file; `None` for anything [`Manifest::to_bytes`] would not write.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        (manifest.to_bytes() == bytes).then_some(manifest)
    }

    /// The text that is signed.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!("hamseda site manifest v1\n{}\n{}\n", self.origin, hex::encode(sha256(&self.to_bytes())))
    }
}

/// Hashes as lower-case hex.
mod hex32 {
    use hamseda_tally::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let mut hash = Hash::default();
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut hash).map_err(D::Error::custom)?;
        Ok(hash)
    }
}

/// What is wrong with one file of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "fault", content = "path")]
pub enum SiteFault {
    /// Other bytes than listed.
    Changed(String),
    /// Listed and not there.
    Missing(String),
    /// There and not listed.
    Extra(String),
}

/// What a check of a site found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteCheck {
    /// The campaign's origin.
    pub origin: String,
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What is wrong, by path; empty when all is well.
    pub faults: Vec<SiteFault>,
}

/// Checks every file of a site against its manifest, and the manifest against the key.
///
/// # Errors
/// [`PressError::Manifest`] when list or signature are missing or wrong, so that nothing can be said of the files.
pub fn verify_manifest(site: &Path, key: &VerifierKey) -> Result<SiteCheck, PressError> {
    let bad = |why: String| PressError::Manifest { site: site.to_owned(), why };
    let read = |name: &str| fs::read(site.join(name)).map_err(|e| bad(format!("{name} can't be read ({e})")));
    let bytes = read(FILE)?;
    let manifest =
        Manifest::parse(&bytes).ok_or_else(|| bad(format!("{FILE} is not a list of files as written here")))?;
    let note = Note::parse(&read(NOTE)?).map_err(|e| bad(format!("{NOTE}: {e}")))?;
    let signed = note.verified_by(key).map_err(|e| bad(format!("{NOTE}: {e}")))?;
    if signed != manifest.signed_text() || manifest.origin != key.name() {
        return Err(bad(format!("{NOTE} signs another list than {FILE}")));
    }
    let mut found = BTreeSet::new();
    list(site, "", &mut found)?;
    let mut check = SiteCheck { origin: manifest.origin.clone(), files: 0, bytes: 0, faults: Vec::new() };
    for (path, entry) in &manifest.files {
        if !found.remove(path) {
            check.faults.push(SiteFault::Missing(path.clone()));
            continue;
        }
        let at = site.join(path);
        let hash = File::open(&at).and_then(sha256_reader).map_err(|e| PressError::io(&at, e))?;
        check.files += 1;
        check.bytes += entry.bytes;
        if hash != entry.sha256 {
            check.faults.push(SiteFault::Changed(path.clone()));
        }
    }
    let extra = found.into_iter().filter(|path| path != FILE && path != NOTE);
    check.faults.extend(extra.map(SiteFault::Extra));
    Ok(check)
}

fn list(dir: &Path, prefix: &str, found: &mut BTreeSet<String>) -> Result<(), PressError> {
    for item in fs::read_dir(dir).map_err(|e| PressError::io(dir, e))? {
        let item = item.map_err(|e| PressError::io(dir, e))?;
        let path = format!("{prefix}{}", item.file_name().to_string_lossy());
        // A link is listed as a file: it is either named and read through, or extra.
        if item.file_type().is_ok_and(|t| t.is_dir()) {
            list(&item.path(), &format!("{path}/"), found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hamseda_core::Secret;
    use hamseda_tally::LogKey;

    use super::*;

    fn key() -> LogKey {
        LogKey::from_seed("orvana.example/we-can", Secret::new([7; 32])).unwrap()
    }

    fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest =
            Manifest { origin: "orvana.example/we-can".into(), pictures: PICTURES, files: BTreeMap::new() };
        for (path, text) in files {
            let at = dir.path().join(path);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, text).unwrap();
            manifest.files.insert((*path).into(), Entry { sha256: sha256(text.as_bytes()), bytes: text.len() as u64 });
        }
        fs::write(dir.path().join(FILE), manifest.to_bytes()).unwrap();
        fs::write(dir.path().join(NOTE), Note::sign(&manifest.signed_text(), &key()).unwrap().encode()).unwrap();
        dir
    }

    #[test]
    fn every_change_is_named() {
        let site = site(&[("index.html", "a"), ("en/x.html", "b"), ("en/y.html", "c")]);
        assert_eq!(verify_manifest(site.path(), key().verifier()).unwrap().faults, []);
        fs::write(site.path().join("en/x.html"), "B").unwrap();
        fs::remove_file(site.path().join("en/y.html")).unwrap();
        fs::write(site.path().join("en/z.html"), "").unwrap();
        let faults = verify_manifest(site.path(), key().verifier()).unwrap().faults;
        let path = |p: &str| p.to_owned();
        assert_eq!(
            faults,
            [
                SiteFault::Changed(path("en/x.html")),
                SiteFault::Missing(path("en/y.html")),
                SiteFault::Extra(path("en/z.html"))
            ]
        );
    }

    #[test]
    fn a_list_that_was_not_signed_is_refused() {
        let site = site(&[("index.html", "a")]);
        let other = LogKey::from_seed("orvana.example/we-can", Secret::new([8; 32])).unwrap();
        assert!(matches!(verify_manifest(site.path(), other.verifier()), Err(PressError::Manifest { .. })));
        let bytes = fs::read_to_string(site.path().join(FILE)).unwrap();
        fs::write(site.path().join(FILE), bytes.replace("\"bytes\": 1", "\"bytes\": 2")).unwrap();
        assert!(matches!(verify_manifest(site.path(), key().verifier()), Err(PressError::Manifest { .. })));
    }

    #[test]
    fn the_list_reads_back_and_has_one_text() {
        let manifest = Manifest { origin: "o".into(), pictures: PICTURES, files: BTreeMap::new() };
        assert_eq!(Manifest::parse(&manifest.to_bytes()), Some(manifest.clone()));
        assert_eq!(Manifest::parse(&serde_json::to_vec(&manifest).unwrap()), None);
    }
}
