//! A stand-in for a decoder that a clip has taken over: this test binary, started again inside the cage.
//!
//! The tests marked `#[ignore]` are what runs inside; the others start them and read what they report. A report is a
//! line `try NAME refused` or `try NAME LEAKED …`.

use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::job::{Bounds, Input, Job};
use crate::media::sealed;
use crate::sandbox::{CageKind, CageOptions, Libraries, Sandbox};
use crate::tool::Tools;

/// What an attacker would have learnt beforehand, one word a line: a TCP port, a unix socket, a file.
struct Targets {
    port: u16,
    socket: String,
    file: String,
}

impl Targets {
    fn read() -> Self {
        let mut text = String::new();
        fs::File::open("/proc/self/fd/0").unwrap().read_to_string(&mut text).unwrap();
        let mut lines = text.lines().map(str::to_owned);
        let mut next = || lines.next().unwrap();
        Self { port: next().parse().unwrap(), socket: next(), file: next() }
    }
}

fn report<T>(name: &str, result: Result<T, impl std::fmt::Debug>) {
    match result {
        Ok(_) => println!("\ntry {name} LEAKED"),
        Err(e) => println!("\ntry {name} refused ({e:?})"),
    }
}

fn report_if(name: &str, refused: bool, seen: impl std::fmt::Debug) {
    if !refused {
        println!("\nsaw {seen:?}");
    }
    report(name, if refused { Err(seen) } else { Ok(()) });
}

#[test]
#[ignore = "runs only inside the cage, started by the test below"]
fn inside_tries_everything() {
    let targets = Targets::read();
    tries_the_network(&targets);
    tries_files(&targets);
    tries_the_kernel();
    tries_to_grow();
}

fn tries_the_network(targets: &Targets) {
    report("ipv4", TcpStream::connect(("127.0.0.1", targets.port)));
    report("ipv6", TcpStream::connect(("::1", targets.port)));
    report("udp", UdpSocket::bind("127.0.0.1:0"));
    report("unix socket", UnixStream::connect(&targets.socket));
    report("socket pair", UnixStream::pair());
}

fn tries_files(targets: &Targets) {
    report("another file", fs::read(&targets.file));
    report("passwd", fs::read("/etc/passwd"));
    report("kernel log", fs::read("/dev/kmsg"));
    report("list home", fs::read_dir("/home"));
    report("list temporary files", fs::read_dir("/tmp"));
    report("write a file", fs::write("/tmp/left-behind", "x"));
    report("write at the root", fs::write("/left-behind", "x"));
    report("write over its own program", fs::OpenOptions::new().append(true).open("/proc/self/exe"));
    report(
        "the parent's environment",
        fs::read_to_string("/proc/1/environ").map_err(|e| e.to_string()).and_then(|text| {
            // In the cage's own /proc the first process is bubblewrap, which got no environment either.
            if text.is_empty() { Err("empty".to_owned()) } else { Ok(text) }
        }),
    );
    let mine: Vec<_> = std::env::vars().filter(|(name, _)| name != "PWD").collect();
    report_if("environment", mine.is_empty(), mine);
    let mut open: Vec<_> = fs::read_dir("/proc/self/fd")
        .map(|list| list.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok()).collect())
        .unwrap_or_default();
    open.sort_unstable();
    // 3 is the folder that is being read.
    report_if("descriptors", open.iter().all(|&n| n <= 3), open);
}

/// Asks for a call as a decoder under foreign control would.
#[expect(unsafe_code, reason = "plays the attacker: safe wrappers do not offer these calls")]
fn call(number: libc::c_long, a: libc::c_long, b: libc::c_long) -> Result<libc::c_long, std::io::Error> {
    // SAFETY: every call made here is refused by the filter or, given these zeros, by the kernel; the one that would
    // come back twice (fork) ends its copy at once.
    let result = unsafe { libc::syscall(number, a, b, 0, 0, 0, 0) };
    if result == 0 && [libc::SYS_clone, libc::SYS_clone3].contains(&number) {
        std::process::abort();
    }
    if result < 0 { Err(std::io::Error::last_os_error()) } else { Ok(result) }
}

