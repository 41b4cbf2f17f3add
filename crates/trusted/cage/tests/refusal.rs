//! Walls taken away one after the other: the next kind stands in, and where none holds nothing is decoded.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use hamseda_cage::Cage;
use hamseda_core::Coded as _;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition, SeccompFilter,
    SeccompRule as Rule,
};

const WITHOUT: &str = "HAMSEDA_TEST_WITHOUT";

/// A process in which the kernel refuses what `HAMSEDA_TEST_WITHOUT` names tries to build a cage.
#[test]
#[ignore = "runs only as a process without walls, started by the test below"]
fn a_cage_is_built() {
    for gone in std::env::var(WITHOUT).unwrap().split(',').filter(|gone| !gone.is_empty()) {
        take_away(gone);
    }
    match Cage::new() {
        Ok(cage) => println!("\nanswer {}", cage.kind().as_str()),
        Err(e) => println!("\nanswer {}: {e}", e.code()),
    }
}

/// As a kernel that was built without it, or whose operator switched it off.
fn take_away(gone: &str) {
    let always = |calls: &[i64]| calls.iter().map(|&call| (call, vec![])).collect::<BTreeMap<_, _>>();
    let rules = match gone {
        "namespaces" => {
            let user = u64::from(libc::CLONE_NEWUSER.cast_unsigned());
            let new = Condition::new(0, Len::Qword, Op::MaskedEq(user), user).unwrap();
            let mut rules = always(&[libc::SYS_unshare, libc::SYS_clone3]);
            rules.insert(libc::SYS_clone, vec![Rule::new(vec![new]).unwrap()]);
            rules
        }
        "Landlock" => always(&[libc::SYS_landlock_create_ruleset, libc::SYS_landlock_restrict_self]),
        "filters" => {
            let seccomp = u64::from(libc::PR_SET_SECCOMP.cast_unsigned());
            let set = Condition::new(0, Len::Dword, Op::Eq, seccomp).unwrap();
            let mut rules = always(&[libc::SYS_seccomp]);
            rules.insert(libc::SYS_prctl, vec![Rule::new(vec![set]).unwrap()]);
            rules
        }
        other => panic!("{other}?"),
    };
    let refused = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, arch).unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    seccompiler::apply_filter(&program).unwrap();
}

/// What a process without `gone` answers; `path` is where it looks for programs.
fn without(gone: &str, path: Option<&std::path::Path>) -> String {
    #[expect(clippy::disallowed_methods, reason = "what is taken away can't be given back, so it is another process")]
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "a_cage_is_built", "--nocapture", "--test-threads=1"]);
    command.env(WITHOUT, gone).stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let answer = said.lines().find_map(|line| line.strip_prefix("answer "));
    answer.unwrap_or_else(|| panic!("no answer: {said}")).to_owned()
}

#[test]
fn rule_3_where_no_wall_holds_nothing_is_decoded() {
    if without("", None) != "bubblewrap" || without("namespaces", None) != "landlock" {
        assert!(std::env::var_os("CI").is_none(), "both kinds of walls stand where tests run for everybody");
        println!("skipped: this machine has one kind of walls");
        return;
    }
    assert_eq!(without("Landlock", None), "bubblewrap");
    for gone in ["namespaces,Landlock", "filters"] {
        let refusal = without(gone, None);
        assert!(refusal.starts_with("cage-none: no sandbox can be built here, so nothing is decoded"), "{refusal}");
        assert!(refusal.contains("bubblewrap: ") && refusal.contains("landlock: "), "{refusal}");
    }
    // A machine on which bubblewrap is not installed.
    let tools = tempfile::tempdir().unwrap();
    for tool in ["ffmpeg", "ffprobe"] {
        let found =
            std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|p| p.join(tool)).find(|p| p.is_file());
        std::os::unix::fs::symlink(found.unwrap(), tools.path().join(tool)).unwrap();
    }
    assert_eq!(without("", Some(tools.path())), "landlock");
    assert!(without("Landlock", Some(tools.path())).contains("bwrap is not installed"));
}
