//! Any phone's clip comes out right: a few of the clips of `matrix`; `cargo xtask bench matrix` tries all of them.

use std::sync::Mutex;

use crate::common::{as_filmed, names};
use crate::matrix::{CASES, Case, Expect, PROPERTIES, look, make};

/// What is wrong with what comes of a clip.
fn faults(case: &Case) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let clip = make(case, folder.path()).unwrap();
    let (made, refusal) = match (as_filmed(&clip), case.expect) {
        (Ok(made), Expect::Whole | Expect::Part) => (made, None),
        (Err(e), Expect::Refused(words)) if e.to_string().contains(words) && e.blames_clip() => return Vec::new(),
        (Err(e), _) => return vec![format!("refused: {e}")],
        (Ok(made), Expect::Refused(words)) => (made, Some(format!("was accepted, not refused with {words:?}"))),
    };
    if let Some(refusal) = refusal {
        return vec![refusal];
    }
    assert_eq!(names(made.folder.path()), ["master.mp4", "poster.jpg", "tiles.bin"]);
    let found = look(case, &made.paths.master).unwrap();
    let wrong = PROPERTIES.iter().zip(found).filter(|(_, finding)| finding.holds == Some(false));
    let mut faults: Vec<_> = wrong.map(|(name, finding)| format!("{name}: {}", finding.said)).collect();
    let report = &made.prepared.report;
    if report.trimmed_frames != (0, 0) || (case.expect == Expect::Whole && report.damage.is_some()) {
        faults.push(format!("reported {report:?}"));
    }
    if made.prepared.sound != case.audio.is_some() {
        faults.push("its sound is gone, or was never there".into());
    }
    faults
}

#[test]
fn clips_of_many_phones_come_out_right() {
    let queue = Mutex::new(CASES.iter().filter(|case| case.quick));
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(case) = queue.lock().unwrap().next() else { return };
                    let found = faults(case).into_iter().map(|fault| format!("{}: {fault}", case.name));
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