fn tries_the_kernel() {
    let parent = i64::from(std::os::unix::process::parent_id());
    let forbidden = [
        ("ptrace", libc::SYS_ptrace, libc::PTRACE_ATTACH.into(), parent),
        ("kill", libc::SYS_kill, parent, 0),
        ("fork", libc::SYS_clone, libc::SIGCHLD.into(), 0),
        ("clone3", libc::SYS_clone3, 0, 0),
        ("new user namespace", libc::SYS_unshare, libc::CLONE_NEWUSER.into(), 0),
        ("mount", libc::SYS_mount, 0, 0),
        ("keyring", libc::SYS_keyctl, 0, -4),
        ("bpf", libc::SYS_bpf, 0, 0),
        ("io_uring", libc::SYS_io_uring_setup, 1, 0),
        ("userfaultfd", libc::SYS_userfaultfd, 0, 0),
        ("perf", libc::SYS_perf_event_open, 0, 0),
        ("other memory", libc::SYS_process_vm_readv, parent, 0),
        ("kexec", libc::SYS_kexec_load, 0, 0),
        ("own limits", libc::SYS_setrlimit, 0, 0),
        ("other descriptors", libc::SYS_pidfd_open, parent, 0),
    ];
    for (name, number, a, b) in forbidden {
        match call(number, a, b) {
            Err(e) => report_if(name, e.raw_os_error() == Some(libc::ENOSYS), e),
            Ok(answer) => report_if(name, false, answer),
        }
    }
    #[expect(clippy::disallowed_methods, reason = "plays the attacker")]
    let started = Command::new("/proc/self/exe").arg("--list").stdin(Stdio::null()).status();
    report("another program", started);
}

fn tries_to_grow() {
    report("memory", Vec::<u8>::new().try_reserve_exact(4 << 30));
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let mut threads = 0;
    let stopped = loop {
        let held = std::sync::Arc::clone(&held);
        let small = std::thread::Builder::new().stack_size(16 * 1024);
        match small.spawn(move || held.lock().map(|h| h.recv().is_ok()).is_ok()) {
            Ok(_) if threads < 20_000 => threads += 1,
            Ok(_) => break Ok(()),
            Err(e) => break Err(e),
        }
    };
    drop(hold);
    report("threads without end", stopped);
}

#[test]
#[ignore = "runs only inside the cage, started by the tests below"]
fn inside_never_ends() {
    println!("\nready");
    loop {
        std::hint::spin_loop();
    }
}

/// Lines that `inside_tries_everything` prints.
const TRIES: usize = 34;

fn cages() -> impl Iterator<Item = Sandbox> {
    let tools = Tools::find().expect("ffmpeg is installed");
    let libraries = Libraries::of(&[&tools.ffmpeg]);
    [CageKind::Bubblewrap, CageKind::Landlock].into_iter().filter_map(move |kind| {
        let made = Sandbox::build(&CageOptions { kinds: vec![kind] }, &tools.ffmpeg, &libraries);
        made.map_err(|e| println!("skipped: {e}")).ok()
    })
}

