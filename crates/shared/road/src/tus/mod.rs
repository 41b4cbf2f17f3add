//! Sending a sealed file by tus 1.0, over a line that is slow, throttled and cut.
//!
//! Refuses: metadata. The server learns the length (one of the few that size classes allow), the bytes and, from those who
//! have one, an invite.

mod chunk;
mod sender;
mod state;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hamseda_core::{Handle, OsRandom, Random, Secret};

use crate::RoadError;
use sender::{Sender, Step};

/// How to send.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes of one request; at most 8 MiB, what every intake takes.
    pub chunk: u64,
    /// `socks5h://HOST:PORT`, Tor's for instance.
    pub proxy: Option<String>,
    /// Where to keep what a later run needs to go on: the upload's address, on this device only. Removed at the end.
    pub state: Option<PathBuf>,
    /// An invite, as the text after `#t=` in its link. Whether it is good the server never says.
    pub token: Option<Secret<String>>,
    /// The handle of the message, so that a withdrawal finds the upload; the intake draws one where it is missing.
    pub handle: Option<Handle>,
    /// Attempts in a row without a single acknowledged byte before giving up.
    pub attempts: u32,
    /// The first wait between attempts; each next one is twice as long, up to [`LONGEST_WAIT`].
    pub first_wait: Duration,
    /// A request on which nothing moves for this long is given up and tried again.
    pub stall: Duration,
}

/// Largest request.
pub const CHUNK: u64 = 8 * 1024 * 1024;
/// Longest wait between two attempts.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Default for Options {
    fn default() -> Self {
        Self {
            chunk: CHUNK,
            proxy: None,
            state: None,
            token: None,
            handle: None,
            attempts: 10,
            first_wait: Duration::from_secs(1),
            stall: Duration::from_secs(120),
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes the server has acknowledged: they are durable there.
    pub safe: u64,
    /// Bytes handed to the line, acknowledged or not.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
    /// Set while waiting for the next attempt.
    pub waiting: Option<Duration>,
}

/// A file that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its length.
    pub bytes: u64,
    /// Where this run began: above zero when an earlier one had sent the rest.
    pub resumed_from: u64,
    /// Times the line was cut and taken up again in this run.
    pub cuts: u32,
}

/// Sends `file` to the intake at `intake` (its first page's address), going on where an earlier run stopped.
///
/// # Errors
/// See [`RoadError`]. What was acknowledged stays safe; with [`Options::state`] the next call goes on from there.
pub async fn send(
    file: &Path,
    intake: &str,
    options: &Options,
    mut progress: impl FnMut(Progress),
) -> Result<Sent, RoadError> {
    let mut sender = Sender::open(file, intake, options).await?;
    let mut cuts = 0;
    let mut failed = 0;
    loop {
        let before = sender.safe();
        let step = sender.step(&mut progress).await;
        if sender.safe() > before {
            failed = 0;
        }
        match step {
            Ok(Step::Done { bytes, resumed_from }) => return Ok(Sent { bytes, resumed_from, cuts }),
            Ok(Step::More) => {}
            Err(RoadError::Cut(last)) => {
                cuts += 1;
                failed += 1;
                if failed >= options.attempts {
                    return Err(RoadError::GaveUp { attempts: failed, last });
                }
                let wait = back_off(options.first_wait, failed, &mut OsRandom);
                progress(Progress { waiting: Some(wait), ..sender.progress() });
                tokio::time::sleep(wait).await;
            }
            Err(e) => return Err(e),
        }
    }
}

/// Doubles with each failure and takes a random half off: after a shutdown thousands come back at the same moment.
fn back_off(first: Duration, failed: u32, random: &mut dyn Random) -> Duration {
    let whole = first.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    let [byte] = random.bytes::<1>();
    whole.mul_f64(0.5 + f64::from(byte) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        for failed in 1..40 {
            let wait = back_off(Duration::from_secs(1), failed, &mut OsRandom);
            let whole = Duration::from_secs(1 << (failed - 1).min(16)).min(LONGEST_WAIT);
            assert!(wait >= whole / 2 && wait <= whole, "{failed}: {wait:?}");
        }
    }
}
