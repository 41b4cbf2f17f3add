//! The onion service in front of an intake: what its torrc says, and who listens behind it.
//!
//! Refuses: to start Tor or to ask it anything. It reads files, so it can be run while the service is under attack.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use super::Check;
use super::torrc::{Service, Target, Torrc};

/// The first Tor with proof of work.
const PROOF_OF_WORK_SINCE: (u32, u32, u32) = (0, 4, 8);

/// Looks at a torrc and what it points to.
pub(super) fn checks(path: &Path) -> Vec<Check> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let found = format!("{}: {error}", path.display());
            return vec![wrong("onion", found, "name the torrc with --torrc, as a user who may read it")];
        }
    };
    let torrc = Torrc::parse(&text);
    let listening = Listening::now();
    let mut checks = vec![service(path, &torrc), logs(&torrc)];
    let status = std::fs::read_to_string("/var/lib/dpkg/status").unwrap_or_default();
    checks.extend(tor_version(&status).map(version));
    for service in &torrc.services {
        checks.push(proof_of_work(service));
        checks.push(port(service));
        checks.extend(service.targets.iter().filter_map(|target| intake(target, &listening)));
    }
    checks
}

fn fine(name: &'static str, found: String) -> Check {
    Check { name, ok: true, found, mend: None }
}

fn wrong(name: &'static str, found: String, mend: &str) -> Check {
    Check { name, ok: false, found, mend: Some(mend.to_owned()) }
}

fn service(path: &Path, torrc: &Torrc) -> Check {
    let Some(first) = torrc.services.first() else {
        let sample = "copy docs/deploy/torrc.sample, then systemctl restart tor";
        return wrong("onion", format!("no HiddenServiceDir in {}", path.display()), sample);
    };
    if torrc.includes {
        return wrong("onion", "%include is not followed".into(), "put the service's lines into one torrc");
    }
    if torrc.single_hop {
        let mend = "remove HiddenServiceSingleHopMode and HiddenServiceNonAnonymousMode";
        return wrong("onion", "the service shows where it is".into(), mend);
    }
    // The folder belongs to Tor's user; that we can't read it is as it should be.
    let name = std::fs::read_to_string(first.folder.join("hostname"));
    fine("onion", name.map_or_else(|_| format!("service in {}", first.folder.display()), |n| n.trim().to_owned()))
}

fn logs(torrc: &Torrc) -> Check {
    let quiet = |line: &String| ["notice", "warn", "err"].iter().any(|level| line.starts_with(level));
    if torrc.safe_logging_off {
        return wrong("onion-log", "SafeLogging 0 writes addresses down".into(), "SafeLogging 1 in the torrc");
    }
    match torrc.logs.iter().find(|line| !quiet(line)) {
        Some(line) => wrong("onion-log", format!("Log {line} tells too much"), "Log warn syslog in the torrc"),
        None => fine("onion-log", "notices at most".into()),
    }
}

fn proof_of_work(service: &Service) -> Check {
    if service.proof_of_work {
        return fine("onion-pow", "proof of work is asked while the service is flooded".into());
    }
    let found = format!("off for {}: one flooder can keep everybody out", service.folder.display());
    wrong("onion-pow", found, "HiddenServicePoWDefensesEnabled 1 below that HiddenServiceDir (Tor 0.4.8 or newer)")
}

fn port(service: &Service) -> Check {
    let outside = |target: &&Target| match target {
        Target::Socket(address) => !address.ip().is_loopback(),
        Target::Unix(_) => false,
        Target::Odd(_) => true,
    };
    match (service.targets.first(), service.targets.iter().find(outside)) {
        (None, _) => {
            let found = format!("no HiddenServicePort for {}", service.folder.display());
            wrong("onion-port", found, "HiddenServicePort 80 127.0.0.1:8480")
        }
        (_, Some(target)) => {
            let found = format!("callers are handed to {target:?}, which is not this machine's loopback");
            wrong("onion-port", found, "run intake and Tor on one machine: HiddenServicePort 80 127.0.0.1:8480")
        }
        _ => fine("onion-port", "callers are handed to loopback".into()),
    }
}

