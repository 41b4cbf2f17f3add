//! `cargo xtask arrows`: dependencies between rooms walk one way, so that a seized machine holds no more than its zone.

mod rules;

use std::collections::BTreeMap;

use crate::metadata::{Kind, Package, packages};
use crate::shell::Res;
use rules::{ALLOWED, KEPT, Zone};

/// `cargo xtask arrows`
pub(crate) fn main() -> Res {
    let packages = packages(false)?;
    let wrong = check(&packages);
    if wrong.is_empty() {
        let arrows: usize = packages.iter().map(|p| p.uses.len()).sum();
        println!("  ✓ {} crates and {arrows} dependencies walk the right way", packages.len());
        return Ok(());
    }
    Err(format!("{} dependencies walk the wrong way:\n  {}", wrong.len(), wrong.join("\n  ")))
}

/// Every breach of the rules, as a sentence.
fn check(packages: &[Package]) -> Vec<String> {
    let zones: BTreeMap<&str, Zone> = packages.iter().map(|p| (p.name.as_str(), Zone::of(&p.room))).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            wrong
                .push(format!("{} is not in xtask/src/arrows/rules.rs: say there what it may depend on", package.name));
            continue;
        };
        let from = Zone::of(&package.room);
        for (name, kind) in &package.uses {
            if let Some(&to) = zones.get(name.as_str()) {
                if !from.may_know(to) {
                    wrong.push(format!("{} ({from}) → {name} ({to}): {}", package.name, from.why_not(to)));
                } else if *kind == Kind::Normal && !allowed.contains(&"*") && !allowed.contains(&short(name)) {
                    wrong.push(format!(
                        "{} → {name}: not among what it may depend on ({})",
                        package.name,
                        allowed.join(", ")
                    ));
                }
            }
            let kept = KEPT.iter().find(|k| k.crates.contains(&name.as_str()));
            if let Some(kept) = kept.filter(|k| !k.rooms.contains(&package.name.as_str())) {
                wrong.push(format!("{} → {name}: only {} may; {}", package.name, kept.rooms.join(", "), kept.why));
            }
        }
    }
    wrong
}

fn short(name: &str) -> &str {
    name.strip_prefix("hamseda-").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_in(room: &str, uses: &[(&str, Kind)]) -> Package {
        let name = room.rsplit('/').next().unwrap();
        let name = if room == "hamseda" || room == "xtask" { name.to_owned() } else { format!("hamseda-{name}") };
        let uses = uses.iter().map(|(n, k)| ((*n).to_owned(), *k)).collect();
        Package { name, version: String::new(), licence: String::new(), source: String::new(), room: room.into(), uses }
    }

    fn complaints(room: &str, uses: &[(&str, Kind)]) -> Vec<String> {
        let others = ["shared/core", "shared/seal", "shared/assets", "public/inbox", "trusted/open", "trusted/vault"];
        let mut packages: Vec<_> = others.iter().filter(|o| **o != room).map(|o| crate_in(o, &[])).collect();
        packages.push(crate_in(room, uses));
        check(&packages)
    }

    #[test]
    fn the_right_way_is_free() {
        assert_eq!(
            complaints("trusted/protect", &[("hamseda-core", Kind::Normal), ("hamseda-vault", Kind::Normal)]),
            [""; 0]
        );
        assert_eq!(
            complaints("public/intake", &[("hamseda-inbox", Kind::Normal), ("hamseda-assets", Kind::Normal)]),
            [""; 0]
        );
        assert_eq!(complaints("hamseda", &[("hamseda-open", Kind::Normal), ("hamseda-inbox", Kind::Normal)]), [""; 0]);
    }

    #[test]
    fn the_public_machine_knows_nothing_of_the_trusted_one() {
        for kind in [Kind::Normal, Kind::Dev] {
            let said = complaints("public/intake", &[("hamseda-open", kind)]);
            assert!(said[0].contains("hamseda-intake (public) → hamseda-open (trusted)"), "{said:?}");
            assert_eq!(complaints("shared/seal", &[("hamseda-open", kind)]).len(), 1);
            assert_eq!(complaints("trusted/vault", &[("hamseda-inbox", kind)]).len(), 1);
        }
    }

    #[test]
    fn a_room_knows_only_the_rooms_it_is_given() {
        let said = complaints("trusted/film", &[("hamseda-open", Kind::Normal)]);
        assert!(said[0].contains("not among what it may depend on"), "{said:?}");
        assert_eq!(complaints("trusted/film", &[("hamseda-open", Kind::Dev)]), [""; 0]);
    }

    #[test]
    fn age_and_sql_stay_in_their_rooms() {
        assert!(
            complaints("trusted/desk", &[("age", Kind::Normal)])[0].contains("only hamseda-seal, hamseda-open may")
        );
        assert!(complaints("public/intake", &[("sqlx", Kind::Dev)])[0].contains("hamseda-store"));
        assert_eq!(complaints("shared/seal", &[("age", Kind::Normal)]), [""; 0]);
    }

    #[test]
    fn instruments_look_into_every_room_and_nothing_needs_them() {
        let rooms = [("hamseda-inbox", Kind::Normal), ("hamseda-open", Kind::Normal)];
        assert_eq!(complaints("tools/lab", &rooms), [""; 0]);
        let mut packages = vec![crate_in("tools/lab", &[]), crate_in("hamseda", &[("hamseda-lab", Kind::Dev)])];
        assert!(check(&packages)[0].contains("nothing depends on programs and instruments"));
        packages.remove(1);
        assert_eq!(check(&packages), [""; 0]);
    }

    #[test]
    fn a_new_crate_must_be_named() {
        assert!(complaints("trusted/rumour", &[])[0].contains("rules.rs"));
        assert!(complaints("xtask", &[("hamseda-core", Kind::Normal)])[0].contains("xtask"));
    }
}
