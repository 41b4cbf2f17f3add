//! The private network: three authorities, five relays, one onion service, one client. All on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::control::Control;
use super::node::{Authority, Node, free_port};
use super::wire;
use crate::shell::Res;
use crate::tree;

/// What runs. Ends with this value.
pub(super) struct Network {
    dir: PathBuf,
    common: String,
    authorities: Vec<Authority>,
    relays: Vec<Node>,
    service: Option<Node>,
    client: Option<Node>,
    socks: u16,
    control: Option<Control>,
}

impl Network {
    /// Starts authorities and relays.
    pub(super) fn start(dir: &Path) -> Res<Self> {
        let names = ["authority1", "authority2", "authority3"];
        let mut authorities = names.iter().map(|name| Authority::new(dir, name)).collect::<Res<Vec<_>>>()?;
        let lines: String = authorities.iter().map(Authority::line).collect();
        let common = format!("TestingTorNetwork 1\nPathsNeededToBuildCircuits 0.67\n{lines}");
        for authority in &mut authorities {
            authority.start(&common)?;
        }
        let mut relays = Vec::new();
        for number in 1..=5 {
            let mut relay = Node::new(dir, &format!("relay{number}"))?;
            let port = free_port()?;
            let own = format!("SocksPort 0\nAddress 127.0.0.1\nORPort 127.0.0.1:{port}\nExitPolicy reject *:*\n");
            relay.start(&format!("{common}{own}"))?;
            relays.push(relay);
        }
        let dir = dir.to_owned();
        Ok(Self { dir, common, authorities, relays, service: None, client: None, socks: 0, control: None })
    }

    /// Waits until every authority and every relay stands in a consensus, and all of them may keep descriptors.
    pub(super) fn wait_for_consensus(&self, most: Duration) -> Res {
        let all = self.authorities.len() + self.relays.len();
        let seen = || self.authorities.first().map_or((0, 0), |a| a.node.consensus());
        let late = || {
            let logs = self.authorities.iter().map(|a| a.node.log()).collect::<Vec<_>>().join("\n");
            format!("no consensus of {all} routers after {most:?}; the last had {:?}\n{logs}", seen())
        };
        until(most, || Ok(seen() == (all, all)), late)
    }

    /// Starts the onion service in front of a port, with the settings we tell operators to use. Gives its address.
    pub(super) fn serve(&mut self, port: u16) -> Res<String> {
        let mut service = Node::new(&self.dir, "service")?;
        let path = tree::path("docs/deploy/torrc.sample");
        let sample = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let folder = service.dir.join("onion");
        let sample = sample
            .replace("/var/lib/tor/hamseda/", &folder.display().to_string())
            .replace("127.0.0.1:8480", &format!("127.0.0.1:{port}"));
        service.start(&format!("{}{sample}", self.common))?;
        let hostname = folder.join("hostname");
        let read = || fs::read_to_string(&hostname).unwrap_or_default();
        until(Duration::from_secs(30), || Ok(read().ends_with(".onion\n")), || service.log())?;
        service.check()?;
        self.service = Some(service);
        self.start_client()?;
        Ok(read().trim().to_owned())
    }

    fn start_client(&mut self) -> Res {
        let mut client = Node::new(&self.dir, "client")?;
        let (socks, control) = (free_port()?, free_port()?);
        let own = format!("SocksPort 127.0.0.1:{socks}\nControlPort 127.0.0.1:{control}\nClientOnly 1\n");
        client.start(&format!("{}{own}", self.common))?;
        let mut opened = None;
        let open = || {
            opened = Control::open(control).ok();
            Ok(opened.is_some())
        };
        until(Duration::from_secs(30), open, || client.log())?;
        (self.client, self.control, self.socks) = (Some(client), opened, socks);
        Ok(())
    }

    /// Waits until the client has a network and the service answers through it.
    pub(super) fn wait_for_service(&mut self, address: &str, most: Duration) -> Res {
        let began = Instant::now();
        let log = |node: &Option<Node>| node.as_ref().map(Node::log).unwrap_or_default();
        let (client, service) = (&self.client, &self.service);
        let control = self.control.as_mut().ok_or("no client")?;
        until(most, || Ok(control.bootstrapped()? == 100), || format!("the client has no network\n{}", log(client)))?;
        let answers = || {
            let stream = wire::through(self.socks, address);
            let answer = stream.and_then(|stream| wire::ask(stream, "GET", "/keyset", address, ""));
            Ok(answer.is_ok_and(|answer| answer.status == 200))
        };
        let silent = || format!("the service does not answer\n{}\n{}", log(client), log(service));
        until(most.saturating_sub(began.elapsed()), answers, silent)
    }

    /// Port of the client's SOCKS proxy.
    pub(super) const fn socks(&self) -> u16 {
        self.socks
    }

    /// The settings of the onion service.
    pub(super) fn service_torrc(&self) -> PathBuf {
        self.service.as_ref().map_or_else(PathBuf::new, Node::torrc)
    }

    /// Bytes that the client's Tor has sent.
    pub(super) fn client_written(&mut self) -> Res<u64> {
        self.control.as_mut().ok_or("no client")?.written()
    }

    /// Closes the client's circuits to the service.
    pub(super) fn kill_circuits(&mut self) -> Res {
        match self.control.as_mut().ok_or("no client")?.kill_circuits()? {
            0 => Err("no circuit was there to be killed".into()),
            _ => Ok(()),
        }
    }
}

/// Asks again and again until it is so; `late` says what is to be known when it never is.
fn until(most: Duration, mut is_so: impl FnMut() -> Res<bool>, late: impl Fn() -> String) -> Res {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > most {
            return Err(late());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
