//! Tor's control port (control-spec): asking and closing circuits.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::wire;
use crate::shell::Res;

/// An open control connection.
pub(super) struct Control {
    reader: BufReader<TcpStream>,
}

impl Control {
    pub(super) fn open(port: u16) -> Res<Self> {
        let mut control = Self { reader: BufReader::new(wire::local(port)?) };
        control.command("AUTHENTICATE")?;
        Ok(control)
    }

    /// Sends a command and returns the lines of its answer without codes.
    pub(super) fn command(&mut self, command: &str) -> Res<Vec<String>> {
        let broken = |e: std::io::Error| format!("control port, {command}: {e}");
        self.reader.get_mut().write_all(format!("{command}\r\n").as_bytes()).map_err(broken)?;
        let mut lines = Vec::new();
        loop {
            let line = self.line(command)?;
            let (code, rest) = line.split_at_checked(3).ok_or("a short answer of the control port")?;
            if !code.starts_with('2') {
                return Err(format!("control port, {command}: {line}"));
            }
            let (kind, text) = rest.split_at_checked(1).unwrap_or((" ", ""));
            lines.push(text.to_owned());
            match kind {
                " " => return Ok(lines),
                "+" => self.data(command, &mut lines)?,
                _ => {}
            }
        }
    }

    /// Lines up to a single dot.
    fn data(&mut self, command: &str, lines: &mut Vec<String>) -> Res {
        loop {
            let line = self.line(command)?;
            if line == "." {
                return Ok(());
            }
            lines.push(line);
        }
    }

    fn line(&mut self, command: &str) -> Res<String> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).map_err(|e| format!("control port, {command}: {e}"))?;
        if read == 0 { Err(format!("control port, {command}: closed")) } else { Ok(line.trim_end().to_owned()) }
    }

    /// Hundredths of the way to a working client.
    pub(super) fn bootstrapped(&mut self) -> Res<u32> {
        let lines = self.command("GETINFO status/bootstrap-phase")?;
        let value = lines.iter().find_map(|l| l.split_once("PROGRESS=")?.1.split(' ').next()?.parse().ok());
        Ok(value.unwrap_or(0))
    }

    /// Bytes that this Tor has sent since it started.
    pub(super) fn written(&mut self) -> Res<u64> {
        let lines = self.command("GETINFO traffic/written")?;
        let value = lines.iter().find_map(|l| l.strip_prefix("traffic/written=")?.parse().ok());
        value.ok_or_else(|| "no count of bytes from Tor".into())
    }

    /// Closes every circuit that carries or may carry a client's streams to a service, and takes new identities.
    pub(super) fn kill_circuits(&mut self) -> Res<usize> {
        let lines = self.command("GETINFO circuit-status")?;
        let ids: Vec<&str> =
            lines.iter().filter(|l| l.contains("PURPOSE=HS_CLIENT_REND")).filter_map(|l| circuit_id(l)).collect();
        for id in &ids {
            // One may have closed by itself since it was listed.
            let _ = self.command(&format!("CLOSECIRCUIT {id}"));
        }
        self.command("SIGNAL NEWNYM")?;
        Ok(ids.len())
    }
}

/// `circuit-status=12 BUILT …` or `12 BUILT …`
fn circuit_id(line: &str) -> Option<&str> {
    let line = line.strip_prefix("circuit-status=").unwrap_or(line);
    line.split(' ').next().filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::circuit_id;

    #[test]
    fn circuits_are_named_by_their_first_word() {
        assert_eq!(circuit_id("12 BUILT $AA~a PURPOSE=HS_CLIENT_REND"), Some("12"));
        assert_eq!(circuit_id("circuit-status=7 BUILT"), Some("7"));
        assert_eq!(circuit_id(""), None);
    }
}