fn intake(target: &Target, listening: &Listening) -> Option<Check> {
    let Target::Socket(address) = target else { return None };
    let port = address.port();
    let listeners = listening.on(port)?;
    let outside = listeners.iter().find(|ip| !is_loopback(**ip));
    Some(match (listeners.first(), outside) {
        (None, _) => {
            let found = format!("nobody listens on port {port}");
            wrong("onion-intake", found, &format!("hamseda intake --dir DIR --listen 127.0.0.1:{port}"))
        }
        (_, Some(ip)) => {
            let found = format!("port {port} is open to {ip}, past Tor");
            wrong("onion-intake", found, &format!("hamseda intake --dir DIR --listen 127.0.0.1:{port}"))
        }
        _ => fine("onion-intake", format!("listens on port {port} of loopback only")),
    })
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn version(found: (u32, u32, u32)) -> Check {
    let text = format!("Tor {}.{}.{}", found.0, found.1, found.2);
    if found >= PROOF_OF_WORK_SINCE {
        fine("onion-tor", text)
    } else {
        let mend = "apt-get update && apt-get install -y tor (0.4.8 or newer; Debian 12 has it in its updates)";
        wrong("onion-tor", format!("{text} has no proof of work"), mend)
    }
}

/// The version of Debian's package, if it is installed.
fn tor_version(status: &str) -> Option<(u32, u32, u32)> {
    let package =
        status.split("\n\n").find(|p| p.starts_with("Package: tor\n") && p.contains("\nStatus: install ok"))?;
    let version = package.lines().find_map(|line| line.strip_prefix("Version: "))?;
    let mut numbers = version.split(['.', '-', '+', '~']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Who listens on this machine.
#[derive(Debug, Default)]
struct Listening(Option<BTreeSet<(u16, IpAddr)>>);

impl Listening {
    /// From the kernel's tables; nothing is said where they can't be read.
    fn now() -> Self {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/self/net/{name}"));
        let tables = [read("tcp"), read("tcp6")];
        if tables.iter().all(Result::is_err) {
            return Self(None);
        }
        Self::parse(&tables.map(Result::unwrap_or_default).join("\n"))
    }

    fn parse(tables: &str) -> Self {
        const LISTEN: &str = "0A";
        let mut found = BTreeSet::new();
        for line in tables.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let [_, local, _, LISTEN, ..] = words.as_slice() else { continue };
            let Some((ip, port)) = local.split_once(':') else { continue };
            if let (Some(ip), Ok(port)) = (kernel_address(ip), u16::from_str_radix(port, 16)) {
                found.insert((port, ip));
            }
        }
        Self(Some(found))
    }

    fn on(&self, port: u16) -> Option<Vec<IpAddr>> {
        let found = self.0.as_ref()?;
        Some(found.iter().filter(|(known, _)| *known == port).map(|(_, ip)| *ip).collect())
    }
}

/// An address as `/proc/net/tcp` writes it: words of four bytes, each in the machine's order.
fn kernel_address(text: &str) -> Option<IpAddr> {
    let words = text.as_bytes().chunks(8).map(|w| u32::from_str_radix(std::str::from_utf8(w).ok()?, 16).ok());
    let bytes: Vec<u8> = words.collect::<Option<Vec<_>>>()?.into_iter().flat_map(u32::to_ne_bytes).collect();
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(torrc: &str) -> Vec<&'static str> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("torrc");
        std::fs::write(&path, torrc).unwrap();
        let named = |check: &Check| (!check.ok).then_some(check.name);
        // What runs on the machine of the test is not the test's business.
        checks(&path).iter().filter_map(named).filter(|name| !["onion-intake", "onion-tor"].contains(name)).collect()
    }

    #[test]
    fn every_dangerous_line_is_found_with_what_mends_it() {
        let good = include_str!("../../../../../docs/deploy/torrc.sample");
        assert_eq!(failing(good), [""; 0]);
        for (from, to, name) in [
            ("HiddenServicePoWDefensesEnabled 1", "HiddenServicePoWDefensesEnabled 0", "onion-pow"),
            ("HiddenServicePoWDefensesEnabled 1", "", "onion-pow"),
            ("127.0.0.1:8480\n", "10.0.0.7:8480\n", "onion-port"),
            ("HiddenServicePort 80 127.0.0.1:8480\n", "\n", "onion-port"),
            ("Log warn", "Log info", "onion-log"),
            ("SafeLogging 1", "SafeLogging 0", "onion-log"),
            ("SocksPort 0", "HiddenServiceNonAnonymousMode 1", "onion"),
            ("SocksPort 0", "%include /etc/tor/more", "onion"),
        ] {
            assert!(good.contains(from));
            assert_eq!(failing(&good.replace(from, to)), [name], "{to}");
        }
        assert_eq!(failing("SocksPort 0\n"), ["onion"]);
        assert_eq!(checks(Path::new("/no/such/torrc")).len(), 1);
    }

    #[test]
    fn a_port_that_is_open_past_tor_is_found() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let target = Target::Socket(socket.local_addr().unwrap());
        assert!(intake(&target, &Listening::now()).unwrap().ok);
        drop(socket);
        let tables = format!("  0: 00000000:{port:04X} 00000000:0000 0A 0\n");
        assert!(intake(&target, &Listening::parse(&tables)).unwrap().found.contains("past Tor"));
        let mapped = format!("  0: 0000000000000000FFFF00000100007F:{port:04X} 0:0 0A 0\n");
        assert_eq!(intake(&target, &Listening::parse(&mapped)).unwrap().ok, cfg!(target_endian = "little"));
        assert!(intake(&target, &Listening::parse("")).unwrap().found.contains("nobody listens"));
        assert!(intake(&target, &Listening(None)).is_none());
    }

    #[test]
    fn the_package_says_whether_this_tor_knows_proof_of_work() {
        let status = |version: &str| {
            format!(
                "Package: torsocks\nVersion: 2.4\n\nPackage: tor\nStatus: install ok installed\nVersion: {version}\n"
            )
        };
        assert_eq!(tor_version(&status("0.4.9.11-0+deb12u1")), Some((0, 4, 9)));
        assert!(version(tor_version(&status("0.4.9.11-0+deb12u1")).unwrap()).ok);
        assert!(!version(tor_version(&status("0.4.7.16-1")).unwrap()).ok);
        assert_eq!(tor_version("Package: tor\nStatus: deinstall ok config-files\nVersion: 0.4.9\n"), None);
        assert_eq!(tor_version(""), None);
    }
}
