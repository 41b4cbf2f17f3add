//! Whether the key set of a campaign folder can be sealed to, and for how long.

use std::path::Path;

use hamseda_core::{Clock as _, SystemClock};

use super::Check;
use crate::folder::Folder;
use crate::keysets;

/// Days before the end in which the next key set should be made: the campaign key is offline, and pages that people have
/// open go on with the old set.
const SOON: i32 = 14;

/// Nothing to say of a folder that holds no campaign.
pub(super) fn check(dir: &Path) -> Option<Check> {
    let folder = Folder::open(dir).ok()?;
    let sets = match keysets::load(&folder) {
        Ok(sets) => sets,
        Err(failure) => {
            let mend = Some("hamseda keyset check: it names the file that is wrong".into());
            return Some(Check { name: "key set", ok: false, found: failure.what, mend });
        }
    };
    let terms = sets.current().terms();
    let left = terms.expires.0 - SystemClock.today().0;
    let found = match left {
        ..0 => format!("epoch {} ended on {}: nobody can seal to it", terms.epoch, terms.expires),
        _ => format!("epoch {}, until {} ({left} days)", terms.epoch, terms.expires),
    };
    let ok = left >= SOON;
    let mend =
        (!ok).then(|| "hamseda keyset next, then keyset sign on the offline machine, then keyset install".into());
    Some(Check { name: "key set", ok, found, mend })
}
