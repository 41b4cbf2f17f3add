//! `cargo xtask setup`: what the project needs from this machine. Says what and why before it installs anything, and
//! installs nothing that is there.

mod model;
mod npm;
mod packages;
mod python;

pub(crate) use python::tus_python;

use crate::options::Options;
use crate::shell::Res;

/// What the machine is made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Building and running.
    Run,
    /// Tests too.
    Test,
}

/// `cargo xtask setup [--tests]`
pub(crate) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &[], &["tests"])?;
    let need = if options.has("tests") { Need::Test } else { Need::Run };
    if ready(need)? {
        println!("  ✓ everything was there");
    }
    Ok(())
}

/// Makes the machine ready. Returns whether it was already.
///
/// # Errors
/// What is missing and the command that mends it.
pub(crate) fn ready(need: Need) -> Res<bool> {
    let packages = packages::ensure(need)?;
    let node = npm::ensure(need)?;
    let model = model::ensure()?;
    let python = need == Need::Run || python::ensure()?;
    Ok(packages && node && model && python)
}
