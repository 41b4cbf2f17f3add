//! 50 MB from `hamseda send` through a private Tor network on loopback to an onion service in front of a real
//! `hamseda intake`, while the sender's circuits are killed midway. The service runs from `docs/deploy/torrc.sample`.
//!
//! Shows: every cut is taken up where the server stood, what was acknowledged stays, the bytes arrive identical, and
//! what is sent twice stays below one request per cut.

mod control;
mod network;
mod node;
mod parties;
mod wire;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::options::Options;
use crate::say::{Steps, seconds};
use crate::shell::{Res, exists, run};
use crate::tree;
use network::Network;
use parties::{Intake, Sender};

/// Bytes of the clip.
const CLIP: usize = 50_000_000;
/// A kill when so many hundredths of the upload are safe.
const KILLS: [u64; 3] = [15, 40, 65];
/// Largest request of `hamseda send`.
const CHUNK: u64 = 8 * 1024 * 1024;

/// `cargo xtask soak tor [--program PATH]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["program"], &[])?;
    for program in ["tor", "tor-gencert"] {
        if !exists(program) {
            println!("skipped: {program} is not installed (apt-get install -y tor)");
            return Ok(());
        }
    }
    let program = match options.get("program") {
        Some(path) => path.into(),
        None => {
            run(tree::cargo().args(["build", "--locked", "--package", "hamseda"]))?;
            tree::target().join("debug/hamseda")
        }
    };
    let dir = tree::target().join("soak/tor");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    std::fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    play(&program, &dir)
}

fn play(program: &Path, dir: &Path) -> Res {
    let mut steps = Steps::new();
    let mut held = None;
    steps.step("campaign", |_| {
        let intake = Intake::start(program, dir)?;
        let sealed = intake.seal(CLIP)?;
        held = Some((intake, sealed));
        Ok("campaign, intake on loopback, a clip of 50 MB sealed".into())
    })?;
    let Some((intake, sealed)) = held else { return Err("no intake".into()) };

    let mut network = None;
    steps.step("network", |_| {
        let started = Network::start(&dir.join("net"))?;
        started.wait_for_consensus(Duration::from_secs(180))?;
        network = Some(started);
        Ok("three authorities and five relays agree on a consensus".into())
    })?;
    let Some(mut network) = network else { return Err("no network".into()) };

    let mut address = String::new();
    steps.step("service", |_| {
        address = network.serve(intake.port()?)?;
        intake.doctor(&network.service_torrc())?;
        Ok(format!("onion service with proof of work, doctor finds nothing: {}…onion", &address[..8]))
    })?;
    steps.step("client", |_| {
        network.wait_for_service(&address, Duration::from_secs(240))?;
        Ok("a client reaches the service".into())
    })?;

    let mut figures = None;
    steps.step("send", |_| {
        let found = send(&intake, &mut network, &address, &sealed)?;
        let line = found.line();
        figures = Some(found);
        Ok(line)
    })?;
    steps.step("compare", |_| {
        intake.holds_exactly(&sealed)?;
        Ok("the intake holds exactly the bytes that were sealed".into())
    })?;
    steps.table();
    figures.map_or_else(|| Err("nothing was sent".into()), |f| f.judge())
}

/// What happened while it was sent.
struct Figures {
    bytes: u64,
    cuts: u64,
    written: u64,
    took: Duration,
    /// Where the server stood at each kill, hundredths.
    killed_at: Vec<u64>,
}

fn send(intake: &Intake, network: &mut Network, address: &str, sealed: &Path) -> Res<Figures> {
    let began = Instant::now();
    let before = network.client_written()?;
    let mut sender = Sender::start(intake, sealed, &format!("http://{address}/"), network.socks())?;
    let mut killed_at = Vec::new();
    let mut safe = 0;
    while !sender.ended()? {
        if let Some(now) = sender.safe_bytes(intake)? {
            if now < safe {
                return Err(format!("the server went back from {safe} to {now} bytes"));
            }
            safe = now;
            let hundredths = now * 100 / sender.bytes.max(1);
            if KILLS.get(killed_at.len()).is_some_and(|at| hundredths >= *at) {
                network.kill_circuits()?;
                killed_at.push(hundredths);
            }
        }
        if began.elapsed() > Duration::from_secs(900) {
            return Err(format!("not sent after 15 minutes; {safe} bytes are safe"));
        }
        std::thread::sleep(Duration::from_millis(40));
    }
    let report = sender.report()?;
    Ok(Figures {
        bytes: report.bytes,
        cuts: report.cuts,
        written: network.client_written()?.saturating_sub(before),
        took: began.elapsed(),
        killed_at,
    })
}

impl Figures {
    fn line(&self) -> String {
        let mb = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
        let rate = self.bytes as f64 / 1e6 / self.took.as_secs_f64();
        format!(
            "{} MB in {} ({rate:.1} MB/s), {} cuts taken up, {} MB on the wire, killed at {:?} %",
            mb(self.bytes),
            seconds(self.took),
            self.cuts,
            mb(self.written),
            self.killed_at
        )
    }

    /// Fails when a promise was broken.
    fn judge(&self) -> Res {
        if self.killed_at.len() < KILLS.len() {
            return Err(format!("only {} of {} kills came before the end", self.killed_at.len(), KILLS.len()));
        }
        if self.cuts < KILLS.len() as u64 {
            return Err(format!("{} kills, but only {} cuts were noticed", KILLS.len(), self.cuts));
        }
        // Cells, TLS and circuits of Tor's own cost a tenth; a quarter of a megabyte more for building them anew.
        let most = (self.bytes + self.cuts * CHUNK) * 11 / 10 + 2_000_000;
        if self.written > most {
            return Err(format!("{} bytes went out, at most {most} are explained", self.written));
        }
        Ok(())
    }
}
