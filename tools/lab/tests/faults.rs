//! Rule 2 over seeded schedules of misfortune, on a disk that forgets what was not synced. Few here; `cargo xtask soak
//! faults` runs a thousand.

use std::process::Command;

/// As many as fit into a few seconds of an unoptimised build.
const SCHEDULES: &str = "20";

#[test]
#[expect(clippy::disallowed_methods, reason = "a server that can be killed has to be a process")]
fn rule_2_no_schedule_of_misfortune_costs_an_acknowledged_byte() {
    let words = ["faults", "--schedules", SCHEDULES, "--seed", "20520", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_hamseda-lab")).args(words).output().expect("the lab starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if err.contains("no disk of our own can be mounted here") {
        println!("skipped: {err}");
        return;
    }
    assert!(output.status.success(), "{err}");
    let result: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let ours = &result["servers"][0];
    assert_eq!((&ours["schedules"], &ours["kept"]), (&20.into(), &20.into()), "{err}");
    println!("{out}");
}
