//! A server on a disk that forgets, and what can happen to both.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disk::Disk;
use crate::line::{self, Line};
use crate::random::Random;
use crate::serve::TOKEN;
use crate::server::{Kind, Server};

/// How often an answer that breaks off is asked for again.
const PULLS: usize = 5;

/// The world of one server.
pub(crate) struct World {
    pub(crate) kind: Kind,
    server: Server,
    pub(crate) disk: Disk,
    _mount: TempDir,
}

impl World {
    /// # Errors
    /// No FUSE here, or the server does not start.
    pub(crate) fn new(kind: Kind) -> Result<Self, String> {
        let mount = tempfile::Builder::new().prefix("hamseda-lab-").tempdir().map_err(|e| e.to_string())?;
        let disk = Disk::mount(mount.path()).map_err(|e| format!("no disk of our own can be mounted here: {e}"))?;
        let server = Server::start(kind, mount.path())?;
        Ok(Self { kind, server, disk, _mount: mount })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// `kill -9` and a new start.
    pub(crate) fn kill(&mut self) -> Result<(), String> {
        self.server.kill();
        self.start()
    }

    /// `kill -9`, what was not synced is gone, and a new start.
    pub(crate) fn power_cut(&mut self, random: &mut Random) -> Result<(), String> {
        self.server.kill();
        // Every second time a kernel had written some of it back by chance.
        let lucky = random.below(2) == 0;
        self.disk.power_cut(random, lucky).map_err(|e| e.to_string())?;
        self.start()
    }

    fn start(&mut self) -> Result<(), String> {
        self.server = Server::start(self.kind, self.disk.path())?;
        Ok(())
    }

    /// Makes an upload; its path.
    pub(crate) fn create(&self, length: u64) -> Result<String, String> {
        let length = length.to_string();
        let headers = [("Upload-Length", length.as_str()), ("Content-Length", "0")];
        let answer = line::ask(self.address(), "POST", self.kind.endpoint(), &headers).map_err(|e| e.to_string())?;
        if answer.status == 201 {
            Ok(answer.location())
        } else {
            Err(format!("creation was answered {}", answer.status))
        }
    }

    /// Whether the whole message lies there, byte for byte: as the desk gets it from ours, as a file from the others.
    pub(crate) fn holds(&self, path: &str, message: &[u8]) -> Result<bool, String> {
        if self.kind == Kind::Ours {
            let bearer = format!("Bearer {TOKEN}");
            let pull = path.replace("/upload/", "/pull/v1/");
            let head = line::head(self.address(), "GET", &pull, &[("Authorization", &bearer)], false);
            // An answer that breaks off is asked for again, as the desk does: parts may move to other files meanwhile.
            for _ in 0..PULLS {
                let got = Line::open(self.address(), &head).and_then(Line::whole).map_err(|e| e.to_string())?;
                if got.0.status != 200 || got.0.header("content-length") == got.1.len().to_string() {
                    return Ok(got.0.status == 200 && got.1 == message);
                }
            }
            return Ok(false);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let Some(file) = find(self.disk.path(), name) else { return Ok(false) };
        Ok(std::fs::read(file).map_err(|e| e.to_string())? == message)
    }

    /// Takes a message away, so that the disk does not fill up.
    pub(crate) fn forget(&self, path: &str) {
        let bearer = format!("Bearer {TOKEN}");
        let _ = match self.kind {
            Kind::Ours => {
                let done = format!("{}/done", path.replace("/upload/", "/pull/v1/"));
                line::ask(self.address(), "POST", &done, &[("Authorization", &bearer), ("Content-Length", "0")])
            }
            _ => line::ask(self.address(), "DELETE", path, &[]),
        };
    }
}

/// A file of this name below a folder.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name) {
                return Some(found);
            }
        } else if entry.file_name().to_string_lossy() == name {
            return Some(path);
        }
    }
    None
}
