//! The scripts that carry the log to a page opened from a folder must carry the same log.

use std::collections::BTreeMap;

use super::{Audit, FaultCode};
use crate::{layout, shards};

impl Audit<'_> {
    pub(super) fn scripts(&mut self, size: u64, batches: u64) {
        let mut members: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for file in layout::required(size, batches) {
            members.entry(file.shard).or_default().push(file.path);
        }
        for (shard, paths) in members {
            self.script(shard, &paths);
        }
    }

    fn script(&mut self, shard: u64, paths: &[String]) {
        let path = shards::path(shard);
        let present: Option<Vec<(&str, &[u8])>> =
            paths.iter().map(|p| Some((p.as_str(), &**self.files.get(p)?))).collect();
        let right = present.map(shards::encode);
        // Base64 and the calls around it add less than half; a file that is missing beside it may be as long as any.
        let limit = right.as_ref().map_or(super::MAX_INDEX * 2, |bytes| bytes.len() as u64);
        let found = match self.source.read(&path, limit) {
            Ok(found) => found,
            Err(super::ReadError::TooLong) => Vec::new(),
            Err(_) => {
                self.fetch(&path, limit);
                return;
            }
        };
        if Some(&found) != right.as_ref()
            && let Some(why) = self.difference(&found, paths)
        {
            self.fault(FaultCode::ScriptChanged, &path, why);
        }
    }

    /// Why a script is not what it must be; `None` when the file beside it is the one at fault.
    fn difference(&self, found: &[u8], paths: &[String]) -> Option<String> {
        let held = match shards::parse(found) {
            Ok(held) => held,
            Err(error) => return Some(error.to_string()),
        };
        if held.iter().map(|(path, _)| *path).ne(paths.iter().map(String::as_str)) {
            return Some("it does not hold the files it must, in their order".into());
        }
        let faulty = |path: &str| self.report.faults.iter().any(|fault| fault.path == path);
        let wrong = held
            .iter()
            .find(|(path, bytes)| !faulty(path) && self.files.get(*path).map(|file| &**file) != Some(bytes.as_slice()));
        wrong.map(|(path, _)| format!("the copy of {path} in it differs from the file"))
    }
}
