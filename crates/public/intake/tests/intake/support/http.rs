//! HTTP by hand: a test decides byte by byte what is sent, and when the line is cut.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a whole head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| line.split_once(": ").map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned()));
        Self { status, headers: lines.filter_map(pair).collect(), body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn offset(&self) -> u64 {
        self.header("upload-offset").parse().expect("an offset")
    }
}

/// A request under way.
pub(crate) struct Line(TcpStream);

impl Line {
    /// Sends a request's head. The connection closes after the answer.
    pub(crate) async fn open(server: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.write_all((head + "\r\n").as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Sends a PATCH's head that promises `length` bytes.
    pub(crate) async fn patch(server: SocketAddr, path: &str, offset: u64, length: usize) -> Self {
        let (offset, length) = (offset.to_string(), length.to_string());
        let headers = [
            ("Tus-Resumable", "1.0.0"),
            ("Content-Type", "application/offset+octet-stream"),
            ("Upload-Offset", offset.as_str()),
            ("Content-Length", length.as_str()),
        ];
        Self::open(server, "PATCH", path, &headers).await
    }

    /// Sends a piece of the body; whether the line took it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok() && self.0.flush().await.is_ok()
    }

    /// Waits for the answer.
    pub(crate) async fn answer(mut self) -> Answer {
        let mut bytes = Vec::new();
        let read = self.0.read_to_end(&mut bytes).await;
        assert!(read.is_ok() || !bytes.is_empty(), "no answer: {read:?}");
        Answer::parse(&bytes)
    }

    /// Cuts it.
    pub(crate) fn cut(self) {}
}

/// A whole request.
pub(crate) async fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let length = body.len().to_string();
    let mut all = headers.to_vec();
    if !body.is_empty() {
        all.push(("Content-Length", &length));
    }
    let mut line = Line::open(server, method, path, &all).await;
    line.send(body).await;
    line.answer().await
}
