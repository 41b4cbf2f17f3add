//! As much HTTP and SOCKS as the soak needs, over plain sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::shell::Res;

/// An answer: status, headers in lower case, and a reader of the body.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: BufReader<TcpStream>,
}

impl Answer {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body, of a length that was announced.
    pub(super) fn body(mut self) -> Res<Vec<u8>> {
        let length = self.header("content-length").and_then(|l| l.parse().ok()).ok_or("an answer without a length")?;
        let mut bytes = vec![0; length];
        self.body.read_exact(&mut bytes).map_err(|e| format!("an answer broke off: {e}"))?;
        Ok(bytes)
    }
}

/// A connection to a port of this machine.
pub(super) fn local(port: u16) -> Res<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|e| format!("127.0.0.1:{port}: {e}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(|e| e.to_string())?;
    Ok(stream)
}

/// A connection through a SOCKS 5 proxy on this machine; the proxy resolves the name.
pub(super) fn through(socks: u16, host: &str) -> Res<TcpStream> {
    let mut stream = local(socks)?;
    let broken = |e: std::io::Error| format!("SOCKS: {e}");
    stream.write_all(&[5, 1, 0]).map_err(broken)?;
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).map_err(broken)?;
    let length = u8::try_from(host.len()).map_err(|_| "a name too long for SOCKS")?;
    let mut wish = vec![5, 1, 0, 3, length];
    wish.extend(host.as_bytes());
    wish.extend(80u16.to_be_bytes());
    stream.write_all(&wish).map_err(broken)?;
    let mut reply = [0; 10];
    stream.read_exact(&mut reply).map_err(broken)?;
    if reply[1] == 0 { Ok(stream) } else { Err(format!("SOCKS: refused with {}", reply[1])) }
}

/// Asks and reads the head of the answer.
pub(super) fn ask(mut stream: TcpStream, method: &str, path: &str, host: &str, extra: &str) -> Res<Answer> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{extra}\r\n");
    stream.write_all(head.as_bytes()).map_err(|e| format!("{method} {path}: {e}"))?;
    let mut body = BufReader::new(stream);
    let mut line = || {
        let mut text = String::new();
        body.read_line(&mut text).map_err(|e| format!("{method} {path}: {e}"))?;
        Ok::<_, String>(text.trim_end().to_owned())
    };
    let status = line()?.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no HTTP answer")?;
    let mut headers = Vec::new();
    loop {
        let text = line()?;
        let Some((name, value)) = text.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(Answer { status, headers, body })
}
