//! The trial of both kinds of walls, and of none.

use super::*;
use crate::CageOptions;
use crate::before_exec::BeforeExec;

/// What runs inside: this test binary, started again.
#[test]
#[ignore = "runs only as the stand-in, started by the tests below"]
fn plays() {
    assert!(play());
}

fn role() -> Vec<String> {
    ["--ignored", "--exact", "trial::tests::plays", "--nocapture", "--test-threads=1"].map(str::to_owned).into()
}

fn cages() -> Vec<Cage> {
    let made = CageOptions::default().kinds.into_iter().map(|kind| Cage::with(&CageOptions { kinds: vec![kind] }));
    let standing: Vec<_> = made.filter_map(|cage| cage.map_err(|e| println!("skipped: {e}")).ok()).collect();
    assert!(!standing.is_empty(), "no cage stands on this machine");
    standing
}

#[test]
fn rule_3_a_decoder_under_foreign_control_finds_nothing() {
    for cage in cages() {
        let attempts = cage.tries(&role()).unwrap();
        let through: Vec<_> = attempts.iter().filter(|a| !a.stopped).collect();
        assert!(through.is_empty(), "{:?} let through {through:#?}", cage.kind());
        assert!(attempts.len() > 100, "{} attempts", attempts.len());
    }
}

/// Where no wall stands the same attempts get through: otherwise the trial would prove nothing.
#[test]
fn without_walls_the_stand_in_gets_out() {
    let planted = Planted::new().unwrap();
    let orders = Orders::TryOutside(planted.targets(-1).unwrap());
    let mut command = crate::job::command(&std::env::current_exe().unwrap());
    command.env("HAMSEDA_TEST_SECRET", "x");
    // Kept open under its number: the descriptor of the secret is there to be found.
    let input = Input::File(sealed(&orders.to_bytes()).unwrap());
    let job = Job::start(command, BeforeExec::default(), &role(), input, &endings::LONG).unwrap();
    let (printed, _) = read(job).unwrap();
    let lines = report::lines(&printed);
    let through = |what: &str| {
        let line = lines.iter().find(|line| line.what == what).unwrap_or_else(|| panic!("{what} was not tried"));
        !line.outcome.judged(CageKind::Bubblewrap).0
    };
    for what in [
        "TCP over IPv4 to this machine",
        "TCP to the outside",
        "a UDP packet",
        "a unix socket by its path",
        "an abstract unix socket",
        "a pair of sockets",
        "netlink, to ask for routes",
        "sending through a pipe it has",
        "another sender's clip by its path",
        "the same through the parent's root",
        "the same through the parent's descriptor",
        "the folder of clips",
        "the users of this machine",
        "the parent's environment",
        "its own environment",
        "folders of people and programs",
        "the kernel's settings",
        "this machine's name",
    ] {
        assert!(through(what), "{what} failed where nothing stops it");
    }
    let arrived = planted.arrived();
    assert!(arrived.len() >= 4, "{arrived:?}");
}

#[test]
fn a_dropped_job_leaves_no_process() {
    for cage in cages() {
        let attempt = endings::output(&cage, &role()).unwrap();
        assert!(attempt.stopped, "{attempt:?}");
    }
}

#[test]
fn the_wall_clock_ends_a_job_that_never_does() {
    for cage in cages() {
        let attempt = endings::clock(&cage, &role()).unwrap();
        assert!(attempt.stopped, "{attempt:?}");
    }
}

#[test]
fn no_job_outlives_its_parent() {
    for cage in cages() {
        let attempt = endings::orphan(cage.kind(), &role()).unwrap();
        assert!(attempt.stopped, "{attempt:?}");
    }
}

/// A report that lacks an attempt, or that somebody else wrote, is no success.
#[test]
fn silence_is_no_success() {
    let none = judged(b"", CageKind::Bubblewrap, "");
    assert!(!none.is_empty() && none.iter().all(|attempt| !attempt.stopped));
    let line = br#"{"what":"fork","outcome":{"refused":38},"more":1}"#;
    assert_eq!(report::lines(line), []);
}
