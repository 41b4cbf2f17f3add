//! npm packages from the lock files, and the pages built from `web/`. Stamps by content, so that a fresh clone and a
//! touched file cost nothing that isn't needed.

use std::path::Path;

use super::Need;
use crate::shell::{Res, exists, output, run, tool};
use crate::{stamp, tree};

/// Oldest Node.js that the build tools take.
const NODE: (u32, u32) = (20, 19);

/// Makes the pages and, for tests, the browser tools ready. Returns whether they were already.
///
/// # Errors
/// Node.js is missing or old, npm can't fetch, or the build fails.
pub(super) fn ensure(need: Need) -> Res<bool> {
    node()?;
    let web = tree::path("web");
    let packages = packages(&web, "styles, scripts and fonts of the pages are built with them")?;
    let pages = pages(&web)?;
    if need == Need::Run {
        return Ok(packages && pages);
    }
    let e2e = packages_of_tests()?;
    Ok(packages && pages && e2e)
}

fn packages_of_tests() -> Res<bool> {
    packages(&tree::path("e2e"), "tests: they drive the browser and check formats with other people's code")
}

fn node() -> Res {
    let hint = "install Node.js 20.19 or newer with npm (https://nodejs.org, or Debian's nodejs and npm from testing)";
    if !exists("node") || !exists("npm") {
        return Err(format!("Node.js is missing: {hint}"));
    }
    let text = output(tool("node").arg("--version"))?;
    match version(&text) {
        Some(found) if found >= NODE => Ok(()),
        _ => Err(format!("Node.js {} is too old: {hint}", text.trim())),
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `npm ci` where the lock file changed since the last one.
fn packages(folder: &Path, why: &str) -> Res<bool> {
    let lock = folder.join("package-lock.json");
    let recipe = std::fs::read_to_string(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    let mark = folder.join("node_modules/.made-from");
    if stamp::says(&mark, &recipe) {
        return Ok(true);
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    println!("Installing the npm packages of {name}/ ({why})");
    // --ignore-scripts: no package may run anything on this machine just by being installed.
    run(tool("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]).current_dir(folder))
        .map_err(|e| format!("{e}\n\nnpm could not install the packages of {name}/package-lock.json; with a network, run cargo xtask setup again"))?;
    stamp::set(&mark, &recipe)?;
    Ok(false)
}

/// `npm run build` where anything in `web/` changed since the last one.
fn pages(web: &Path) -> Res<bool> {
    let recipe = stamp::folder(web, &["node_modules", "dist"])?;
    let mark = web.join("node_modules/.pages-made-from");
    if web.join("dist/site.css").is_file() && stamp::says(&mark, &recipe) {
        return Ok(true);
    }
    println!("Building the pages' styles, scripts and fonts (web/)");
    run(tool("npm").args(["run", "--silent", "build"]).current_dir(web))?;
    stamp::set(&mark, &recipe)?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(version("v20.19.0\n").unwrap() >= NODE);
        assert!(version("v9.11.2").unwrap() < NODE);
        assert_eq!(version("twenty"), None);
    }
}
