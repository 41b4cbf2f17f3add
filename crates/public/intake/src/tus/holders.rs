//! Which request holds an upload, and what a newer one may ask of it.
//!
//! A sender whose line was cut comes back before this server has noticed the cut, while bytes that came wait for their part to
//! fill. Whoever asks about an upload makes its holder take in what is on the line and count it first, so that nothing which
//! was read here is sent twice; whoever goes on with it makes the holder end as well.
//!
//! Refuses: to wait for long. A line that still brings bytes gets a moment, one that has ended a little more; after that the
//! answer is what is durable, and a newer claim wins whatever the older one does. Requests of other processes on the same
//! stores are not known here: for them only the claim counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hamseda_core::UploadId;
use tokio::sync::watch;
use tokio::time::timeout;

/// Wait for a holder whose line is still open, or whose request came whole: HEAD is to answer within 50 ms under load.
const SOON: Duration = Duration::from_millis(30);
/// Wait for a holder whose line was cut: it has little left to do, and nobody else hears of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Holders of uploads in this process. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holders(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    holders: HashMap<UploadId, Entry>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    ask: watch::Sender<Ask>,
    stands: watch::Receiver<Stands>,
}

/// What was asked of a holder so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ask {
    times: u64,
    /// Whether it is to end.
    pub(super) end: bool,
}

/// What it says.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    answered: u64,
    cut: bool,
}

/// A request that holds an upload, until dropped.
#[derive(Debug)]
pub(super) struct Holding {
    holders: Holders,
    id: UploadId,
    number: u64,
    ask: watch::Receiver<Ask>,
    stands: watch::Sender<Stands>,
}

impl Holders {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an upload; who held it is told to end.
    pub(super) fn hold(&self, id: UploadId) -> Holding {
        let (ask, asked) = watch::channel(Ask::default());
        let (stands, told) = watch::channel(Stands::default());
        let mut known = self.known();
        known.next += 1;
        let number = known.next;
        known.holders.insert(id, Entry { number, ask, stands: told });
        drop(known);
        Holding { holders: self.clone(), id, number, ask: asked, stands }
    }

    pub(super) fn is_held(&self, id: UploadId) -> bool {
        self.known().holders.contains_key(&id)
    }

    /// Waits, but not for long, until the holder has counted what it read.
    pub(super) async fn counted(&self, id: UploadId) {
        let Some((times, mut stands)) = self.ask(id, false) else { return };
        let soon = stands.wait_for(|stands| stands.cut || stands.answered >= times);
        let cut = timeout(SOON, soon).await.is_ok_and(|stood| stood.is_ok_and(|stands| stands.cut));
        if cut {
            over(stands).await;
        }
    }

    /// Waits, but not for long, until the holder has counted what it read and is gone.
    pub(super) async fn ended(&self, id: UploadId) {
        if let Some((_, stands)) = self.ask(id, true) {
            over(stands).await;
        }
    }

    fn ask(&self, id: UploadId, end: bool) -> Option<(u64, watch::Receiver<Stands>)> {
        let known = self.known();
        let entry = known.holders.get(&id)?;
        let mut times = 0;
        entry.ask.send_modify(|ask| {
            ask.times += 1;
            ask.end |= end;
            times = ask.times;
        });
        Some((times, entry.stands.clone()))
    }
}

/// Waits until a holder is gone.
async fn over(mut stands: watch::Receiver<Stands>) {
    let _ = timeout(PATIENCE, async { while stands.changed().await.is_ok() {} }).await;
}

impl Holding {
    /// Returns when somebody asks.
    pub(super) async fn asked(&mut self) -> Ask {
        match self.ask.changed().await {
            Ok(()) => *self.ask.borrow_and_update(),
            // A newer request holds it now.
            Err(_) => Ask { end: true, ..Ask::default() },
        }
    }

    /// Says that everything is counted that had come when this was asked.
    pub(super) fn answer(&self, asked: Ask) {
        self.stands.send_modify(|stands| stands.answered = asked.times);
    }

    /// Says that the line was cut: it is worth waiting for the end.
    pub(super) fn cut(&self) {
        self.stands.send_modify(|stands| stands.cut = true);
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut known = self.holders.known();
        if known.holders.get(&self.id).is_some_and(|entry| entry.number == self.number) {
            known.holders.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const ID: UploadId = UploadId::from_bytes([7; 16]);

    /// On a clock that only moves when everybody waits.
    fn paused(body: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(body);
    }

    #[test]
    fn nobody_waits_for_long_whatever_a_holder_does() {
        paused(async {
            let holders = Holders::default();
            let began = Instant::now();
            holders.counted(ID).await;
            holders.ended(ID).await;
            assert_eq!(began.elapsed(), Duration::ZERO);
            let deaf = holders.hold(ID);
            holders.counted(ID).await;
            assert!(began.elapsed() <= SOON * 2);
            deaf.cut();
            holders.counted(ID).await;
            holders.ended(ID).await;
            assert!(began.elapsed() <= SOON * 2 + PATIENCE * 2 + Duration::from_millis(10));
            drop(deaf);
            assert!(!holders.is_held(ID));
        });
    }

    #[test]
    fn an_older_holder_is_told_to_end_and_does_not_take_the_newer_ones_place() {
        paused(async {
            let holders = Holders::default();
            let mut old = holders.hold(ID);
            let mut new = holders.hold(ID);
            assert!(old.asked().await.end);
            drop(old);
            assert!(holders.is_held(ID));
            let (asked, ()) = tokio::join!(
                async {
                    let asked = new.asked().await;
                    new.answer(asked);
                    asked
                },
                holders.counted(ID)
            );
            assert!(!asked.end);
        });
    }
}
