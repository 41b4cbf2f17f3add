//! The two ends: a real `hamseda intake`, and `hamseda send`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use super::wire;
use crate::json::Json;
use crate::random::Random;
use crate::shell::{Background, Res, last_lines, output, tool};

/// A campaign and its intake.
pub(super) struct Intake {
    program: PathBuf,
    dir: PathBuf,
    server: Background,
}

impl Intake {
    /// Makes a campaign and starts its intake on loopback.
    pub(super) fn start(program: &Path, below: &Path) -> Res<Self> {
        let dir = below.join("campaign");
        output(tool(program).arg("init").arg(&dir).arg("--trial"))?;
        let args =
            ["intake".as_ref(), OsStr::new("--dir"), dir.as_os_str(), "--listen".as_ref(), "127.0.0.1:0".as_ref()];
        let server = Background::start("intake", program, &args, &below.join("intake.log"))?;
        Ok(Self { program: program.to_owned(), dir, server })
    }

    /// Where it listens.
    pub(super) fn port(&self) -> Res<u16> {
        let port = self.server.url.rsplit(':').next().and_then(|port| port.parse().ok());
        port.ok_or_else(|| format!("no port in {}", self.server.url))
    }

    /// Seals a clip of `bytes` bytes that nothing can shrink.
    pub(super) fn seal(&self, bytes: usize) -> Res<PathBuf> {
        let (clip, sealed) = (self.dir.join("clip"), self.dir.join("sealed"));
        let mut random = Random::new(7);
        let noise: Vec<u8> = std::iter::repeat_with(|| random.next().to_le_bytes()).flatten().take(bytes).collect();
        fs::write(&clip, noise).map_err(|e| format!("{}: {e}", clip.display()))?;
        let mut command = tool(&self.program);
        command.arg("seal").arg(&clip).arg("--keyset").arg(self.dir.join("keyset.json")).arg("--output").arg(&sealed);
        output(&mut command)?;
        Ok(sealed)
    }

    /// `hamseda doctor` must find nothing wrong with the onion service.
    pub(super) fn doctor(&self, torrc: &Path) -> Res {
        // It also looks at things a machine of tests may lack; only what it says of the service counts here.
        let mut command = tool(&self.program);
        command.args(["doctor", "--json", "--torrc"]).arg(torrc).stdin(Stdio::null()).stderr(Stdio::null());
        let said = command.output().map_err(|e| format!("can't start doctor: {e}"))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let report = text.lines().last().and_then(Json::parse).ok_or("doctor printed no JSON")?;
        let onion = report.get("checks").list().iter().filter(|check| check.get("name").text().starts_with("onion"));
        let wrong: Vec<_> = onion.clone().filter(|check| *check.get("ok") != Json::Bool(true)).collect();
        match (onion.count(), wrong.first()) {
            (0, _) => Err("doctor did not look at the onion service".into()),
            (_, Some(check)) => Err(format!("doctor: {}: {}", check.get("name").text(), check.get("found").text())),
            _ => Ok(()),
        }
    }

    /// The bytes that the server has of an upload, asked past Tor; `None` before it exists.
    pub(super) fn offset(&self, path: &str) -> Res<Option<u64>> {
        let answer = wire::ask(wire::local(self.port()?)?, "HEAD", path, "127.0.0.1", "Tus-Resumable: 1.0.0\r\n")?;
        Ok(answer.header("upload-offset").and_then(|offset| offset.parse().ok()))
    }

    /// Pulls the one message as a desk does and compares it.
    pub(super) fn holds_exactly(&self, sealed: &Path) -> Res {
        let token = self.dir.join("keys/pull.token");
        let token = fs::read_to_string(&token).map_err(|e| format!("{}: {e}", token.display()))?;
        let bearer = format!("Authorization: Bearer {}\r\n", token.trim());
        let get = |path: &str| wire::ask(wire::local(self.port()?)?, "GET", path, "127.0.0.1", &bearer)?.body();
        let list = String::from_utf8_lossy(&get("/pull/v1/list")?).into_owned();
        let list = Json::parse(&list).ok_or("the list of the pull can't be read")?;
        let [line] = list.list() else { return Err(format!("{} messages instead of one", list.list().len())) };
        let pulled = get(&format!("/pull/v1/{}", line.get("id").text()))?;
        let wanted = fs::read(sealed).map_err(|e| format!("{}: {e}", sealed.display()))?;
        if pulled == wanted { Ok(()) } else { Err("the intake holds other bytes than were sealed".into()) }
    }
}

/// What `hamseda send` says at its end.
pub(super) struct Report {
    pub(super) bytes: u64,
    pub(super) cuts: u64,
}

/// A running `hamseda send`.
pub(super) struct Sender {
    child: Child,
    state: PathBuf,
    answer: PathBuf,
    log: PathBuf,
    /// Length of what is sent.
    pub(super) bytes: u64,
}

impl Sender {
    pub(super) fn start(intake: &Intake, sealed: &Path, url: &str, socks: u16) -> Res<Self> {
        let bytes = fs::metadata(sealed).map_err(|e| format!("{}: {e}", sealed.display()))?.len();
        let (answer, log) = (intake.dir.join("send.json"), intake.dir.join("send.log"));
        let create = |path: &Path| File::create(path).map_err(|e| format!("{}: {e}", path.display()));
        let mut command = tool(&intake.program);
        command
            .arg("send")
            .arg(sealed)
            .arg(url)
            .arg("--proxy")
            .arg(format!("socks5h://127.0.0.1:{socks}"))
            .arg("--json");
        command.stdin(Stdio::null()).stdout(create(&answer)?).stderr(create(&log)?);
        let child = command.spawn().map_err(|e| format!("can't start hamseda send: {e}"))?;
        Ok(Self { child, state: sealed.with_extension("road"), answer, log, bytes })
    }

    /// Whether it ended.
    pub(super) fn ended(&mut self) -> Res<bool> {
        match self.child.try_wait().map_err(|e| e.to_string())? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                Err(format!("hamseda send ended with {status}\n{}", last_lines(&said, 6)))
            }
        }
    }

    /// How much the server has of it; `None` before the upload exists and after its end.
    pub(super) fn safe_bytes(&self, intake: &Intake) -> Res<Option<u64>> {
        let Ok(state) = fs::read_to_string(&self.state) else { return Ok(None) };
        let upload = Json::parse(&state).map(|json| json.get("upload").text().to_owned()).unwrap_or_default();
        let Some(at) = upload.find("/upload") else { return Ok(None) };
        intake.offset(&upload[at..])
    }

    /// What it said at its end.
    pub(super) fn report(&self) -> Res<Report> {
        let said = fs::read_to_string(&self.answer).unwrap_or_default();
        let json = said.lines().last().and_then(Json::parse).ok_or("hamseda send printed no JSON")?;
        let number = |name: &str| json.get(name).number().map(|n| n as u64).ok_or(format!("send: no {name}"));
        Ok(Report { bytes: number("bytes")?, cuts: number("cuts")? })
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
