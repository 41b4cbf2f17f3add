//! Serves the intake's upload layer for suites that test tus clients and servers: everything is the real thing, but for the
//! shape check, which would refuse what such suites send. `cargo xtask tus-conformance --listen ADDR` starts it.
//!
//! Keeps what it gets in a temporary folder that goes when it ends.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use hamseda_core::{Limits, SystemClock};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;
use tokio::net::TcpListener;

/// A key set and a campaign of the tests: nothing is sealed here, but every intake has one.
const KEYSET: &[u8] = include_bytes!("../../../../vectors/seal/keyset.json");
const CAMPAIGN: &str = include_str!("../tests/intake/support/campaign.toml");
/// Longest upload.
const LONGEST: u64 = 16 * 1024 * 1024 * 1024;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (listen, folder) = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--listen", listen] => (listen.parse()?, None),
        ["--listen", listen, "--folder", folder] => (listen.parse()?, Some(folder.to_owned())),
        _ => return Err("usage: tus_conformance --listen ADDR:PORT [--folder DIR]".into()),
    };
    let temporary = match &folder {
        Some(_) => None,
        None => Some(tempfile::tempdir()?),
    };
    let folder = folder.as_deref().map(Path::new).or(temporary.as_ref().map(tempfile::TempDir::path));
    let folder = folder.ok_or("no folder")?;
    tokio::runtime::Runtime::new()?.block_on(serve(listen, folder))
}

#[expect(clippy::print_stdout, reason = "who starts it waits for this line")]
async fn serve(listen: SocketAddr, folder: &Path) -> Result<(), Failure> {
    let keys = hamseda_seal::KeySet::verify(KEYSET, None)?;
    let terms = keys.terms();
    let campaign = CAMPAIGN.replace("ORIGIN", &terms.origin).replace("CAMPAIGN_KEY", &hex::encode(terms.campaign_key));
    let at = folder.display();
    let limits = Limits { open_uploads: 100_000, ..Limits::DEFAULT };
    let inbox = Inbox::open(&format!("sqlite:{at}/inbox.db"), &format!("file:{at}/blobs"), Quota::from(limits)).await?;
    let config = Config::new(campaign, KEYSET, &"0".repeat(64), inbox, Arc::new(SystemClock))?;
    let config = config.with_limits(limits).with_any_length(LONGEST);
    let listener = TcpListener::bind(listen).await?;
    println!("listening {}", listener.local_addr()?);
    hamseda_intake::serve(config, listener, async { drop(tokio::signal::ctrl_c().await) }).await?;
    Ok(())
}
