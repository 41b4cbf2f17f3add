//! What tests of the real program share: a trial campaign, clips made by ffmpeg, and processes that end with their test.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Six towns, so that a film ordered by place has one order.
pub(crate) const TOWNS: [&str; 6] = ["miravan", "teshkel", "port-ardal", "telva", "sorin", "halvek"];

/// The program under test.
pub(crate) fn hamseda() -> Command {
    Command::new(env!("CARGO_BIN_EXE_hamseda"))
}

/// Runs a command and returns its standard output; panics with both outputs when it fails.
pub(crate) fn ok(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?} failed\n{}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Everything a command printed.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether ffmpeg and a cage can be had; says why not.
pub(crate) fn media_tools() -> bool {
    let found = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "CI must have ffmpeg");
        eprintln!("skipped: ffmpeg is not installed");
    }
    found
}

/// A campaign file with the towns above and floors of one.
pub(crate) fn campaign_toml() -> String {
    let mut text = String::from(
        "origin = \"orvana.example/test\"\nslogan = { en = \"We can and we must\", fa = \"می‌توانیم و باید\" }\n\
         line = { en = \"Voices from Orvana\" }\ncountry = { en = \"Orvana\" }\nlanguages = [\"en\", \"fa\"]\n\
         [call]\ntext = { en = \"Speak.\" }\nquestions = []\nseconds = 60\nopens = \"2026-01-01\"\n\
         closes = \"2100-01-01\"\n[floors]\nbatch = 1\nk = 1\n\
         [[places]]\nid = \"north\"\nlevel = \"province\"\nname = { en = \"North\" }\n",
    );
    for town in TOWNS {
        text += &format!(
            "[[places]]\nid = \"{town}\"\nlevel = \"town\"\nwithin = \"north\"\nname = {{ en = \"{town}\" }}\n"
        );
    }
    text
}

/// Makes a trial campaign in `dir`, its film ordered by place.
pub(crate) fn init(dir: &Path) {
    init_with(dir, &campaign_toml());
}

/// As [`init`], with another campaign file.
pub(crate) fn init_with(dir: &Path, text: &str) {
    let campaign = dir.with_extension("campaign.toml");
    std::fs::write(&campaign, text).unwrap();
    let programme = dir.with_extension("programme.toml");
    std::fs::write(&programme, "language = \"en\"\n[[section]]\nrule = { order = \"place\" }\n").unwrap();
    let mut command = hamseda();
    command.arg("init").arg(dir).arg("--trial").arg("--campaign").arg(campaign).arg("--programme").arg(programme);
    ok(&mut command);
}

/// A clip of two seconds, each unlike the other.
pub(crate) fn clip(path: &Path, n: usize) {
    let source = format!("testsrc2=size=320x240:rate=30:duration=2,hue=h={}", n * 60);
    let tone = format!("sine=frequency={}:sample_rate=48000:duration=2", 300 + 100 * n);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-f", "lavfi", "-i", &source, "-f", "lavfi", "-i", &tone]);
    command.args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]);
    ok(command.arg(path));
}

/// Seals `clip` as shown and heard, from the `n`th town.
pub(crate) fn seal(dir: &Path, clip: &Path, out: &Path, n: usize) {
    let mut command = hamseda();
    command.arg("seal").arg(clip).arg("--keyset").arg(dir.join("keyset.json")).arg("--output").arg(out);
    ok(command.args(["--picture", "show", "--voice", "keep", "--lang", "en", "--place", TOWNS[n]]));
}

/// `hamseda status --json`.
pub(crate) fn status(dir: &Path) -> serde_json::Value {
    let text = ok(hamseda().args(["status", "--json", "--dir"]).arg(dir));
    serde_json::from_str(text.trim()).expect("JSON")
}

/// A free port on loopback; nobody else takes it between now and its use, or the test says so.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A process that is killed when the test ends.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts an intake and returns once it listens.
pub(crate) fn intake(dir: &Path, port: u16) -> Running {
    let mut command = hamseda();
    command.args(["intake", "--listen", &format!("127.0.0.1:{port}"), "--dir"]).arg(dir).stdout(Stdio::piped());
    let mut child = command.spawn().expect("intake starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("listening "), "{line:?}");
    Running(child)
}

/// All files under `dir`.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
