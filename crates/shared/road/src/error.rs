//! What can go wrong on the road.

use std::path::PathBuf;

use hamseda_core::Coded;

/// A request that did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoadError {
    /// Not an address this room can go to.
    #[error("{0:?} is not an http or https address; copy it again from the campaign's page")]
    Url(String),
    /// A proxy that is not `socks5h://…`.
    #[error("{0:?} is not a usable proxy; write socks5h://127.0.0.1:9050 (other kinds look names up on this machine)")]
    Proxy(String),
    /// An onion address, and no proxy.
    #[error("an onion address is reached through Tor only; start Tor and add --proxy socks5h://127.0.0.1:9050")]
    OnionWithoutProxy,
    /// A local file can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file named for resuming holds something else.
    #[error("{} is not the state of an upload; name another file, or delete it if it is not needed", .0.display())]
    State(PathBuf),
    /// The server said no and would say no again.
    #[error("the server refused ({status}): {text}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The first words of its answer.
        text: String,
    },
    /// The token is not the one the server knows.
    #[error("the intake does not know this pull token; compare keys/pull.token with pull_token_sha256 in intake.toml")]
    Token,
    /// An invite that can't be one.
    #[error("this is not an invite; copy the whole link, or go on without one")]
    Invite,
    /// The server does not speak the protocol.
    #[error("this does not look like an intake ({0}); check the address")]
    Protocol(&'static str),
    /// The line was cut, or the server was not there.
    #[error("the line was cut ({0}); what was acknowledged is safe: run the same command again to go on")]
    Cut(String),
    /// Nothing got through in all attempts.
    #[error("nothing got through in {attempts} attempts ({last}); what was acknowledged is safe: try again later")]
    GaveUp {
        /// Attempts made since the last byte that got through.
        attempts: u32,
        /// What the last one met.
        last: String,
    },
}

impl Coded for RoadError {
    fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "road-url",
            Self::Proxy(_) => "road-proxy",
            Self::OnionWithoutProxy => "road-onion",
            Self::File { .. } => "road-file",
            Self::State(_) => "road-state",
            Self::Refused { .. } => "road-refused",
            Self::Token => "road-token",
            Self::Invite => "road-invite",
            Self::Protocol(_) => "road-protocol",
            Self::Cut(_) => "road-cut",
            Self::GaveUp { .. } => "road-gave-up",
        }
    }
}

impl From<reqwest::Error> for RoadError {
    fn from(error: reqwest::Error) -> Self {
        Self::Cut(reason(&error.without_url()))
    }
}

/// The innermost cause: "connection refused" helps, "error sending request" does not.
fn reason(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}
