//! A contributor with a code, over the whole road: sends, looks up, writes, takes back. Afterwards nothing that opens the message
//! is on either machine, the count says so, and a stick that comes late changes nothing.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::common::{TOWNS, clip, files, free_port, hamseda, init, intake, media_tools, ok, said, status};

/// What `hamseda seal` told one contributor.
struct Contributor {
    sealed: PathBuf,
    code: String,
    handle: String,
}

fn json(text: &str) -> Value {
    serde_json::from_str(text.trim()).expect("JSON")
}

fn seal(dir: &Path, clip: &Path, out: &Path) -> Contributor {
    let mut command = hamseda();
    command.args(["--json", "seal"]).arg(clip).arg("--keyset").arg(dir.join("keyset.json")).arg("--output").arg(out);
    let told = json(&ok(command.args(["--code", "--picture", "show", "--voice", "keep", "--place", TOWNS[0]])));
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    assert_eq!(text("code").split(' ').count(), 10);
    assert_eq!(text("receipt_words").split(' ').count(), 4);
    Contributor { sealed: out.to_owned(), code: text("code"), handle: text("handle") }
}

fn send(who: &Contributor, url: &str) {
    ok(hamseda().arg("send").arg(&who.sealed).arg(url).args(["--handle", &who.handle]));
}

