//! Nothing unprotected reaches a disk: a clip of noise goes through worker and desk, and everything they write is searched for
//! its pixels, its samples and its bytes, again and again while they work.

mod desk;
mod noise;
mod watch;

use std::fs;
use std::process::Stdio;

use noise::Canary;
use watch::Watch;

use crate::common::{Running, TOWNS, files, free_port, hamseda, init, media_tools, ok, status};

#[test]
fn rule_4_nothing_unprotected_is_on_a_disk_while_it_is_prepared_or_shown() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (dir, tmp) = (folder.path().join("campaign"), folder.path().join("tmp"));
    fs::create_dir(&tmp).unwrap();
    init(&dir);
    let canary = Canary::make(&folder.path().join("canary.mp4"));
    let sealed = folder.path().join("stick");
    fs::create_dir(&sealed).unwrap();
    let mut command = hamseda();
    command.arg("seal").arg(&canary.path).arg("--keyset").arg(dir.join("keyset.json"));
    command.arg("--output").arg(sealed.join("qwmlvzkp"));
    ok(command.args(["--picture", "mask", "--voice", "alter", "--lang", "en", "--place", TOWNS[0]]));
    ok(hamseda().args(["intake", "import"]).arg(&sealed).arg("--dir").arg(&dir));

    let port = free_port();
    let intake = crate::common::intake(&dir, port);
    let start = |arguments: &[&str]| {
        let mut command = hamseda();
        command.args(arguments).arg("--dir").arg(&dir).env("TMPDIR", &tmp);
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    let worker = start(&["worker", "--intake", &format!("http://127.0.0.1:{port}/")]);
    let mut watch = Watch::new(&canary, vec![dir.clone(), tmp.clone(), "/dev/shm".into()], worker.0.id());
    while status(&dir)["messages"]["prepared"] != 1 {
        watch.look();
        assert_eq!(status(&dir)["messages"]["unreadable"].as_u64().unwrap_or(0), 0, "the canary is a good clip");
    }
    watch.look();
    let while_prepared = watch.in_memory;
    if watch.sees_processes() {
        assert!(while_prepared > 0, "the clip was never seen in memory: the test looks at the wrong moments");
    }

    let desk_port = free_port();
    let desk = start(&["desk", "--listen", &format!("127.0.0.1:{desk_port}")]);
    watch.also(desk.0.id());
    let mut reviewer = desk::Reviewer::enter(desk_port, &dir);
    let clip = reviewer.original(|| watch.look());
    assert!(clip.starts_with(&[0, 0, 0]) && &clip[4..8] == b"ftyp", "an MP4 of ours came out");
    // Sound that is encoded a second time by the same encoder gives a few equal stretches; a copy would give one of three pieces.
    let kept = canary.hits(&clip);
    assert!(kept * 96 * 100 < clip.len(), "{kept} pieces: the reviewer's browser gets the sender's bytes");
    if watch.sees_processes() {
        assert!(watch.in_memory > while_prepared, "the original was never seen in memory");
    }
    watch.look();
    drop((desk, worker, intake));
    watch.look();
    assert_eq!(watch.found, [""; 0]);
    assert!(watch.looks > 3 && watch.bytes > 1_000_000, "{} looks at {} bytes", watch.looks, watch.bytes);

    // Nothing of another kind lies there either: what nobody thought of searching for.
    let known = [
        "toml",
        "json",
        "key",
        "pub",
        "login",
        "token",
        "passphrase",
        "db",
        "db-wal",
        "db-shm",
        "mp4",
        "jpg",
        "bin",
        "sock",
    ];
    let odd = files(&dir).into_iter().filter(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let ending = name.rsplit('.').next().unwrap();
        let sealed = ["vault/blobs", "inbox"].iter().any(|room| file.starts_with(dir.join(room)));
        !sealed && !known.contains(&ending)
    });
    assert_eq!(odd.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}

/// The search finds what is there: in a file, in the middle of one, and in one that was deleted while it is open.
#[test]
fn what_the_canary_searches_for_would_be_found() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let canary = Canary::make(&folder.path().join("canary.mp4"));
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    let path = folder.path().join("deleted");
    fs::write(&path, &canary.dumps()[0]).unwrap();
    let open = fs::File::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // A process of our own that has a deleted file open and does nothing.
    let mut command = std::process::Command::new("sleep");
    let holder = Running(command.arg("600").stdin(open).spawn().unwrap());
    let mut watch = Watch::new(&canary, vec![place.clone()], holder.0.id());
    watch.look();
    assert!(watch.found.len() == 1 && watch.found[0].contains("(deleted)"), "{:?}", watch.found);
    drop(holder);
    watch.found.clear();
    // One row of one frame behind other bytes, in each of the forms in which it could be dumped.
    for (n, dump) in canary.dumps().into_iter().enumerate() {
        let planted = [vec![7; 1001], dump].concat();
        assert!(canary.hits(&planted) > 0, "form {n}");
        fs::write(place.join(format!("{n}.tmp")), planted).unwrap();
        watch.look();
        assert_eq!(watch.found.len(), 1, "form {n}: {:?}", watch.found);
        watch.found.clear();
    }
}
