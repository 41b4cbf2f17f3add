//! Through a SOCKS proxy nothing is looked up on this machine: the proxy gets the name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hamseda_road::{RoadError, get};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A SOCKS 5 proxy (RFC 1928) that answers one request itself; returns the name it was asked for.
async fn proxy(listener: TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = [0; 2];
    stream.read_exact(&mut head).await.unwrap();
    let mut methods = vec![0; usize::from(head[1])];
    stream.read_exact(&mut methods).await.unwrap();
    stream.write_all(&[5, 0]).await.unwrap();
    let mut connect = [0; 5];
    stream.read_exact(&mut connect).await.unwrap();
    assert_eq!(connect[..4], [5, 1, 0, 3], "an address of another kind than a name");
    let mut name = vec![0; usize::from(connect[4]) + 2];
    stream.read_exact(&mut name).await.unwrap();
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    for header in ["user-agent", "accept-language", "cookie", "referer"] {
        assert!(!request.contains(header), "{request}");
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await.unwrap();
    name.truncate(name.len() - 2);
    String::from_utf8(name).unwrap()
}

#[tokio::test]
async fn an_onion_name_goes_to_the_proxy_and_nowhere_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("socks5h://{}", listener.local_addr().unwrap());
    let (name, got) = tokio::join!(proxy(listener), get("http://example.onion/keyset", Some(&address), 100));
    assert_eq!(got.unwrap(), b"hello");
    assert_eq!(name, "example.onion");
}

#[tokio::test]
async fn a_file_longer_than_it_can_be_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("socks5h://{}", listener.local_addr().unwrap());
    let (_, got) = tokio::join!(proxy(listener), get("http://example.onion/keyset", Some(&address), 4));
    assert!(matches!(got, Err(RoadError::Protocol(_))), "{got:?}");
}

#[tokio::test]
async fn what_a_contributor_asks_goes_to_the_proxy_too() {
    let secret = hamseda_core::Secret::new([1; 32]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("socks5h://{}", listener.local_addr().unwrap());
    let asked = hamseda_road::ask::withdraw("http://example.onion/", Some(&address), &secret);
    let (name, done) = tokio::join!(proxy(listener), asked);
    done.unwrap();
    assert_eq!(name, "example.onion");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("socks5h://{}", listener.local_addr().unwrap());
    let locator = hamseda_core::Locator::from_bytes([2; 32]);
    let (_, got) =
        tokio::join!(proxy(listener), hamseda_road::ask::status("http://example.onion/", Some(&address), locator));
    assert!(matches!(got, Err(RoadError::Protocol(_))), "a record of five bytes: {got:?}");
}