/// `hamseda code …` with the code, and what follows it, on standard input.
fn code(who: &Contributor, arguments: &[&str], more: &str) -> std::process::Output {
    let mut command = hamseda();
    command.args(["--json", "code"]).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().unwrap().write_all(format!("{}\n{more}", who.code).as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The status a contributor reads, or the code of why there is none.
fn reads(who: &Contributor, url: &str) -> String {
    let output = code(who, &["status", "--intake", url], "");
    let told = json(&if output.status.success() {
        String::from_utf8(output.stdout.clone()).unwrap()
    } else {
        String::from_utf8(output.stderr.clone()).unwrap()
    });
    let name = if output.status.success() { "status" } else { "code" };
    told[name].as_str().unwrap_or_else(|| panic!("{}", said(&output))).to_owned()
}

fn worker(dir: &Path, url: &str) -> Value {
    let mut command = hamseda();
    command.args(["--json", "worker", "--until-idle", "--records-every", "0", "--intake", url, "--dir"]).arg(dir);
    json(&ok(&mut command))
}

fn site(dir: &Path) -> Value {
    ok(hamseda().args(["site", "build", "--dir"]).arg(dir));
    json(&ok(hamseda().args(["--json", "tally", "verify"]).arg(dir.join("site"))))
}

fn close(dir: &Path) {
    ok(hamseda().args(["batch", "close", "--closing", "--dir"]).arg(dir));
}

/// Files below `dir` that hold any piece of these bytes.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let pieces: HashSet<&[u8]> = bytes.chunks_exact(32).collect();
    let held = |file: &PathBuf| std::fs::read(file).unwrap().windows(32).any(|window| pieces.contains(window));
    files(dir).into_iter().filter(held).collect()
}

#[test]
fn a_contributor_reads_writes_and_takes_back_and_nothing_is_left() {
    if !media_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let (first_clip, second_clip) = (folder.path().join("1.mp4"), folder.path().join("2.mp4"));
    clip(&first_clip, 0);
    clip(&second_clip, 1);
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    let _intake = intake(&dir, port);

    // Taken back before the desk came: gone at the intake.
    let early = seal(&dir, &second_clip, &folder.path().join("early"));
    send(&early, &url);
    let output = code(&early, &["withdraw", "--intake", &url], "");
    assert!(output.status.success(), "{}", said(&output));
    let told = worker(&dir, &url);
    assert_eq!((&told["pulled"], &told["withdrawn"]), (&0.into(), &0.into()), "{told}");

    let who = seal(&dir, &first_clip, &folder.path().join("sealed"));
    assert_eq!(reads(&who, &url), "status-none");
    send(&who, &url);
    assert_eq!(worker(&dir, &url)["prepared"], 1);
    assert_eq!(reads(&who, &url), "in-review");
    let output = code(&who, &["reply", "--intake", &url], "I am safe.\nThank you.");
    assert!(output.status.success(), "{}", said(&output));
    ok(hamseda().args(["review", "accept", "--all", "--rule", "test rule", "--dir"]).arg(&dir));
    close(&dir);
    ok(hamseda().args(["publish", "--dir"]).arg(&dir));
    close(&dir);
    let told = worker(&dir, &url);
    assert_eq!(told["letters"], 1, "{told}");
    assert_eq!(reads(&who, &url), "counted");
    let report = site(&dir);
    assert_eq!((&report["count"]["net"], &report["clips"]["verified"]), (&1.into(), &1.into()), "{report}");

    let sealed = std::fs::read(&who.sealed).unwrap();
    // Past the line that all sealed files begin with.
    let header = &sealed[100..3000];
    assert!(!holding(&dir.join("vault"), header).is_empty(), "what is searched for is there to be found");
    taken_back(&dir, &url, &who);
    assert_eq!(holding(&dir, header), Vec::<PathBuf>::new());
    assert_eq!(holding(&dir, &sealed[sealed.len() - 100_000..]), Vec::<PathBuf>::new());
    late_stick(&dir, &url, &who, header);
}

fn taken_back(dir: &Path, url: &str, who: &Contributor) {
    let masters = |dir: &Path| files(&dir.join("vault/artefacts")).len();
    assert!(masters(dir) > 0);
    let output = code(who, &["withdraw", "--intake", url], "");
    assert!(output.status.success(), "{}", said(&output));
    let told = worker(dir, url);
    assert_eq!(told["withdrawn"], 1, "{told}");
    assert_eq!(masters(dir), 0, "{:?}", files(&dir.join("vault/artefacts")));
    assert_eq!(reads(who, url), "withdrawn");
    assert_eq!(status(dir)["messages"]["withdrawn"], 1);
    close(dir);
    let report = site(dir);
    let count = &report["count"];
    assert_eq!((&count["accepted"], &count["withdrawn"], &count["net"]), (&1.into(), &1.into(), &0.into()), "{report}");
    assert_eq!(
        (&report["ok"], &report["clips"]["listed"], &report["clips"]["taken_down"]),
        (&true.into(), &0.into(), &1.into())
    );
    let clips = files(&dir.join("site")).into_iter().filter(|file| file.extension().is_some_and(|e| e == "mp4"));
    assert_eq!(clips.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

/// The same sealed file on a stick: taken in by the intake, which can't know, and refused by the desk.
fn late_stick(dir: &Path, url: &str, who: &Contributor, header: &[u8]) {
    let stick = dir.with_extension("stick");
    std::fs::create_dir(&stick).unwrap();
    std::fs::copy(&who.sealed, stick.join("qwmlvzkp")).unwrap();
    ok(hamseda().args(["intake", "import"]).arg(&stick).arg("--dir").arg(dir));
    let told = worker(dir, url);
    assert_eq!((&told["pulled"], &told["known"], &told["prepared"]), (&0.into(), &1.into(), &0.into()), "{told}");
    assert_eq!(status(dir)["messages"]["withdrawn"], 1);
    assert_eq!(holding(&dir.join("vault"), header), Vec::<PathBuf>::new());
}

#[test]
fn small_files_carry_what_a_code_asks_without_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    let keyset = dir.join("keyset.json").display().to_string();
    let who = Contributor {
        sealed: PathBuf::new(),
        code: "0000 0001 0002 0003 0004 0005 0006 0007 0008 0009".into(),
        handle: String::new(),
    };
    for (what, length, magic) in
        [("status", 4096, "hamsedaS"), ("withdraw", 4096, "hamsedaW"), ("reply", 20_000, "age-encr")]
    {
        let out = folder.path().join(what);
        let path = out.display().to_string();
        let output = code(&who, &[what, "--keyset", &keyset, "--to-file", &path], "words");
        assert!(output.status.success(), "{}", said(&output));
        let bytes = std::fs::read(&out).unwrap();
        assert!(
            bytes.starts_with(magic.as_bytes()) && (bytes.len() == length || what == "reply"),
            "{what}: {}",
            bytes.len()
        );
        let again = code(&who, &[what, "--keyset", &keyset, "--to-file", &path], "words");
        assert!(!again.status.success(), "an existing file stays");
    }
    let answer = folder.path().join("answer").display().to_string();
    std::fs::write(&answer, [7; 4096]).unwrap();
    let output = code(&who, &["status", "--keyset", &keyset, "--from-file", &answer], "");
    assert!(said(&output).contains("status-none"), "{}", said(&output));
    let wrong =
        Contributor { code: "abandon ability able about above absent absorb abstract absurd abuze".into(), ..who };
    let output = code(&wrong, &["status", "--keyset", &keyset, "--from-file", &answer], "");
    assert!(said(&output).contains("word 10") && said(&output).contains("abuse"), "{}", said(&output));
}
