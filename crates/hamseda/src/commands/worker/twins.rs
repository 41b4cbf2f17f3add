//! Looks for messages that may be the same as those that were prepared; people decide at the desk.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hamseda_core::Coded as _;
use hamseda_protect::{PrintKey, Twins};

use super::{IDLE, Shared, UNREACHABLE};
use crate::failure::Failure;
use crate::output::Output;

/// Runs until the worker ends; with `--until-idle` until nothing more will be prepared.
pub(super) async fn run(shared: Arc<Shared>, key: PrintKey, out: Output) -> Result<(), Failure> {
    let mut twins = Twins::new(key);
    loop {
        // Asked before looking: what is prepared after the answer is looked at in the next round.
        let over = shared.until_idle && shared.preparing.load(Ordering::Acquire) == 0;
        match twins.look(&shared.vault).await {
            Ok(0) if over => return Ok(()),
            Ok(0) => tokio::time::sleep(IDLE).await,
            Ok(_) => {}
            // Pairs can wait; messages can't.
            Err(error) => {
                out.note(&format!("duplicates: {error} [{}]", error.code()));
                if over {
                    return Ok(());
                }
                tokio::time::sleep(UNREACHABLE).await;
            }
        }
    }
}
