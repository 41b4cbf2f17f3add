//! What must not be touched: files whose openings the kernel reports, and listeners.

use std::net::{TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// Words that stand in the secret file and nowhere else.
pub(crate) const SECRET: &str = "the names of those who helped";

pub(crate) struct Trap {
    folder: tempfile::TempDir,
    opened: OwnedFd,
    http: TcpListener,
    udp: UdpSocket,
    unix: UnixListener,
}

impl Trap {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Open to everybody, so that only the cage keeps a decoder out.
        let mode = |path: &std::path::Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(folder.path(), 0o755);
        let secret = folder.path().join("secret.ts");
        std::fs::write(&secret, format!("{SECRET}\n").repeat(64)).unwrap();
        mode(&secret, 0o644);
        let unix = UnixListener::bind(folder.path().join("socket")).unwrap();
        mode(&folder.path().join("socket"), 0o777);
        let opened = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&opened, &secret, WatchFlags::OPEN | WatchFlags::ACCESS).unwrap();
        let http = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        http.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        unix.set_nonblocking(true).unwrap();
        Self { folder, opened, http, udp, unix }
    }

    pub(crate) fn secret(&self) -> PathBuf {
        self.folder.path().join("secret.ts")
    }

    /// URLs that lead into the trap.
    pub(crate) fn urls(&self) -> [(&'static str, String); 5] {
        let path = self.secret().display().to_string();
        [
            ("file", format!("file://{path}")),
            ("path", path),
            ("http", format!("http://{}/secret.ts", self.http.local_addr().unwrap())),
            ("udp", format!("udp://{}", self.udp.local_addr().unwrap())),
            ("unix", format!("unix:{}/socket", self.folder.path().display())),
        ]
    }

    pub(crate) fn udp_port(&self) -> u16 {
        self.udp.local_addr().unwrap().port()
    }

    /// What was touched since this was asked last.
    pub(crate) fn touched(&self) -> Vec<&'static str> {
        let mut events = [0; 4_096];
        let opened = rustix::io::read(&self.opened, &mut events).is_ok_and(|n| n > 0);
        let came = [
            (opened, "the secret file"),
            (self.http.accept().is_ok(), "the web server"),
            (self.udp.recv_from(&mut [0; 1]).is_ok(), "the UDP port"),
            (self.unix.accept().is_ok(), "the unix socket"),
        ];
        came.into_iter().filter_map(|(came, what)| came.then_some(what)).collect()
    }

    pub(crate) fn assert_untouched(&self) {
        assert_eq!(self.touched(), [""; 0]);
    }
}
