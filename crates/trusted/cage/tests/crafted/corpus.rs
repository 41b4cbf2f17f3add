//! Files that broke other parsers, if they are at hand.

use crate::trap::Trap;
use crate::{common, named, work_on};

#[test]
fn files_that_broke_others_end_with_a_reason() {
    let Some(corpus) = std::env::var_os("HAMSEDA_CORPUS").map(std::path::PathBuf::from) else {
        println!("skipped: HAMSEDA_CORPUS is not set");
        return;
    };
    let trap = Trap::new();
    let mut paths: Vec<_> = std::fs::read_dir(corpus.join("malformed")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files: Vec<_> = paths.iter().map(|path| named(name(path), std::fs::read(path).unwrap())).collect();
    for (name, verdict) in work_on(&common::cage(), &files) {
        verdict.assert_fair(&name);
        println!("{name}: {}", verdict.text);
    }
    trap.assert_untouched();
}
