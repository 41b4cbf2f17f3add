//! A server that keeps nothing: what sender, loopback and HTTP cost by themselves. The limit that no server passes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves until killed.
///
/// # Errors
/// The port can't be had.
pub(crate) fn main(listen: SocketAddr) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(|e| e.to_string())?;
        println!("listening http://{}", listener.local_addr().map_err(|e| e.to_string())?);
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                // A line that ends is the sender's business.
                tokio::spawn(async move { connection(stream).await.unwrap_or_default() });
            }
        }
    })
}

async fn connection(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(256 * 1024);
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|w: &[u8]| w == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let number = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(0)
        };
        let (length, offset) = (number("content-length"), number("upload-offset"));
        let mut got = buffer.len() - end;
        buffer.clear();
        while got < length {
            got += stream.read_buf(&mut buffer).await?;
            buffer.clear();
        }
        let answer = match head.split(' ').next() {
            Some("post") => "HTTP/1.1 201 Created\r\nLocation: /files/x\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Some("patch") => format!("HTTP/1.1 204 No Content\r\nUpload-Offset: {}\r\n\r\n", offset + length),
            _ => "HTTP/1.1 200 OK\r\nUpload-Offset: 0\r\nContent-Length: 0\r\n\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}
