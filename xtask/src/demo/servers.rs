//! The processes that run beside the demo: intake, desk, and at the end the site. They die with this one.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::Path;

use super::program::Program;
use crate::shell::{Background, Res};

/// Ports that are taken when they are free: intake, desk, site.
const PORTS: [u16; 3] = [8480, 8481, 8482];

/// What runs.
pub(super) struct Servers {
    intake: Background,
    desk: Background,
}

impl Servers {
    /// Starts intake and desk.
    pub(super) fn start(program: &Program) -> Res<Self> {
        let dir = program.dir.as_os_str();
        let start = |name: &str, port: u16| {
            let listen = address(port);
            let args = [name.as_ref(), OsStr::new("--dir"), dir, "--listen".as_ref(), listen.as_ref()];
            Background::start(name, &program.path, &args, &program.log(name))
        };
        let servers = Self { intake: start("intake", PORTS[0])?, desk: start("desk", PORTS[1])? };
        println!("  ✓ intake and desk listen, each its own process");
        Ok(servers)
    }

    /// The intake's URL.
    pub(super) fn intake(&self) -> &str {
        &self.intake.url
    }

    /// Serves the site until it ends, which is when the person ends all of it.
    pub(super) fn serve(&mut self, program: &Program) -> Res {
        let (site, listen) = (program.dir.join("site"), address(PORTS[2]));
        let args = ["serve".as_ref(), site.as_os_str(), OsStr::new("--listen"), listen.as_ref()];
        let mut site = Background::start("site", &program.path, &args, &program.log("serve"))?;
        let key = program.dir.join("keys/desk.login");
        println!("\n  site     {}/", site.url);
        println!("  intake   {}/", self.intake.url);
        println!("  desk     {}/", self.desk.url);
        if let Some(word) = first_line(&key) {
            println!("           opens with {word}");
        }
        println!("\n  Ctrl-C ends all of them.");
        site.wait()
    }
}

fn first_line(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()?.lines().next().map(str::to_owned)
}

/// The usual port if it is free, else any.
fn address(port: u16) -> String {
    let free = TcpListener::bind(("127.0.0.1", port)).is_ok();
    format!("127.0.0.1:{}", if free { port } else { 0 })
}
