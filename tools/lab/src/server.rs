//! Servers as processes: ours, and two that others wrote, each as its makers ship it.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Largest body that rustus is told to take; a quarter of a MiB if it isn't told.
const BODY_MAX: &str = "67108864";
/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(30);

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `hamseda-intake`.
    Ours,
    /// npm `@tus/server` with `@tus/file-store`, as it comes.
    TusNode,
    /// The same with an fsync after every PATCH.
    TusNodeFsync,
    /// crates.io `rustus`, as it comes but for a limit that lets a chunk through.
    Rustus,
    /// The same with `--force-fsync`.
    RustusFsync,
    /// Keeps nothing: the limit.
    Sink,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Ours, Self::TusNode, Self::TusNodeFsync, Self::Rustus, Self::RustusFsync, Self::Sink];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::TusNode => "tus-node",
            Self::TusNodeFsync => "tus-node-fsync",
            Self::Rustus => "rustus",
            Self::RustusFsync => "rustus-fsync",
            Self::Sink => "sink",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|k| k.name() == name).ok_or_else(|| format!("no server is called {name:?}: {names}"))
    }

    /// Where uploads are made.
    pub(crate) const fn endpoint(self) -> &'static str {
        match self {
            Self::Ours => "/upload",
            _ => "/files",
        }
    }

    /// Why it can't run here, if it can't.
    pub(crate) fn missing(self) -> Option<String> {
        match self {
            Self::Ours | Self::Sink => None,
            Self::TusNode | Self::TusNodeFsync => {
                let there = repository().join("e2e/node_modules/@tus/server").exists();
                (!there).then(|| "e2e/node_modules/@tus/server is not installed (cargo xtask setup --tests)".into())
            }
            Self::Rustus | Self::RustusFsync => rustus().is_none().then(|| {
                "HAMSEDA_RUSTUS names no program (cargo xtask bench intake installs one under target/bench/tools)"
                    .into()
            }),
        }
    }
}

fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn rustus() -> Option<PathBuf> {
    let named = std::env::var_os("HAMSEDA_RUSTUS").map(PathBuf::from);
    let found = named.unwrap_or_else(|| repository().join("target/bench/tools/bin/rustus"));
    found.is_file().then_some(found)
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it on the folder `dir` and waits until it listens.
    ///
    /// # Errors
    /// It ended before it listened, or took too long.
    pub(crate) fn start(kind: Kind, dir: &Path) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{} can't be started: {e}", kind.name());
        if matches!(kind, Kind::Rustus | Kind::RustusFsync) {
            return Self::rustus(dir, kind == Kind::RustusFsync).map_err(failed)?;
        }
        let mut command = command(kind, dir).map_err(failed)?;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let lines = child.stdout.take().map(|out| BufReader::new(out).lines().map_while(Result::ok));
        let mut lines = lines.into_iter().flatten();
        let address = lines.find_map(|line| line.strip_prefix("listening http://")?.trim_end_matches('/').parse().ok());
        let Some(address) = address else {
            let ended = child.wait().map_err(failed)?;
            return Err(format!("{} ended with {ended} before it listened", kind.name()));
        };
        Ok(Self { child, address })
    }

    fn rustus(dir: &Path, fsync: bool) -> std::io::Result<Result<Self, String>> {
        // It prints no address, so it gets a port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let program = rustus().ok_or_else(|| std::io::Error::other("not installed"))?;
        let mut command = Command::new(program);
        command.args(["--host", "127.0.0.1", "--port", &address.port().to_string(), "--log-level", "ERROR"]);
        command.arg("--data-dir").arg(dir.join("data")).arg("--info-dir").arg(dir.join("info"));
        command.args(["--max-body-size", BODY_MAX, "--force-fsync", if fsync { "true" } else { "false" }]);
        // Its banner goes to standard error.
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut server = Self { child, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > START || server.child.try_wait()?.is_some() {
                return Ok(Err("rustus did not listen".into()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Ok(server))
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(kind: Kind, dir: &Path) -> std::io::Result<Command> {
    if kind == Kind::Ours {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--dir"]).arg(dir);
        return Ok(command);
    }
    if kind == Kind::Sink {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("sink");
        return Ok(command);
    }
    let mut command = Command::new("node");
    command.arg(repository().join("e2e/peers/tus-server.mjs")).arg(dir);
    if kind == Kind::TusNodeFsync {
        command.arg("--fsync");
    }
    Ok(command)
}
