//! HTTP by hand over one TCP connection: the caller decides byte by byte what is sent, and how the line ends.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Nothing here takes this long unless the other side is stuck.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest head of an answer.
const HEAD: usize = 64 * 1024;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    headers: BTreeMap<String, String>,
    /// What came along with the head.
    pub(crate) rest: Vec<u8>,
}

impl Answer {
    /// Reads a head, if it is whole.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let pair = |line: &str| line.split_once(':').map(|(k, v)| (k.to_ascii_lowercase(), v.trim().to_owned()));
        Some(Self { status, headers: lines.filter_map(pair).collect(), rest: bytes[end + 4..].to_vec() })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The offset it states.
    pub(crate) fn offset(&self) -> Option<u64> {
        self.header("upload-offset").parse().ok()
    }

    /// The path of `Location`, which may be a whole address.
    pub(crate) fn location(&self) -> String {
        let text = self.header("location");
        let path = text.split_once("://").map_or(text, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        path.to_owned()
    }
}

/// The head of a tus request.
pub(crate) fn head(server: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], keep: bool) -> String {
    let connection = if keep { "keep-alive" } else { "close" };
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: {connection}\r\n");
    head.push_str("Tus-Resumable: 1.0.0\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

/// The head of a PATCH that promises `length` bytes.
pub(crate) fn patch_head(server: SocketAddr, path: &str, offset: u64, length: u64, keep: bool) -> String {
    let (offset, length) = (offset.to_string(), length.to_string());
    let headers = [
        ("Content-Type", "application/offset+octet-stream"),
        ("Upload-Offset", offset.as_str()),
        ("Content-Length", length.as_str()),
    ];
    head(server, "PATCH", path, &headers, keep)
}

/// A request under way.
pub(crate) struct Line(TcpStream);

impl Line {
    /// Connects and sends a head.
    pub(crate) fn open(server: SocketAddr, head: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = Self(stream);
        line.send(head.as_bytes())?;
        Ok(line)
    }

    pub(crate) fn patch(server: SocketAddr, path: &str, offset: u64, length: u64) -> io::Result<Self> {
        Self::open(server, &patch_head(server, path, offset, length, false))
    }

    /// Sends a piece of the body.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Waits for the answer's head.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let n = self.0.read(&mut buffer)?;
            if n == 0 || bytes.len() > HEAD {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend_from_slice(&buffer[..n]);
            match Answer::parse(&bytes) {
                // "100 Continue" and its kind are not the answer.
                Some(answer) if answer.status < 200 => bytes = answer.rest,
                Some(answer) => return Ok(answer),
                None => {}
            }
        }
    }

    /// Everything up to the end of the connection.
    pub(crate) fn whole(mut self) -> io::Result<(Answer, Vec<u8>)> {
        let mut answer = self.answer()?;
        let mut body = std::mem::take(&mut answer.rest);
        self.0.read_to_end(&mut body)?;
        Ok((answer, body))
    }

    /// Ends it with a reset.
    pub(crate) fn reset(self) {
        // A socket that lingers for no time sends RST when it is closed.
        let _ = socket2::SockRef::from(&self.0).set_linger(Some(Duration::ZERO));
    }
}

/// A whole request without a body.
pub(crate) fn ask(server: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    Line::open(server, &head(server, method, path, headers, false))?.answer()
}
