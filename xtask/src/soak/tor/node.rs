//! One Tor process of the private network: its folder, its settings, its life.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::shell::{Res, dying_with_us, last_lines, output, tool};

/// A Tor process and where it lives. Ends with this value.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) dir: PathBuf,
    child: Option<Child>,
}

/// What the network must know of an authority.
pub(super) struct Authority {
    pub(super) node: Node,
    or: u16,
    directory: u16,
    identity: String,
    fingerprint: String,
}

impl Node {
    /// A folder that only we read, as Tor demands.
    pub(super) fn new(below: &Path, name: &str) -> Res<Self> {
        let dir = below.join(name);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir);
        made.map_err(|e| format!("{}: {e}", dir.display()))?;
        Ok(Self { name: name.to_owned(), dir, child: None })
    }

    pub(super) fn torrc(&self) -> PathBuf {
        self.dir.join("torrc")
    }

    /// Writes the settings and starts Tor with them.
    pub(super) fn start(&mut self, settings: &str) -> Res {
        let (name, dir) = (&self.name, self.dir.display());
        let text = format!(
            "Nickname {name}\nDataDirectory {dir}/data\nLog notice file {dir}/log\nShutdownWaitLength 0\n{settings}"
        );
        fs::write(self.torrc(), text).map_err(|e| format!("{dir}: {e}"))?;
        let mut command = dying_with_us(Path::new("tor"));
        command.args(["--quiet", "-f"]).arg(self.torrc());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().map_err(|e| format!("can't start tor: {e}"))?);
        Ok(())
    }

    /// Why it ended, if it did.
    pub(super) fn check(&mut self) -> Res {
        let ended = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
        ended.map_or(Ok(()), |status| Err(format!("tor ({}) ended with {status}\n{}", self.name, self.log())))
    }

    /// The end of its log.
    pub(super) fn log(&self) -> String {
        last_lines(&fs::read_to_string(self.dir.join("log")).unwrap_or_default(), 8)
    }

    /// Routers of the last consensus it has, and how many of them keep descriptors of onion services.
    pub(super) fn consensus(&self) -> (usize, usize) {
        let text = fs::read_to_string(self.dir.join("data/cached-microdesc-consensus")).unwrap_or_default();
        let count = |mark: &str, with: &str| text.lines().filter(|l| l.starts_with(mark) && l.contains(with)).count();
        (count("r ", ""), count("s ", "HSDir"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself; there is nobody left to tell.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Authority {
    /// Makes an authority's keys.
    pub(super) fn new(below: &Path, name: &str) -> Res<Self> {
        let node = Node::new(below, name)?;
        let (or, directory) = (free_port()?, free_port()?);
        let keys = node.dir.join("data/keys");
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&keys);
        made.map_err(|e| format!("{}: {e}", keys.display()))?;
        let certificate = keys.join("authority_certificate");
        let mut gencert = tool("tor-gencert");
        gencert.args(["--create-identity-key", "--passphrase-fd", "0", "-m", "1"]);
        gencert.arg("-a").arg(format!("127.0.0.1:{directory}"));
        gencert.arg("-i").arg(keys.join("authority_identity_key"));
        gencert.arg("-s").arg(keys.join("authority_signing_key")).arg("-c").arg(&certificate);
        gencert.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = gencert.spawn().map_err(|e| format!("can't start tor-gencert: {e}"))?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(b"for this test only\n").map_err(|e| format!("tor-gencert: {e}"))?;
        }
        let status = child.wait().map_err(|e| format!("tor-gencert: {e}"))?;
        if !status.success() {
            return Err(format!("tor-gencert ended with {status}"));
        }
        let text = fs::read_to_string(&certificate).map_err(|e| format!("{}: {e}", certificate.display()))?;
        let identity = text.lines().find_map(|l| l.strip_prefix("fingerprint ")).ok_or("a certificate of no one")?;
        let fingerprint = fingerprint(&node)?;
        Ok(Self { node, or, directory, identity: identity.to_owned(), fingerprint })
    }

    /// The line by which everybody knows it.
    pub(super) fn line(&self) -> String {
        format!(
            "DirAuthority {} orport={} no-v2 v3ident={} 127.0.0.1:{} {}\n",
            self.node.name, self.or, self.identity, self.directory, self.fingerprint
        )
    }

    /// Starts it; it votes every 20 seconds.
    pub(super) fn start(&mut self, common: &str) -> Res {
        let (or, directory) = (self.or, self.directory);
        let settings = format!(
            "{common}AuthoritativeDirectory 1\nV3AuthoritativeDirectory 1\nContactInfo nobody\nSocksPort 0\n\
             Address 127.0.0.1\nORPort 127.0.0.1:{or}\nDirPort 127.0.0.1:{directory}\nExitPolicy reject *:*\n\
             TestingV3AuthInitialVotingInterval 20\nTestingV3AuthInitialVoteDelay 4\nTestingV3AuthInitialDistDelay 4\n\
             V3AuthVotingInterval 20\nV3AuthVoteDelay 4\nV3AuthDistDelay 4\n\
             TestingDirAuthVoteGuard *\nTestingDirAuthVoteHSDir *\nTestingMinExitFlagThreshold 0\n"
        );
        self.node.start(&settings)
    }
}

/// The fingerprint of a relay that has not run yet.
fn fingerprint(node: &Node) -> Res<String> {
    let mut command = tool("tor");
    command.args(["--list-fingerprint", "--orport", "1", "--ignore-missing-torrc", "--quiet", "-f"]);
    command.arg(node.dir.join("none")).arg("--defaults-torrc").arg(node.dir.join("none"));
    command.args(["--dirauthority", "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff"]);
    command.arg("--datadirectory").arg(node.dir.join("data")).args(["--nickname", &node.name]);
    let said = output(&mut command)?;
    let line = said.lines().find_map(|l| l.strip_prefix(&node.name)).ok_or("tor named no fingerprint")?;
    Ok(line.split_whitespace().collect())
}

/// A port that nobody uses now.
pub(super) fn free_port() -> Res<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| format!("no free port: {e}"))?;
    Ok(listener.local_addr().map_err(|e| e.to_string())?.port())
}