/// This program where the cage's user can reach it: the folder it was built in may be closed to others.
fn program() -> PathBuf {
    static COPY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let copy = COPY.get_or_init(|| {
        let own = std::env::current_exe().unwrap();
        // Not in /tmp: the folder of the program itself exists inside, and /tmp is one of those that must not.
        let copy = PathBuf::from("/var/tmp").join(own.file_name().unwrap());
        let partial = copy.with_extension(std::process::id().to_string());
        fs::copy(&own, &partial).unwrap();
        fs::set_permissions(&partial, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        fs::rename(&partial, &copy).unwrap();
        copy
    });
    copy.clone()
}

fn start(cage: &Sandbox, test: &str, clip: &str, keep: Option<std::os::fd::OwnedFd>, bounds: &Bounds) -> Job {
    let program = program();
    let (command, mut before) = cage.command(&program, &Libraries::of(&[&program]), bounds).unwrap();
    before.keep.extend(keep);
    let arguments = ["--ignored", "--exact", &format!("stand_in::{test}"), "--nocapture", "--test-threads=1"];
    let clip = Input::File(sealed(clip.as_bytes()).unwrap());
    Job::start(command, before, &arguments.map(str::to_owned), clip, bounds).unwrap()
}

#[test]
fn rule_3_a_decoder_under_foreign_control_finds_nothing() {
    // Below the checkout, not /tmp: readable by everyone, so that only the cage keeps it from being read.
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let open_to_all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), open_to_all).unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    fs::write(path("clip"), "another sender's clip").unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let _unix = UnixListener::bind(path("socket")).unwrap();
    let port = tcp.local_addr().unwrap().port();
    let clip = format!("{port}\n{}\n{}\n", path("socket").display(), path("clip").display());

    let mut kinds = 0;
    for cage in cages() {
        kinds += 1;
        let mut job = start(&cage, "inside_tries_everything", &clip, None, &Bounds::default());
        let mut text = String::new();
        job.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        let end = job.end().unwrap();
        let tried: Vec<_> = text.lines().filter(|line| line.starts_with("try ")).collect();
        assert!(end.success() && tried.len() == TRIES, "{:?}: {} tries, {end:?}\n{text}", cage.kind, tried.len());
        let leaks: Vec<_> = tried.iter().filter(|line| !line.contains(" refused")).collect();
        assert!(leaks.is_empty(), "{:?} let through {leaks:?}\n{text}", cage.kind);
    }
    assert!(kinds > 0, "no cage stands on this machine");
}

#[test]
fn a_dropped_job_leaves_no_process() {
    for cage in cages() {
        let mut job = start(&cage, "inside_never_ends", "", None, &Bounds::default());
        let mut stdout = job.stdout.take().unwrap();
        let mut some = [0; 1];
        stdout.read_exact(&mut some).unwrap();
        drop(job);
        // The pipe ends only when every process that holds its other end is gone.
        stdout.read_to_end(&mut Vec::new()).unwrap();
    }
}

#[test]
fn the_wall_clock_ends_a_job_that_never_does() {
    for cage in cages() {
        let bounds = Bounds { wall: Duration::from_secs(1), ..Bounds::default() };
        let mut job = start(&cage, "inside_never_ends", "", None, &bounds);
        job.drain().unwrap();
        assert!(matches!(job.end(), Err(crate::CageError::TimedOut { seconds: 1 })));
    }
}

#[test]
#[ignore = "runs only as the process that dies, started by the test below"]
fn inside_dies_and_leaves_a_job() {
    let ours = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned().unwrap();
    let bounds = Bounds { cpu_seconds: 60, wall: Duration::from_secs(60), ..Bounds::default() };
    let mut jobs = Vec::new();
    for cage in cages() {
        let mut job = start(&cage, "inside_never_ends", "", Some(ours.try_clone().unwrap()), &bounds);
        let mut some = [0; 1];
        job.stdout.as_mut().unwrap().read_exact(&mut some).unwrap();
        jobs.push(job);
    }
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
}

#[test]
fn no_job_outlives_its_parent() {
    #[expect(clippy::disallowed_methods, reason = "this process must die, so it is another one")]
    let mut middle = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "stand_in::inside_dies_and_leaves_a_job", "--nocapture"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    middle.stdout.take().unwrap().read_to_end(&mut Vec::new()).unwrap();
    assert!(middle.wait().unwrap().code().is_none(), "it was to be killed");
    assert!(started.elapsed() < Duration::from_secs(30), "a job lived on after its parent was killed");
}
