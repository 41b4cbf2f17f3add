//! The intake denies itself every file but its own before it listens, so that even a campaign folder that also holds keys
//! (a trial on one machine) gives it none. Refuses nothing where the kernel has no Landlock: it says so instead, since the
//! public machine holds no key anyway.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than this many lines at one time are a flood: somebody uninvited has to leave.
const CONNECTIONS: usize = 16_000;
/// Descriptors for files that are being written, the database and the program itself.
const OWN_FILES: u64 = 1_000;

/// Limits this process, for good, to reading `read` and changing what lies under `write`. Says whether the kernel enforces it.
pub(crate) fn to_files(read: &[PathBuf], write: &[PathBuf]) -> Result<bool, RulesetError> {
    let abi = ABI::V3;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .create()?;
    let groups = [(read, AccessFs::from_read(abi)), (write, AccessFs::from_all(abi) & !AccessFs::Execute)];
    for (paths, access) in groups {
        for path in paths {
            // A file that isn't there needs no permission.
            let Ok(fd) = PathFd::new(path) else { continue };
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
            rules = rules.add_rule(PathBeneath::new(fd, access))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

/// How many connections this process can have open: as many as the system lets it, and room for its own files.
pub(crate) fn connections() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum || limit.maximum.is_none() {
        let wanted = Rlimit { current: limit.maximum.or(Some(65_536)), ..limit };
        if setrlimit(Resource::Nofile, wanted).is_ok() {
            limit = getrlimit(Resource::Nofile);
        }
    }
    let most = limit.current.unwrap_or(u64::MAX);
    usize::try_from(most.saturating_sub(OWN_FILES).max(most / 2)).unwrap_or(usize::MAX).min(CONNECTIONS)
}
