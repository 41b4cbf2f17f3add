//! As much of a torrc as a check of onion services needs (tor(1), "the configuration file format").

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What a torrc says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Torrc {
    pub(super) services: Vec<Service>,
    /// `Log` lines: level and where to.
    pub(super) logs: Vec<String>,
    pub(super) safe_logging_off: bool,
    /// The service gives up its own anonymity to be faster.
    pub(super) single_hop: bool,
    /// Other files that belong to it.
    pub(super) includes: bool,
}

/// One `HiddenServiceDir` and the lines that belong to it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) folder: PathBuf,
    pub(super) proof_of_work: bool,
    pub(super) targets: Vec<Target>,
}

/// Where a service hands its callers over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// An address of a machine.
    Socket(SocketAddr),
    /// A socket in the file system, which only this machine reaches.
    Unix(String),
    /// Something this check can't read.
    Odd(String),
}

impl Torrc {
    /// Reads the text. What it doesn't know it passes over, as it is none of a service's business.
    pub(super) fn parse(text: &str) -> Self {
        let mut torrc = Self::default();
        // A backslash at the end joins lines.
        for line in text.replace("\\\n", " ").lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            torrc.take(&key.to_ascii_lowercase(), value.trim());
        }
        torrc
    }

    fn take(&mut self, key: &str, value: &str) {
        match (key, self.services.last_mut()) {
            ("hiddenservicedir", _) => {
                self.services.push(Service { folder: value.trim_matches('"').into(), ..Service::default() });
            }
            ("hiddenservicepowdefensesenabled", Some(service)) => service.proof_of_work = value == "1",
            ("hiddenserviceport", Some(service)) => service.targets.push(Target::parse(value)),
            ("hiddenservicesinglehopmode" | "hiddenservicenonanonymousmode", _) => self.single_hop |= value == "1",
            ("log", _) => self.logs.push(value.to_ascii_lowercase()),
            ("safelogging", _) => self.safe_logging_off = value == "0",
            ("%include", _) => self.includes = true,
            _ => {}
        }
    }
}

impl Target {
    /// `VIRTPORT [TARGET]`; without a target it is the same port of this machine.
    fn parse(value: &str) -> Self {
        let mut words = value.split_whitespace();
        let own = words.next().unwrap_or_default();
        let target = words.next().unwrap_or(own).trim_matches('"');
        if let Some(path) = target.strip_prefix("unix:") {
            return Self::Unix(path.trim_matches('"').to_owned());
        }
        if let Ok(port) = target.parse() {
            return Self::Socket((Ipv4Addr::LOCALHOST, port).into());
        }
        let named = target.replace("localhost:", "127.0.0.1:");
        let alone = || Some(SocketAddr::new(named.parse::<IpAddr>().ok()?, own.parse().ok()?));
        named.parse().ok().or_else(alone).map_or_else(|| Self::Odd(target.to_owned()), Self::Socket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_we_ship_is_understood_and_has_everything_on() {
        let torrc = Torrc::parse(include_str!("../../../../../docs/deploy/torrc.sample"));
        let [service] = torrc.services.as_slice() else { panic!("{torrc:?}") };
        assert!(service.proof_of_work && !torrc.single_hop && !torrc.safe_logging_off && !torrc.includes);
        assert_eq!(service.targets, [Target::Socket("127.0.0.1:8480".parse().unwrap())]);
        assert_eq!(torrc.logs, ["warn syslog"]);
    }

    #[test]
    fn lines_belong_to_the_service_above_them() {
        let torrc = Torrc::parse(
            "HiddenServicePort 1 2\nhiddenservicedir /a # one\nHIDDENSERVICEPORT 80\nHiddenServiceDir \"/b c\"\n\
             HiddenServicePort 80 \\\n localhost:9\nHiddenServicePowDefensesEnabled 1\nHiddenServicePort 81 unix:/run/x\n\
             HiddenServicePort 82 [::1]:5\nHiddenServicePort 83 10.0.0.7\nHiddenServicePort 84 intake:5\n",
        );
        let socket = |text: &str| Target::Socket(text.parse().unwrap());
        let [a, b] = torrc.services.as_slice() else { panic!("{torrc:?}") };
        assert_eq!((a.folder.to_str(), a.proof_of_work), (Some("/a"), false));
        assert_eq!(a.targets, [socket("127.0.0.1:80")]);
        assert_eq!((b.folder.to_str(), b.proof_of_work), (Some("/b c"), true));
        let odd = Target::Odd("intake:5".into());
        let unix = Target::Unix("/run/x".into());
        assert_eq!(b.targets, [socket("127.0.0.1:9"), unix, socket("[::1]:5"), socket("10.0.0.7:83"), odd]);
    }
}
