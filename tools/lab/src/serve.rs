//! Our intake as a process of its own, so that it can be killed and measured like others' servers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use hamseda_core::{Clock, Day, Limits, UnixSeconds};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;
use tokio::net::TcpListener;

/// The key set of the test vectors.
pub(crate) const KEYSET: &[u8] = include_bytes!("../../../vectors/seal/keyset.json");
/// A day on which it is good.
pub(crate) const TODAY: Day = Day(20_520);
/// The desk's token.
pub(crate) const TOKEN: &str = "a-token-for-tests";
const TOKEN_SHA256: &str = "9237b94c86ee59b8e51197999c04d4570522a9bfb16047aa5b59613faefa515d";
const CAMPAIGN: &str = include_str!("campaign.toml");

/// The usual limits, but for messages of 1 GiB and as many as a measurement asks for.
pub(crate) const fn limits() -> Limits {
    Limits { clip_bytes: 1 << 30, open_uploads: 1_000_000, inbox_bytes: 1 << 40, ..Limits::DEFAULT }
}

/// Noon of [`TODAY`].
#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(i64::from(TODAY.0) * 86_400 + 43_200)
    }
}

/// Serves from `dir` until killed.
///
/// # Errors
/// What kept it from starting.
pub(crate) fn main(dir: &Path, listen: SocketAddr) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let (database, blobs) =
            (format!("sqlite:{}/inbox.db", dir.display()), format!("file:{}/blobs", dir.display()));
        let inbox = Inbox::open(&database, &blobs, Quota::from(limits())).await.map_err(|e| e.to_string())?;
        let keyset = hamseda_seal::KeySet::verify(KEYSET, None).map_err(|e| e.to_string())?;
        let campaign = CAMPAIGN.replace("ORIGIN", &keyset.terms().origin);
        let config = Config::new(campaign, KEYSET, TOKEN_SHA256, inbox, Arc::new(Noon)).map_err(|e| e.to_string())?;
        let listener = TcpListener::bind(listen).await.map_err(|e| e.to_string())?;
        println!("listening http://{}", listener.local_addr().map_err(|e| e.to_string())?);
        let served = hamseda_intake::serve(config.with_limits(limits()), listener, std::future::pending());
        served.await.map_err(|e| e.to_string())
    })
}
