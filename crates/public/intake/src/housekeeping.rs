//! What happens once a day: unfinished uploads expire, blobs without a row go.

use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Clock, Coded, Limits};
use hamseda_inbox::{Inbox, InboxError};

use crate::stop::Guard;

/// How often the calendar is looked at.
const LOOK: Duration = Duration::from_secs(600);

/// Runs at the start and on every new day, until told to stop.
pub(crate) async fn run(inbox: Inbox, clock: Arc<dyn Clock>, limits: Limits, mut guard: Guard) {
    let mut done = None;
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            () = guard.told() => return,
            _ = look.tick() => {}
        }
        let today = clock.today();
        if done == Some(today) {
            continue;
        }
        let chores = async {
            let expired = inbox.expire(today, limits.upload_days).await?;
            let swept = inbox.sweep().await?;
            Ok::<_, InboxError>((expired, swept))
        };
        match chores.await {
            Ok((expired, swept)) => {
                done = Some(today);
                tracing::info!(expired, swept, "unfinished uploads expired, blobs without a row removed");
            }
            // Tried again at the next look.
            Err(error) => tracing::error!(code = error.code(), %error, "daily chores failed"),
        }
    }
}
