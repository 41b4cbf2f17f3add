//! `cargo xtask soak`: tests that take minutes, over real networks and programs; not part of `cargo xtask test`.
//!
//! Each prints what it measured, fails when a promise was broken, and says why where it can't run on this machine.

mod faults;
mod stick;
mod tor;

use crate::shell::Res;

/// Name, what it shows, and what runs it with the words that follow the name.
type Soak = (&'static str, &'static str, fn(&[String]) -> Res);

/// All of them.
pub(crate) const NAMES: &[Soak] = &[
    ("faults", "uploads by seeded schedules of misfortune, for us and two other servers (1,000: 30 min)", faults::main),
    ("stick", "200 messages from a stick in one command, killed in the middle and run again (5 min)", stick::main),
    ("tor", "50 MB to an onion service of a private Tor network while circuits are killed (4 min)", tor::main),
];

/// `cargo xtask soak [NAME …]`
pub(crate) fn main(words: &[String]) -> Res {
    let Some(name) = words.first() else {
        for (name, what, _) in NAMES {
            println!("  {name:<12} {what}");
        }
        return Ok(());
    };
    let found = NAMES.iter().find(|(known, ..)| known == name);
    found.map_or_else(
        || Err(format!("no soak is called {name:?}; cargo xtask soak lists them")),
        |(_, _, run)| run(words.get(1..).unwrap_or_default()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_soak_is_refused() {
        assert!(main(&["rain".to_owned()]).unwrap_err().contains("cargo xtask soak lists them"));
    }
}
