//! `cargo xtask bench`: measurements that a reader can repeat.

use crate::shell::Res;

/// Name, what it measures, and what runs it.
type Bench = (&'static str, &'static str, fn() -> Res);

/// All of them.
const BENCHES: &[Bench] = &[];

/// `cargo xtask bench [NAME]`
pub(crate) fn main(words: &[String]) -> Res {
    let Some(name) = words.first() else {
        for (name, what, _) in BENCHES {
            println!("  {name:<12} {what}");
        }
        if BENCHES.is_empty() {
            println!("  no benchmark exists yet; the demo prints where its time goes");
        }
        return Ok(());
    };
    let found = BENCHES.iter().find(|(known, ..)| known == name);
    found.map_or_else(
        || Err(format!("no benchmark is called {name:?}; cargo xtask bench lists them")),
        |(_, _, run)| run(),
    )
}
