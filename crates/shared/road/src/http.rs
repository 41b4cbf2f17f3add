//! The HTTP client both roads share.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Proxy, Response, StatusCode, Url, redirect};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::RoadError;

/// Time to reach the server; building a Tor circuit over a bad line takes most of it.
const CONNECT: Duration = Duration::from_secs(60);
/// Bytes of a refusal's text that are read and shown.
const REFUSAL_BYTES: usize = 300;

/// Reads an address, and takes only those this room can go to.
pub(crate) fn address(text: &str, proxy: Option<&str>) -> Result<Url, RoadError> {
    let bad = || RoadError::Url(text.chars().take(200).collect());
    let url = Url::parse(text).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(bad());
    }
    if host.trim_end_matches('.').ends_with(".onion") && proxy.is_none() {
        return Err(RoadError::OnionWithoutProxy);
    }
    Ok(url)
}

/// A client for `url` that follows no redirect, sends no agent and uses no proxy but the one given.
pub(crate) fn client(url: &Url, proxy: Option<&str>) -> Result<Client, RoadError> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(url)?)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .referer(false)
        .no_proxy();
    if let Some(text) = proxy {
        let bad = || RoadError::Proxy(text.chars().take(200).collect());
        if !text.starts_with("socks5h://") {
            return Err(bad());
        }
        builder = builder.proxy(Proxy::all(text).map_err(|_| bad())?);
    }
    Ok(builder.build()?)
}

/// TLS by `ring`, trusting what this machine trusts. Plain http needs no roots, and must work where none are installed.
fn tls(url: &Url) -> Result<ClientConfig, RoadError> {
    let failed = |e: rustls::Error| RoadError::Cut(e.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(failed)?;
    let verified = if url.scheme() == "https" {
        builder.with_platform_verifier().map_err(failed)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(verified.with_no_client_auth())
}

/// Sorts a status: done, worth another attempt, or refused for good.
pub(crate) async fn accepted(mut response: Response) -> Result<Response, RoadError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        text.extend_from_slice(&chunk[..chunk.len().min(REFUSAL_BYTES - text.len())]);
        if text.len() == REFUSAL_BYTES {
            break;
        }
    }
    // The text comes from outside: nothing that moves a terminal's cursor gets through.
    let text: String = String::from_utf8_lossy(&text).chars().filter(|c| !c.is_control()).collect();
    let again = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::CONFLICT
            | StatusCode::LOCKED
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    match status {
        StatusCode::UNAUTHORIZED => Err(RoadError::Token),
        _ if again => Err(RoadError::Cut(format!("{}: {text}", status.as_u16()))),
        _ => Err(RoadError::Refused { status: status.as_u16(), text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::Coded as _;

    #[test]
    fn addresses_that_would_betray_or_confuse_are_refused() {
        let code = |text, proxy| address(text, proxy).map_err(|e| e.code()).err();
        for text in
            ["", "intake.example", "ftp://intake.example/", "file:///etc/passwd", "https://me:pw@intake.example/"]
        {
            assert_eq!(code(text, None), Some("road-url"), "{text}");
        }
        assert_eq!(code("http://abc.onion/", None), Some("road-onion"));
        assert_eq!(code("http://abc.onion./", None), Some("road-onion"));
        assert_eq!(code("http://abc.onion/", Some("socks5h://127.0.0.1:9050")), None);
        assert_eq!(code("https://intake.example/", None), None);
    }

    #[test]
    fn a_proxy_that_looks_names_up_here_is_refused() {
        let url = address("http://intake.example/", None).unwrap();
        for proxy in ["socks5://127.0.0.1:9050", "socks4://127.0.0.1:9050", "http://127.0.0.1:8118", "127.0.0.1:9050"] {
            assert_eq!(client(&url, Some(proxy)).map_err(|e| e.code()).err(), Some("road-proxy"), "{proxy}");
        }
        assert!(client(&url, Some("socks5h://127.0.0.1:9050")).is_ok());
    }
}
