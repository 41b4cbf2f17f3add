//! What is planted outside for the stand-in to reach for, and whether something arrived there.

use std::fs::{self, File, Permissions};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};

use super::orders::Targets;

/// Listeners and files that only the walls keep from being reached: everyone may read and write them.
#[derive(Debug)]
pub(super) struct Planted {
    folder: tempfile::TempDir,
    secret: File,
    tcp4: TcpListener,
    tcp6: Option<TcpListener>,
    udp: UdpSocket,
    unix: UnixListener,
    unix_abstract: UnixListener,
    abstract_name: String,
}

/// Files that [`Planted::new`] puts into the folder: the secret and the socket.
const FILES: usize = 2;

impl Planted {
    pub(super) fn new() -> io::Result<Self> {
        let open_to_all = Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("hamseda-cage-test-").permissions(open_to_all).tempdir()?;
        let (secret, socket) = (folder.path().join("secret"), folder.path().join("socket"));
        fs::write(&secret, "another sender's clip")?;
        fs::set_permissions(&secret, Permissions::from_mode(0o644))?;
        let unix = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o777))?;
        // The folder's name is drawn anew each time, so this one is free.
        let abstract_name = format!("{}", folder.path().display());
        let unix_abstract = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&abstract_name)?)?;
        let planted = Self {
            secret: File::open(secret)?,
            folder,
            tcp4: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            tcp6: TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).ok(),
            udp: UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?,
            unix,
            unix_abstract,
            abstract_name,
        };
        planted.tcp4.set_nonblocking(true)?;
        planted.tcp6.as_ref().map_or(Ok(()), |tcp6| tcp6.set_nonblocking(true))?;
        planted.udp.set_nonblocking(true)?;
        planted.unix.set_nonblocking(true)?;
        planted.unix_abstract.set_nonblocking(true)?;
        Ok(planted)
    }

    /// What an attacker would know of it. `program` is the descriptor of the stand-in's own program.
    pub(super) fn targets(&self, program: i32) -> io::Result<Targets> {
        Ok(Targets {
            tcp4: self.tcp4.local_addr()?.port(),
            tcp6: self.tcp6.as_ref().map_or(Ok(0), |tcp6| tcp6.local_addr().map(|a| a.port()))?,
            udp: self.udp.local_addr()?.port(),
            socket: self.folder.path().join("socket"),
            abstract_name: self.abstract_name.clone(),
            folder: self.folder.path().to_path_buf(),
            secret: self.folder.path().join("secret"),
            parent: rustix::process::getpid().as_raw_pid(),
            descriptor: self.secret.as_raw_fd(),
            program,
        })
    }

    /// What arrived here in spite of everything.
    pub(super) fn arrived(&self) -> Vec<&'static str> {
        let mut arrived = Vec::new();
        let mut note = |came: bool, what| arrived.extend(came.then_some(what));
        note(self.tcp4.accept().is_ok(), "a TCP connection");
        note(self.tcp6.as_ref().is_some_and(|tcp6| tcp6.accept().is_ok()), "a TCP connection over IPv6");
        note(self.udp.recv_from(&mut [0; 1]).is_ok(), "a UDP packet");
        note(self.unix.accept().is_ok(), "a connection to a unix socket");
        note(self.unix_abstract.accept().is_ok(), "a connection to an abstract unix socket");
        let files = fs::read_dir(self.folder.path()).map(Iterator::count);
        note(files.ok() != Some(FILES), "a new file");
        arrived
    }
}
