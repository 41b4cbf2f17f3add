//! The second kind of walls: Landlock lets the process read libraries and its program, and nothing else.
//!
//! Refuses kernels without the third Landlock ABI (Linux 6.2), which first covers truncation. Network and signals are
//! also closed by the system call filter, so that an older ABI opens no hole there.

use std::os::fd::OwnedFd;
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, Scope,
};

use super::Libraries;

/// A ruleset that `program` enters before it starts.
pub(super) fn ruleset(program: &Path, libraries: &Libraries) -> Result<OwnedFd, String> {
    let made = build(program, libraries).map_err(|e| format!("Landlock is not usable ({e})"))?;
    made.ok_or_else(|| "the kernel has no Landlock".to_owned())
}

fn build(program: &Path, libraries: &Libraries) -> Result<Option<OwnedFd>, RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V3))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?;
    // Libraries are read into memory; only the program and what loads it are started.
    for folder in &libraries.folders {
        ruleset = allow(ruleset, folder, AccessFs::ReadFile | AccessFs::ReadDir)?;
    }
    for file in &libraries.files {
        ruleset = allow(ruleset, file, AccessFs::ReadFile.into())?;
    }
    for path in libraries.loader.as_deref().into_iter().chain([program]) {
        ruleset = allow(ruleset, path, AccessFs::ReadFile | AccessFs::Execute)?;
    }
    ruleset = allow(ruleset, Path::new("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile)?;
    ruleset = allow(ruleset, Path::new("/dev/urandom"), AccessFs::ReadFile.into())?;
    Ok(ruleset.into())
}

/// A path that is not there needs no permission.
fn allow(
    ruleset: landlock::RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<landlock::RulesetCreated, RulesetError> {
    match PathFd::new(path) {
        Ok(opened) => ruleset.add_rule(PathBeneath::new(opened, access)),
        Err(_) => Ok(ruleset),
    }
}
