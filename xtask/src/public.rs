//! `cargo xtask public`: builds the program of the public machine and looks at what was linked into it.
//!
//! It may hold no code that opens, decodes or decides: not a single symbol of those rooms, and no command that uses them.

use crate::shell::{Res, output, run, tool};
use crate::tree;

/// Crates that the public machine's program is made without, as they stand in symbols.
const ABSENT: [&str; 11] = [
    "hamseda_open",
    "hamseda_vault",
    "hamseda_cage",
    "hamseda_protect",
    "hamseda_programme",
    "hamseda_film",
    "hamseda_press",
    "hamseda_desk",
    "hamseda_invite",
    "age_core",
    "seccompiler",
];
/// What must be found, or nothing was looked at.
const PRESENT: [&str; 3] = ["hamseda_intake", "hamseda_inbox", "hamseda_seal"];
/// Commands that a program without those rooms does not know.
const UNKNOWN: [&str; 4] = ["unseal", "worker", "desk", "prepare"];

/// `cargo xtask public`
pub(crate) fn main() -> Res {
    let mut cargo = tree::cargo();
    cargo.args(["build", "--quiet", "--locked", "-p", "hamseda", "--no-default-features", "--features", "intake"]);
    // It takes the place of the whole program until that is built again, as every chore and test that needs it does.
    run(&mut cargo)?;
    let program = tree::target().join("debug/hamseda");
    let symbols = output(tool("nm").arg("--demangle").arg(&program))?;
    judge(&symbols)?;
    let help = output(tool(&program).arg("--help"))?;
    if let Some(command) = UNKNOWN.iter().find(|name| help.lines().any(|line| line.trim_start().starts_with(*name))) {
        return Err(format!("the public machine's program knows the command {command}"));
    }
    println!("{} symbols, none of a room that opens, decodes or decides", symbols.lines().count());
    Ok(())
}

fn judge(symbols: &str) -> Res {
    if let Some(name) = PRESENT.iter().find(|name| !symbols.contains(*name)) {
        return Err(format!("no symbol of {name} was found: was the program stripped?"));
    }
    match ABSENT.iter().find(|name| symbols.contains(*name)) {
        None => Ok(()),
        Some(name) => Err(format!("the public machine's program holds code of {name}; see cargo tree -i")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_room_is_found_and_a_stripped_program_is_no_proof() {
        let fine = "T hamseda_intake::serve\nt hamseda_inbox::x\nt hamseda_seal::y";
        assert!(judge(fine).is_ok());
        assert!(judge(&format!("{fine}\nT <hamseda_open::open::Opener>::new")).unwrap_err().contains("hamseda_open"));
        assert!(judge("").unwrap_err().contains("stripped"));
    }
}
