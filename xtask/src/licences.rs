//! `cargo xtask licences`: every dependency's licence, source and name against `deny.toml`.
//!
//! The same file is cargo-deny's; this reads the three lists of it that need no network and no half hour of building
//! another program. Where cargo-deny is installed, CI runs it too.

use std::collections::BTreeMap;

use crate::metadata::{Package, packages};
use crate::shell::Res;
use crate::tree;

/// `cargo xtask licences`
pub(crate) fn main() -> Res {
    let text = std::fs::read_to_string(tree::path("deny.toml")).map_err(|e| format!("deny.toml: {e}"))?;
    let policy = Policy::parse(&text)?;
    let packages = packages(true)?;
    let wrong = policy.check(&packages);
    if !wrong.is_empty() {
        return Err(format!("{} dependencies are not allowed:\n  {}", wrong.len(), wrong.join("\n  ")));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages.iter().filter(|p| !p.source.is_empty()) {
        *counts.entry(package.licence.as_str()).or_default() += 1;
    }
    println!(
        "  ✓ {} dependencies, all from crates.io, with {} different licence texts",
        counts.values().sum::<usize>(),
        counts.len()
    );
    Ok(())
}

/// What `deny.toml` allows.
#[derive(Debug, Default)]
struct Policy {
    licences: Vec<String>,
    exceptions: Vec<(String, String)>,
    banned: Vec<String>,
}

impl Policy {
    /// Reads the lines this needs: entries of `allow`, `exceptions` and `deny`, each on a line of its own.
    fn parse(text: &str) -> Res<Self> {
        let mut policy = Self::default();
        let (mut section, mut list) = (String::new(), String::new());
        for line in text.lines().map(|l| l.split(" #").next().unwrap_or(l).trim()) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                name.clone_into(&mut section);
            } else if let Some(name) = line.strip_suffix("= [") {
                list = format!("{section}.{}", name.trim());
            } else if line == "]" {
                list.clear();
            } else if !list.is_empty() && !line.starts_with('#') {
                policy.entry(&list, line);
            }
        }
        if policy.licences.is_empty() {
            return Err("deny.toml has no [licenses] allow = [ … ] with one licence a line".into());
        }
        Ok(policy)
    }

    fn entry(&mut self, list: &str, line: &str) {
        let quoted: Vec<_> = line.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        match (list, &quoted[..]) {
            ("licenses.allow", [licence]) => self.licences.push(licence.clone()),
            ("licenses.exceptions", [name, licence, ..]) => self.exceptions.push((name.clone(), licence.clone())),
            // A ban with wrappers is a rule about who may use a crate: `arrows` checks those.
            ("bans.deny", [name, ..]) if !line.contains("wrappers") => self.banned.push(name.clone()),
            _ => {}
        }
    }

    fn check(&self, packages: &[Package]) -> Vec<String> {
        let mut wrong = Vec::new();
        for package in packages.iter().filter(|p| !p.source.is_empty()) {
            let Package { name, version, licence, source, .. } = package;
            if self.banned.contains(name) {
                wrong.push(format!("{name} {version} is banned by deny.toml"));
            }
            if source != "registry+https://github.com/rust-lang/crates.io-index" {
                wrong.push(format!("{name} {version} comes from {source}; only crates.io is allowed"));
            }
            let excepted = |l: &str| self.exceptions.iter().any(|(n, allowed)| n == name && allowed == l);
            if !allowed(licence, &|l| self.licences.iter().any(|a| a == l) || excepted(l)) {
                wrong.push(format!("{name} {version} has the licence {licence:?}, which deny.toml does not allow"));
            }
        }
        wrong
    }
}

/// Whether an SPDX expression can be satisfied by licences that are `fine`.
fn allowed(expression: &str, fine: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = Words(spaced.split_whitespace().peekable());
    let result = words.either(fine);
    result && words.0.next().is_none()
}

struct Words<'a>(std::iter::Peekable<std::str::SplitWhitespace<'a>>);

impl Words<'_> {
    fn either(&mut self, fine: &dyn Fn(&str) -> bool) -> bool {
        let mut result = self.both(fine);
        while self.0.next_if_eq(&"OR").is_some() {
            result |= self.both(fine);
        }
        result
    }

    fn both(&mut self, fine: &dyn Fn(&str) -> bool) -> bool {
        let mut result = self.one(fine);
        while self.0.next_if_eq(&"AND").is_some() {
            result &= self.one(fine);
        }
        result
    }

    fn one(&mut self, fine: &dyn Fn(&str) -> bool) -> bool {
        match self.0.next() {
            Some("(") => {
                let result = self.either(fine);
                self.0.next() == Some(")") && result
            }
            Some(licence) => {
                let mut name = licence.to_owned();
                if self.0.next_if_eq(&"WITH").is_some() {
                    name = format!("{name} WITH {}", self.0.next().unwrap_or_default());
                }
                fine(&name)
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine(licence: &str) -> bool {
        ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"].contains(&licence)
    }

    #[test]
    fn expressions_are_weighed() {
        for yes in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-2.0) AND ISC",
            "Apache-2.0 WITH LLVM-exception OR X",
        ] {
            assert!(allowed(yes, &fine), "{yes}");
        }
        for no in
            ["", "GPL-3.0", "MIT AND GPL-3.0", "GPL-2.0 WITH Classpath", "(MIT", "MIT ISC", "MIT AND (GPL-2.0 OR X)"]
        {
            assert!(!allowed(no, &fine), "{no}");
        }
    }

    #[test]
    fn the_policy_is_read_and_breaches_are_named() {
        let policy = Policy::parse(include_str!("../../deny.toml")).unwrap();
        let package = |name: &str, licence: &str, source: &str| Package {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.into(),
            source: source.into(),
            room: String::new(),
            uses: Vec::new(),
        };
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(policy.check(&[package("fine", "MIT OR Apache-2.0", registry), package("ours", "", "")]), [""; 0]);
        assert!(policy.check(&[package("closed", "BUSL-1.1", registry)])[0].contains("BUSL-1.1"));
        assert!(policy.check(&[package("elsewhere", "MIT", "git+https://example.org")])[0].contains("only crates.io"));
        assert!(policy.check(&[package("native-tls", "MIT", registry)])[0].contains("banned"));
    }
}
