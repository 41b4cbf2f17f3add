//! What happens once a day: unfinished uploads expire, blobs without a row go, what came is written anew in random order.

use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Clock, Coded, Limits, OsRandom};
use hamseda_inbox::{Inbox, InboxError};

use crate::stop::Guard;

/// How often the calendar is looked at.
const LOOK: Duration = Duration::from_secs(600);
/// How often removals are finished that failed at once, and what removed rows said is moved out of the write-ahead log: what
/// is withdrawn is gone within a minute.
const ERASE: Duration = Duration::from_secs(20);

/// Runs at the start and on every new day, until told to stop.
pub(crate) async fn run(inbox: Inbox, clock: Arc<dyn Clock>, limits: Limits, mut guard: Guard) {
    let mut done = None;
    let (mut look, mut erase) = (tokio::time::interval(LOOK), tokio::time::interval(ERASE));
    loop {
        tokio::select! {
            () = guard.told() => return,
            _ = look.tick() => {}
            _ = erase.tick() => {
                let erased = async { inbox.finish_removals().await?; inbox.scrub().await };
                if let Err(error) = erased.await {
                    tracing::error!(code = error.code(), %error, "what was removed could not be deleted yet");
                }
                continue;
            }
        }
        let today = clock.today();
        if done == Some(today) {
            continue;
        }
        let chores = async {
            inbox.assemble_ready(today).await?;
            let expired =
                inbox.expire(today, limits.upload_days).await? + inbox.expire_roads(today, limits.upload_days).await?;
            let swept = inbox.sweep(clock.now()).await?;
            let repacked = inbox.repack_loose(today).await? + inbox.repack(today, &mut OsRandom).await?;
            Ok::<_, InboxError>((expired, swept, repacked))
        };
        match chores.await {
            Ok((expired, swept, repacked)) => {
                done = Some(today);
                tracing::info!(
                    expired,
                    swept,
                    repacked,
                    "unfinished uploads expired, blobs without a row removed, the rest repacked"
                );
            }
            // Tried again at the next look.
            Err(error) => tracing::error!(code = error.code(), %error, "daily chores failed"),
        }
    }
}
